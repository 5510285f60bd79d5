import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { buildPreviewPage, chromiumMissing } from '../support/previewPage.ts';
import { skip } from '../support/skip.ts';
import { angle, distance, type Movement, readMovement } from '../support/vrm/movement.ts';
import { readSample, samplesMissing } from '../support/vrm/samples.ts';
import { type DriverRun, runDriver } from './support/driver.ts';
import { khronosIssues } from './support/khronos.ts';

const clips = ['idle', 'wave', 'talk', 'nod'] as const;
const visemes = ['aa', 'ih', 'ou', 'ee', 'oh'];
type Clip = (typeof clips)[number];

/** Somebody's own action, in Euler angles, with a smile beside it and eyes that look to its left. */
const ownAction = `
import math
from avatar_forge.commands import compat
fps = bpy.context.scene.render.fps
def keys(action, id_type, name, curves):
    channels = compat.new_channels(action, id_type, name)
    for (path, index), values in curves.items():
        curve = channels.new(path, index=index)
        for frame, value in zip((1, 1 + fps // 2, 1 + fps), values):
            curve.keyframe_points.insert(frame, value)
human = __import__("json").loads(armature["avatar_forge_vrm"])["humanoid"]
bone = lambda name: 'pose.bones["%s"]' % human[name]
for name, mode in (("head", "XYZ"), ("neck", "AXIS_ANGLE"), ("rightUpperArm", "YXZ")):
    armature.pose.bones[human[name]].rotation_mode = mode
nodding = bpy.data.actions.new("Bow: deep")
keys(nodding, "OBJECT", armature.name, {
    (bone("head") + ".rotation_euler", 0): (0, math.radians(30), 0),
    (bone("leftEye") + ".rotation_quaternion", 0): (1, math.cos(math.radians(4)), 1),
    (bone("leftEye") + ".rotation_quaternion", 1): (0, 0, 0),
    (bone("leftEye") + ".rotation_quaternion", 2): (0, 0, 0),
    (bone("leftEye") + ".rotation_quaternion", 3): (0, math.sin(math.radians(4)), 0),
})
mesh = next(o for o in bpy.data.objects if o.type == "MESH" and o.data.shape_keys and "happy" in o.data.shape_keys.key_blocks)
smiling = bpy.data.actions.new("Bow: deep " + mesh.name)
keys(smiling, "KEY", mesh.data.shape_keys.name, {
    ('key_blocks["happy"].value', 0): (0, 0.8, 0),
    ('key_blocks["blink.L"].value', 0): (0, 1, 0),
    ('key_blocks["blink.R"].value', 0): (0, 0.5, 0),
})
`;
const cases = [
  { name: 'Own', clips: [...clips, 'Bow: deep'], edit: ownAction },
  { name: 'Unreal', rig: 'unreal-nonsense', clips: ['idle', 'wave', 'nod'] },
  { name: 'Nothing', rig: 'vroid', clips: ['dance'] },
];

const stored = z.object({ name: z.string(), size: z.number(), seconds: z.number() }).loose();
const made = z.object({
  result: z.looseObject({ clips: z.array(stored), notes: z.array(z.string()) }),
  untouched: z.boolean(),
  project: z.array(z.string()),
  through: z.record(z.string(), z.number()).optional(),
});
const refused = z.object({
  error: z.object({ code: z.string(), message: z.string() }),
  untouched: z.boolean(),
});

/** Every so often in a clip, its end included. */
const times = ({ seconds }: Movement): number[] =>
  Array.from({ length: 121 }, (_, step) => (step / 120) * seconds);

