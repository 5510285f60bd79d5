import assert from 'node:assert/strict';
import { clear, type Picture, picture, python } from './support/commands.ts';
import { testWorkstation, type TestWorkstation } from './support/workstation.ts';

const views = ['viewport', 'front', 'back', 'left', 'right', 'face', 'turntable'];

/** Blender 4 cannot draw without a display: its Workbench would end it. */
const needsDisplay = async (test: TestWorkstation): Promise<boolean> =>
  (await python(test.blender, 'result = bpy.app.version[0]')) === 4 && process.env['DISPLAY'] === undefined;

for (const mode of ['background', 'xvfb'] as const) {
  describe(`get_screenshot, ${mode}`, function () {
    this.timeout(180_000);
    let test: TestWorkstation;
    let drawn: string;
    before(async () => {
      test = await testWorkstation({ mode });
      drawn = mode === 'background' && (await needsDisplay(test)) ? 'cycles' : 'offscreen';
    });
    after(() => test.end());

    /** A red ball to the figure's left (+X), a gold one high up, a dark box below. */
    const build = async (): Promise<void> => {
      await clear(test.blender);
      const objects = [
        { kind: 'cube', name: 'Body', size: [0.4, 0.3, 1.2], location: [0, 0, 0.6] },
        { kind: 'sphere', name: 'Left', size: 0.3, location: [0.8, 0, 1] },
        { kind: 'sphere', name: 'Head', size: 0.4, location: [0, 0, 1.5] },
      ];
      await test.blender.call('create_object', { objects });
      const material = (
        objects: string,
        name: string,
        base_color: string,
        preset: string,
      ): Promise<unknown> =>
        test.blender.call('set_material', { objects: [objects], name, base_color, preset });
      await material('Body', 'Dark', '#303848', 'cloth');
      await material('Left', 'Red', '#d02020', 'plain');
      await material('Head', 'Gold', '#d4af37', 'metal');
    };

    it('frames all there is, from every side', async () => {
      await build();
      for (const view of views) {
        const { way, subject, width, height } = await picture(test.blender, { view, max_size: 256 });
        assert.equal(way, drawn, view);
        assert.equal(Math.max(width, height) <= 256, true);
        assert.ok(subject, view);
        if (view === 'face' || view === 'turntable') continue;
        const { left, right, top, bottom } = subject;
        assert.ok(
          left > 0.02 && right < 0.98 && top > 0.02 && bottom < 0.98,
          `${view} ${JSON.stringify(subject)}`,
        );
        assert.ok(Math.max(right - left, bottom - top) > 0.8, `${view} ${JSON.stringify(subject)}`);
      }
    });

    it('compares with the picture before, from the same camera, and marks what differs', async () => {
      await build();
      // Its own count of columns: no other test has taken such a picture.
      await assert.rejects(
        test.blender.call('get_screenshot', { view: 'front', columns: 7, compare: true }),
        {
          code: 'no-before',
        },
      );
      await picture(test.blender, { view: 'front', columns: 7, max_size: 300 });
      const same = await picture(test.blender, { view: 'front', columns: 7, max_size: 900, compare: true });
      await test.blender.call('modify_object', { changes: [{ name: 'Left', location: [0.8, 0, 0.4] }] });
      const moved = await picture(test.blender, { view: 'front', columns: 7, max_size: 900, compare: true });
      assert.ok(
        moved.width > moved.height || moved.height > 600,
        'three side by side, or one below the other',
      );
      /** In the last of the three pictures, beside the others or below them. */
      const reds = ({ at, width, height }: Picture): number => {
        const aside = width > height;
        const shares = Array.from({ length: 60 }, (_, i) => (i + 0.5) / 60);
        const marked = (along: number, across: number): boolean => {
          const [r, g, b] = aside ? at((2 + along) / 3, across) : at(across, (2 + along) / 3);
          return r > g + 90 && r > b + 90;
        };
        return shares.flatMap((along) => shares.filter((across) => marked(along, across))).length;
      };
      assert.equal(same.about['changed'], 0);
      assert.deepEqual([reds(same), reds(moved) > 20], [0, true], 'what differs is red, all else grey');
      const share = Number(moved.about['changed']);
      assert.ok(share > 0.005 && share < 0.3, `${String(share)} of the picture differs`);
    });

    it('frames what there is where the viewport looks past it, and says so', async () => {
      await build();
      if (mode === 'background') {
        // Nobody looks there, so there is no viewport to look past.
        assert.equal((await picture(test.blender, { max_size: 64 })).about['notes'], undefined);
        return;
      }
      const look = (place: string, distance: number): Promise<unknown> =>
        python(
          test.blender,
          `for area in (a for w in C.window_manager.windows for a in w.screen.areas if a.type == "VIEW_3D"):
    data = area.spaces.active.region_3d
    data.view_location, data.view_distance = (${place}), ${distance}
    data.update()`,
        );
      try {
        for (const [place, distance, note] of [
          ['500, 500, 0', 5, /nothing of the scene/],
          ['0, 0, 1', 60, /small/],
          ['0, 0, 1', 0.6, /^undefined$/],
        ] as const) {
          await look(place, distance);
          const { subject, about } = await picture(test.blender, { view: 'viewport', max_size: 128 });
          assert.ok(subject, place);
          assert.match(String(about['notes']), note);
        }
      } finally {
        await look('0, 0, 0', 15);
      }
    });

    it('shows the right side, in the colours of the materials', async () => {
      await build();
      const isRed = ([r, g, b]: readonly [number, number, number]): boolean => r > 120 && g < 70 && b < 70;
      const red = async (view: string): Promise<readonly number[]> => {
        const shot = await picture(test.blender, { view, max_size: 200 });
        const xs = Array.from({ length: 100 }, (_, i) => i / 100);
        return xs.filter((x) => xs.some((y) => isRed(shot.at(x, y))));
      };
      const front = await red('front');
      assert.ok(
        front.length > 0 && front.every((x) => x > 0.6),
        'a figure’s left is on the right of its front view',
      );
      const back = await red('back');
      assert.ok(back.length > 0 && back.every((x) => x < 0.4));
      assert.ok((await red('right')).length > 0, 'from +X the red ball is in front');
      assert.deepEqual(await red('left'), [], 'from -X the body hides it');
    });

    it('finds the face by the head bone', async () => {
      await build();
      const rig = [{ kind: 'armature', name: 'Rig', location: [0, 0, 1.3], size: 0.3 }];
      await test.blender.call('create_object', { objects: rig });
      await python(test.blender, 'D.objects["Rig"].data.bones[0].name = "Head"');
      const { subject, width, height } = await picture(test.blender, { view: 'face', max_size: 256 });
      assert.deepEqual([width, height], [256, 256]);
      assert.ok(subject && subject.top > 0 && subject.top < 0.15, JSON.stringify(subject));
    });

    it('follows pose and shape keys, and hides what is hidden', async () => {
      await build();
      const full = await picture(test.blender, { view: 'front', max_size: 128 });
      await python(
        test.blender,
        `o = D.objects["Left"]; o.shape_key_add(name="Basis"); key = o.shape_key_add(name="far")
for point in key.data: point.co.x += 3
key.value = 1`,
      );
      const wide = await picture(test.blender, { view: 'front', max_size: 128 });
      assert.ok(wide.width / wide.height > (full.width / full.height) * 1.5);
      await test.blender.call('modify_object', { changes: [{ name: 'Left', visible: false }] });
      const narrow = await picture(test.blender, { view: 'front', max_size: 128 });
      assert.ok(narrow.width / narrow.height < full.width / full.height);
    });

    it('makes a sheet of two rows', async () => {
      await build();
      const { width, height, at } = await picture(test.blender, {
        view: 'turntable',
        columns: 3,
        max_size: 300,
      });
      assert.ok(Math.max(width, height) <= 300 && Math.max(width, height) > 290);
      const shares = Array.from({ length: 20 }, (_, i) => i / 20);
      for (let cell = 0; cell < 6; cell++) {
        const [left, top] = [(cell % 3) / 3, Math.floor(cell / 3) / 2];
        const dark = shares.some((x) => shares.some((y) => at(left + x / 3, top + y / 2)[0] < 100));
        assert.ok(dark, `the body is in picture ${cell}`);
      }
    });

    it('looks through the camera', async () => {
      await build();
      await assert.rejects(picture(test.blender, { view: 'camera' }), { code: 'not-found' });
      const camera = { kind: 'camera', location: [0, -5, 1.5], rotation_deg: [90, 0, 0] };
      await test.blender.call('create_object', { objects: [camera] });
      await python(test.blender, 'C.scene.render.resolution_x, C.scene.render.resolution_y = 1000, 500');
      const { width, height, at } = await picture(test.blender, { view: 'camera', max_size: 200 });
      assert.deepEqual([width, height], [200, 100]);
      const [r, g, b] = at(0.5, 0.5);
      assert.ok(r > b + 40 && g > b + 20, `gold in the middle, not ${r} ${g} ${b}`);
    });

    it('draws solid and renders, and leaves scene and settings as they were', async () => {
      await build();
      const state = `import json
s = C.scene; r = s.render
result = json.dumps([r.engine, r.filepath, r.resolution_x, s.view_settings.view_transform, s.cycles.samples, s.camera is None,
  C.preferences.system.anisotropic_filter, s.display.shading.light, [len(getattr(D, k)) for k in ("objects", "cameras", "lights", "worlds", "scenes", "meshes")],
  [o.hide_render for o in s.objects]])`;
      const before = await python(test.blender, state);
      const solid = await picture(test.blender, { view: 'front', shading: 'solid', max_size: 128 });
      assert.equal(solid.way, drawn);
      const rendered = await picture(test.blender, { view: 'front', shading: 'rendered', max_size: 96 });
      assert.ok(['cycles', 'eevee'].includes(rendered.way));
      for (const shot of [solid, rendered]) assert.ok(shot.at(0.5, 0.6).some((channel) => channel > 10));
      assert.equal(await python(test.blender, state), before);
    });

    it('shows an empty scene as a backdrop', async () => {
      await clear(test.blender);
      const { at, subject } = await picture(test.blender, { view: 'front', max_size: 64 });
      assert.equal(subject, null);
      assert.ok(at(0.5, 0.5).every((channel) => channel > 150));
    });

    it('refuses what it does not know', async () => {
      for (const params of [
        { view: 'top' },
        { max_size: 2000 },
        { shading: 'wire' },
        { columns: 0 },
        { size: 1 },
      ]) {
        await assert.rejects(picture(test.blender, params), { code: 'bad-params' });
      }
    });
  });
}

