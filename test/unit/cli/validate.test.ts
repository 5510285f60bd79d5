import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { KhronosValidator } from '../../../src/adapters/vrm/khronos.ts';
import { validate, type ValidateFlags } from '../../../src/cli/validate.ts';
import { vrmAnimation } from '../../support/vrm/animation.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { edited } from '../../support/vrm/json.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';

const cli = join(import.meta.dirname, '../../../src/cli/main.ts');
const counts = z.object({ errors: z.number(), warnings: z.number() });
const json = z.object({
  profile: z.string(),
  checked: z.array(z.object({ file: z.string(), report: z.object({ version: z.string(), counts }) })),
});
const sarif = z.object({
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.object({
      results: z.array(
        z.object({
          ruleId: z.string(),
          level: z.string(),
          locations: z.tuple([
            z.object({ physicalLocation: z.object({ artifactLocation: z.object({ uri: z.string() }) }) }),
          ]),
        }),
      ),
    }),
  ]),
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const khronos = new KhronosValidator();

async function check(places: readonly string[], flags: Partial<ValidateFlags> = {}): Promise<Ended> {
  let out = '';
  let err = '';
  const code = await validate(
    places,
    { profile: 'spec', whole: false, json: false, sarif: false, ...flags },
    {
      validator: khronos,
      version: '0',
      print: (text) => (out += text),
      complain: (text) => (err += text),
    },
  );
  return { code, out, err };
}

describe('avatar-forge validate', function () {
  this.timeout(20_000);
  let folder: string;
  let sound: string;
  let flawed: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'avatar-forge-validate-'));
    sound = join(folder, 'sound.vrm');
    flawed = join(folder, 'flawed.vrm');
    const { glb } = sampleVrm('1.0');
    await writeFile(sound, glb);
    await writeFile(flawed, glb.slice(0, -40));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('ends with 0 for a sound model, and says what it is', async () => {
    const { code, out } = await check([sound], { profile: 'app' });
    assert.equal(code, 0, out);
    assert.match(
      out,
      /sound\.vrm: VRM 1\.0, 12 triangles, 36 bones, 0\.0 MiB of textures on the chip; 0 errors/,
    );
  });

  it('ends with 1 where there are errors, as JSON for machines', async () => {
    const { code, out } = await check([sound, flawed], { json: true });
    assert.equal(code, 1);
    const { profile, checked } = json.parse(JSON.parse(out));
    assert.equal(profile, 'spec');
    assert.deepEqual(
      checked.map(({ report }) => report.counts.errors > 0),
      [false, true],
    );
  });

  it('is a command with exit codes', async () => {
    for (const [argv, code] of [
      [[sound, '--json'], 0],
      [[sound, '--json', '--sarif'], 2],
    ] as const) {
      const args = [cli, 'validate', ...argv];
      const ended = await promisify(execFile)(process.execPath, args).then(
        () => 0,
        (thrown: unknown) => Reflect.get(Object(thrown), 'code') as unknown,
      );
      assert.equal(ended, code, argv.join(' '));
    }
  });

  it('holds an animation against the rules for animations', async () => {
    const [sound, model] = [join(folder, 'wave.vrma'), join(folder, 'model.vrma')];
    await writeFile(sound, vrmAnimation());
    await writeFile(model, sampleVrm('1.0').glb);
    const { code, out } = await check([sound]);
    assert.deepEqual([code, out.includes('wave.vrma: VRM animation; 0 errors')], [0, true], out);
    assert.match((await check([model])).out, /animation-extension/);
  });

  it('writes SARIF', async () => {
    const { code, out } = await check([flawed], { sarif: true });
    assert.equal(code, 1);
    const [run] = sarif.parse(JSON.parse(out)).runs;
    const found = run.results.find(({ ruleId }) => ruleId === 'glb-truncated');
    assert.deepEqual(
      [found?.level, found?.locations[0].physicalLocation.artifactLocation.uri],
      ['error', flawed],
    );
  });

  it('ends with 2 for what cannot be read, after checking the others', async () => {
    const text = join(folder, 'text.vrm');
    await writeFile(text, 'not a model');
    for (const missing of [join(folder, 'none.vrm'), text, 'http://127.0.0.1:9/a.vrm']) {
      const { code, out, err } = await check([missing, sound]);
      assert.equal(code, 2);
      assert.match(err, /^avatar-forge: model-unreadable: .*\n→ .+\n$/s);
      assert.match(out, /sound\.vrm/);
    }
  });

  it('takes a profile of the user’s own, and refuses what is none', async () => {
    const own = join(folder, 'own.json');
    await writeFile(own, JSON.stringify({ name: 'tiny', budget: { triangles: 5 } }));
    const { code, out } = await check([sound], { profile: own });
    assert.equal(code, 0);
    assert.match(out, /warning budget-triangles/);
    await writeFile(own, JSON.stringify({ budget: { triangels: 5 } }));
    for (const profile of [own, 'strictest']) {
      const refused = await check([sound], { profile });
      assert.equal(refused.code, 2);
      assert.match(refused.err, /bad-profile/);
    }
    const weighs = async (severities: object): Promise<Ended> => {
      await writeFile(own, JSON.stringify({ severities }));
      return check([sound], { profile: own });
    };
    assert.equal((await weighs({ 'bone-order': 'off', 'gltf:NODE_EMPTY': 'off' })).code, 0);
    for (const misspelt of ['bone-ordr', 'gltf:node empty']) {
      const { code: ended, err } = await weighs({ [misspelt]: 'off' });
      assert.equal(ended, 2);
      assert.match(err, new RegExp(`bad-profile: .*No check has the code "${misspelt}"`, 's'));
    }
  });

  describe('of a URL', () => {
    let server: Server;
    let url: string;
    let sent: number;
    let ranges: boolean;
    const { document, bin } = sampleVrm('1.0');
    const large = new Uint8Array(400_000);
    large.set(bin);
    const model = packGlb(edited(document, [{ at: '/buffers/0/byteLength', value: large.length }]), large);
    before(async () => {
      server = createServer((request, response) => {
        const end = Number(/^bytes=0-(\d+)$/.exec(request.headers.range ?? '')?.[1]);
        const part = ranges && end >= 0 ? model.subarray(0, end + 1) : model;
        sent += part.length;
        const range = { 'Content-Range': `bytes 0-${part.length - 1}/${model.length}` };
        response.writeHead(part === model ? 200 : 206, part === model ? {} : range).end(part);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.vrm`;
    });
    beforeEach(() => {
      sent = 0;
      ranges = true;
    });
    after(() => server.close());

    it('fetches no more than the beginning', async () => {
      const { code, out } = await check([url], { profile: 'app' });
      assert.equal(code, 0, out);
      assert.match(out, /12 triangles/);
      assert.equal(sent, 65_536);
    });

    it('fetches all where the server gives no parts, or it is asked to', async () => {
      ranges = false;
      assert.equal((await check([url])).code, 0);
      ranges = true;
      assert.equal((await check([url], { whole: true })).code, 0);
      assert.equal(sent, 2 * model.length);
    });
  });
});