describe('clips for VRMs', function () {
  this.timeout(240_000);
  let run: DriverRun;
  let own: z.infer<typeof made>;
  let foreign: z.infer<typeof made>;
  const bytesOf = (name: string): Promise<Uint8Array> => run.read('exports', `${name}.vrma`);
  const movementOf = async (name: string): Promise<Movement> => readMovement(await bytesOf(name));

  before(async () => {
    run = await runDriver('clip_facts.py', cases);
    const results = z.array(z.unknown()).parse(run.results);
    own = made.parse(results[0]);
    foreign = made.parse(results[1]);
  });
  after(() => (run as typeof run | undefined)?.remove());

  const files = [
    ...clips.map((clip) => `Own-${clip}`),
    'Own-Bow- deep',
    ...['idle', 'wave', 'nod'].map((clip) => `Unreal-${clip}`),
  ];
  for (const file of files) {
    it(`${file} passes our check and Khronos’`, async () => {
      const bytes = await bytesOf(file);
      assert.deepEqual(checkVrm(bytes, { isAnimation: true }).findings, []);
      assert.deepEqual(await khronosIssues(bytes), { errors: [], warnings: [] });
    });
  }

  for (const file of files.filter((name) => !name.includes('Bow'))) {
    it(`${file} ends as it begins, without a flip on the way`, async () => {
      const { tracks } = await movementOf(file);
      for (const { values } of tracks) {
        assert.ok(distance(values[0] ?? [], values.at(-1) ?? []) < 1e-3);
        if (values[0]?.length !== 4) continue;
        for (const [at, value] of values.entries()) {
          assert.ok(Math.abs(Math.hypot(...value) - 1) < 1e-4);
          assert.ok(
            angle(value, values[at - 1] ?? value) < 40 && distance(value, values[at - 1] ?? value) < 1,
          );
        }
      }
    });

    it(`${file} leaves the feet where they are`, async () => {
      const movement = await movementOf(file);
      for (const foot of ['leftFoot', 'rightFoot']) {
        const rest = movement.pose(foot, 0);
        for (const time of times(movement)) {
          const { place, turn } = movement.pose(foot, time);
          assert.ok(distance(place, rest.place) < 1e-3, `${foot} slides at ${time} s`);
          assert.ok(angle(turn, [0, 0, 0, 1]) < 0.3, `${foot} turns at ${time} s`);
        }
      }
    });
  }

  it('idle never stands still, breathes, shifts its weight and blinks', async () => {
    const idle = await movementOf('Own-idle');
    const path = times(idle).map((time) => idle.pose('head', time).place);
    const far = (axis: number): number => {
      const along = path.map((place) => place[axis] ?? NaN);
      return Math.max(...along) - Math.min(...along);
    };
    assert.ok(far(0) > 0.02 && far(0) < 0.12, `the head goes ${far(0)} m sideways`);
    for (let second = 0; second < 12; second++) {
      const turns = [0, 0.5, 1].map((part) => idle.pose('upperChest', second + part).turn);
      assert.ok(
        turns.some((turn) => angle(turn, turns[0] ?? []) > 0.1),
        `still at ${second} s`,
      );
    }
    assert.equal(peaks(idle, 'blink'), 4);
    assert.ok(idle.gaze !== undefined);
  });

  it('wave raises the right hand beside the head, swings it four times, and smiles', async () => {
    const wave = await movementOf('Own-wave');
    const swing = times(wave)
      .filter((time) => time > 1.2 && time < 2.6)
      .map((time) => {
        const { place } = wave.pose('rightMiddleDistal', time);
        assert.ok((place[1] ?? NaN) > (wave.pose('neck', time).place[1] ?? NaN), 'above the neck');
        return place[0] ?? NaN;
      });
    const turns = swing.filter((x, at) => (x - (swing[at - 1] ?? NaN)) * ((swing[at + 1] ?? NaN) - x) < 0);
    assert.ok(turns.length >= 5, `${turns.length} turns of the hand`);
    assert.ok(distance(wave.pose('leftHand', 2).place, wave.pose('leftHand', 0).place) < 0.1);
    assert.ok(Math.max(...(wave.expressions['happy']?.values ?? []).map(([x = 0]) => x)) > 0.6);
  });

  it('talk has each viseme several times, one melting into the next, and nods', async () => {
    const talk = await movementOf('Own-talk');
    for (const viseme of visemes) assert.ok(peaks(talk, viseme, 0.35) >= 4, viseme);
    for (const { values } of Object.values(talk.expressions)) {
      for (const [weight = NaN, y, z] of values)
        assert.deepEqual([weight >= 0 && weight <= 1, y, z], [true, 0, 0]);
    }
    for (const time of times(talk)) {
      const open = visemes.reduce((sum, viseme) => sum + talk.weight(viseme, time), 0);
      assert.ok(open <= 1.01, `the mouth is open by ${open} at ${time} s`);
    }
    assert.ok(peaks(talk, 'blink') >= 3);
    const dips = times(talk).map((time) =>
      angle(talk.pose('head', time).turn, talk.pose('upperChest', time).turn),
    );
    assert.ok(Math.max(...dips) - Math.min(...dips) > 3);
  });

  it('nod bends the head twice, the second time less', async () => {
    const nod = await movementOf('Own-nod');
    const down = times(nod).map((time) => angle(nod.pose('head', time).turn, [0, 0, 0, 1]));
    const dips = down.filter((d, at) => d > 8 && d > (down[at - 1] ?? 99) && d >= (down[at + 1] ?? 99));
    assert.equal(dips.length, 2, String(dips));
    assert.ok((dips[0] ?? 0) > 1.2 * (dips[1] ?? 99));
    assert.equal(peaks(nod, 'blink'), 1);
  });

  it('keeps hands out of the body', () => {
    assert.deepEqual(own.through, { idle: 0, wave: 0, talk: 0, nod: 0 });
  });

  it('exports somebody’s own action with face and eyes, by a name that a file can have', async () => {
    const bow = await movementOf('Own-Bow- deep');
    assert.equal(bow.seconds, 1);
    assert.ok(Math.abs(angle(bow.pose('head', 0.5).turn, [0, 0, 0, 1]) - 30) < 0.1);
    const atHalf = (name: string): number | undefined => {
      const track = bow.expressions[name];
      return track?.values[track.times.findIndex((time) => Math.abs(time - 0.5) < 0.01)]?.[0];
    };
    assert.ok(Math.abs((atHalf('happy') ?? 0) - 0.8) < 1e-3);
    // Both lids half, and the left one half more.
    assert.ok(Math.abs((atHalf('blink') ?? 0) - 0.5) < 1e-3);
    assert.ok(Math.abs((atHalf('blinkLeft') ?? 0) - 0.5) < 1e-3);
    assert.equal(atHalf('blinkRight'), undefined);
    assert.ok(bow.gaze !== undefined);
    assert.ok(!bow.bones.includes('leftEye'));
  });

  it('leaves pose, actions and scene alone, and the clips as actions in the project', () => {
    assert.equal(own.untouched, true);
    assert.equal(foreign.untouched, true);
    const face = own.project.find((name) => name.startsWith('talk '));
    assert.ok(face !== undefined);
    for (const clip of clips) assert.ok(own.project.includes(clip));
    assert.ok(foreign.project.includes('idle'));
  });

  it('says what there is where a name is none', () => {
    const { error, untouched } = refused.parse(z.array(z.unknown()).parse(run.results)[2]);
    assert.equal(error.code, 'clip-not-found');
    assert.match(error.message, /idle, wave, talk, nod/);
    assert.equal(untouched, true);
  });

  describe('in the preview', () => {
    let page: Awaited<ReturnType<typeof buildPreviewPage>>;
    let session: PreviewSession;

    before(async function () {
      const missing = chromiumMissing();
      if (missing !== null) skip(this, missing);
      page = await buildPreviewPage();
      session = await PreviewSession.open({ pageFolder: page.folder });
    });
    after(async () => {
      await (session as PreviewSession | undefined)?.close();
      await (page as typeof page | undefined)?.remove();
    });

    /** Where the model is on the picture at each of the times; the pictures stay in out/test-clips. */
    async function shown(model: Uint8Array, name: string, clip: Clip, at: readonly number[]) {
      const out = join(import.meta.dirname, '../../out/test-clips');
      mkdirSync(out, { recursive: true });
      await session.load(model, name);
      await session.call('setCamera', { framing: 'full', turnDeg: 0 });
      const bytes = await bytesOf(`Own-${clip}`);
      await session.offering(bytes, (url) => session.call('animate', { source: { url }, name: clip }));
      const boxes = [];
      for (const [number, time] of at.entries()) {
        await session.call('step', { seconds: time - (at[number - 1] ?? 0) });
        const { png, coveredBox } = await session.call('capture', { width: 240, height: 340 });
        writeFileSync(join(out, `${name}-${clip}-${number}.png`), Buffer.from(png, 'base64'));
        assert.ok(coveredBox !== null);
        boxes.push({ ...coveredBox, png });
      }
      return boxes;
    }

    it('its own model waves, and all four differ from moment to moment', async () => {
      const model = await run.read('exports', 'Own.vrm');
      for (const clip of clips) {
        const [rest, moved] = await shown(model, 'own', clip, [0, 1.6]);
        assert.notEqual(rest?.png, moved?.png);
        if (clip === 'wave')
          assert.ok((moved?.x ?? NaN) < (rest?.x ?? NaN) - 10, 'the hand goes out to its right');
      }
      assert.deepEqual(
        session.log.filter((line) => /^error|VRMA/.test(line)),
        [],
      );
    });

    it('so does a model of VRM 0.x', async function () {
      const missing = samplesMissing();
      if (missing !== null) skip(this, missing);
      const [rest, moved] = await shown(readSample('Godette_vrm_v4.vrm'), 'Godette', 'wave', [0, 1.6]);
      assert.ok((moved?.x ?? NaN) < (rest?.x ?? NaN) - 10);
    });
  });
});

/** How often an expression comes up to `least` from below. */
function peaks({ expressions }: Movement, name: string, least = 0.9): number {
  const weights = (expressions[name]?.values ?? []).map(([weight = 0]) => weight);
  return weights.filter((weight, at) => weight >= least && (weights[at - 1] ?? 0) < least).length;
}