describe('get_screenshot, where nothing can be drawn', function () {
  this.timeout(180_000);
  let test: TestWorkstation;
  before(async () => {
    test = await testWorkstation({ mode: 'background' });
    // As on a Blender 4.3 without display: no drawing, no Workbench.
    await python(
      test.blender,
      `import sys
module = lambda name: next(m for n, m in sys.modules.items() if n.endswith("avatar_forge.commands." + name))
import importlib
importlib.import_module(next(n for n in sys.modules if n.endswith("avatar_forge.commands")) + ".get_screenshot")
module("get_screenshot").gpu_ready = lambda: False`,
    );
  });
  after(() => test.end());

  it('renders with Workbench, else with Cycles, and says so', async () => {
    const by = await picture(test.blender, { view: 'front', max_size: 96 });
    assert.equal(by.way, (await needsDisplay(test)) ? 'cycles' : 'workbench');
    assert.ok(by.at(0.5, 0.5).every((channel) => channel > 20));
    await python(
      test.blender,
      `import sys
next(m for n, m in sys.modules.items() if n.endswith("avatar_forge.commands.compat")).workbench_render_is_safe = lambda: False`,
    );
    const traced = await picture(test.blender, { view: 'front', max_size: 96 });
    assert.equal(traced.way, 'cycles');
    assert.ok(traced.at(0.5, 0.5).every((channel) => channel > 20));
  });

  it('goes on to the next way where a picture came out black, and to an error where all did', async () => {
    await python(
      test.blender,
      `import sys
import numpy as np
class Black:
    def __init__(self, *_, **__): pass
    def draw(self, camera, width, height): return np.zeros((height, width, 3), np.uint8)
shot = next(m for n, m in sys.modules.items() if n.endswith("avatar_forge.commands.get_screenshot"))
shot.gpu_ready, shot.Studio = lambda: True, Black`,
    );
    assert.equal((await picture(test.blender, { view: 'front', max_size: 96 })).way, 'cycles');
    await python(
      test.blender,
      `import sys
shot = next(m for n, m in sys.modules.items() if n.endswith("avatar_forge.commands.get_screenshot"))
shot.render = lambda engine, camera, width, height, own_light: shot.Studio().draw(camera, width, height)`,
    );
    await assert.rejects(picture(test.blender, { view: 'front', max_size: 96 }), (error: Error) => {
      assert.match(error.message, /offscreen: the picture was empty; cycles: the picture was empty/);
      assert.match(error.message, /Give Blender a display/);
      return true;
    });
  });
});
