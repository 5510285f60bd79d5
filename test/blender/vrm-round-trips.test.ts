import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { skip } from '../support/skip.ts';
import { differences, portrait } from '../support/vrm/portrait.ts';
import { samplePath, SAMPLES, samplesMissing } from '../support/vrm/samples.ts';
import { type DriverRun, runDriver } from './support/driver.ts';
import { khronosIssues } from './support/khronos.ts';

/** docs/round-trips.md has this list in words. */
const mayDiffer: readonly RegExp[] = [/^vertices: /, /^thumbnail: undefined/];
const mayDifferWithoutSkin: readonly RegExp[] = [...mayDiffer, /^bones: 0 → /];
const mayDifferFrom0: readonly RegExp[] = [...mayDiffer, /^meta /, /^springs /, /^spring end of /];

const opened = z.object({
  created: z.array(z.string()),
  notes: z.array(z.string()),
  untouched: z.boolean(),
  material: z.string().optional(),
  expression: z.string().optional(),
});
const refused = z.object({ error: z.object({ code: z.string() }).loose(), objects: z.array(z.string()) });

interface Trip {
  readonly name: string;
  readonly file?: string;
  readonly change?: boolean;
}

describe('round trips: a VRM into Blender and out again', function () {
  this.timeout(240_000);
  const samples = samplesMissing() === null ? SAMPLES : [];
  const trips: readonly Trip[] = [
    { name: 'Own' },
    { name: 'Changed', change: true },
    ...samples.map((sample) => ({ name: sample.replace('.vrm', ''), file: samplePath(sample) })),
    ...samples.slice(0, 2).map((sample) => ({
      name: `${sample.replace('.vrm', '')}-changed`,
      file: samplePath(sample),
      change: true,
    })),
  ];
  let run: DriverRun;
  let results: readonly unknown[];
  const resultOf = (name: string): z.infer<typeof opened> =>
    opened.parse(results[trips.findIndex((trip) => trip.name === name)]);
  const changesOf = async (name: string): Promise<string[]> => {
    const [before, after] = await Promise.all(
      [`${name}-before.vrm`, `${name}.vrm`].map(async (file) => portrait(await run.read('exports', file))),
    );
    assert.ok(before !== undefined && after !== undefined);
    const [was, is] = [Number(before.get('vertices')), Number(after.get('vertices'))];
    assert.ok(is >= was && is <= 1.6 * was, `${was} vertices became ${is}`);
    return differences(before, after);
  };

  before(async () => {
    const broken = join(tmpdir(), `avatar-forge-broken-${process.pid}.vrm`);
    await writeFile(broken, 'glTF and nothing else');
    run = await runDriver('trip_facts.py', [...trips, { name: 'Broken', file: broken }]);
    results = z.array(z.unknown()).parse(run.results);
  });
  after(() => (run as typeof run | undefined)?.remove());

  it('loses nothing of an own export', async () => {
    const lost = (await changesOf('Own')).filter((line) => !mayDiffer.some((rule) => rule.test(line)));
    assert.deepEqual(lost, []);
    const { created, notes, untouched } = resultOf('Own');
    assert.deepEqual([created[0], notes, untouched], ['Own.001', [], true]);
  });

  for (const sample of SAMPLES) {
    const name = sample.replace('.vrm', '');
    it(`loses nothing of ${sample} but what the list names`, async function () {
      const missing = samplesMissing();
      if (missing !== null) skip(this, missing);
      const before = checkVrm(await run.read('exports', `${name}-before.vrm`));
      const list =
        before.version === '0.x' ? mayDifferFrom0 : name === 'synth10' ? mayDiffer : mayDifferWithoutSkin;
      const lost = (await changesOf(name)).filter((line) => !list.some((rule) => rule.test(line)));
      assert.deepEqual(lost, []);
    });

    it(`makes a valid VRM 1.0 of ${sample}`, async function () {
      const missing = samplesMissing();
      if (missing !== null) skip(this, missing);
      const bytes = await run.read('exports', `${name}.vrm`);
      const report = checkVrm(bytes);
      assert.equal(report.version, '1.0');
      assert.equal(report.counts.errors, 0);
      assert.deepEqual((await khronosIssues(bytes)).errors, []);
    });
  }

  it('says of a licence of VRM 0.x what 1.0 can say', async function () {
    const missing = samplesMissing();
    if (missing !== null) skip(this, missing);
    const after = await portrait(await run.read('exports', 'Godette_vrm_v4.vrm'));
    const said = (member: string): unknown => after.get(`meta ${member}`);
    assert.deepEqual(said('authors'), ['SirRichard94']);
    assert.equal(said('otherLicenseUrl'), 'https://creativecommons.org/licenses/by/4.0/');
    assert.deepEqual(
      [
        said('avatarPermission'),
        said('creditNotation'),
        said('commercialUsage'),
        said('allowRedistribution'),
      ],
      ['everyone', 'required', 'corporation', true],
    );
  });

  for (const { name } of trips.filter(({ change }) => change)) {
    it(`changes in ${name} what was changed, and nothing else`, async () => {
      const { material, expression } = resultOf(name);
      assert.ok(material !== undefined && expression !== undefined);
      // A colour means its shade and the shine of metal, too; what is painted is painted anew.
      const meant = new RegExp(
        `^(material ${escaped(material)} (color|shadeColorFactor|shadeMultiplyTexture|matcapFactor)|expression ${expression}( |:))`,
      );
      const list = [meant, ...mayDifferFrom0];
      const changes = await changesOf(name);
      assert.deepEqual(
        changes.filter((line) => !list.some((rule) => rule.test(line))),
        [],
      );
      assert.ok(
        changes.some((line) => line.startsWith(`material ${material} shadeColorFactor`)),
        'the colour',
      );
      assert.ok(
        changes.some((line) => line.startsWith(`expression ${expression}`)),
        'the expression',
      );
    });
  }

  it('refuses what is no VRM and leaves nothing behind', () => {
    const { error, objects } = refused.parse(results.at(-1));
    assert.equal(error.code, 'import-failed');
    assert.deepEqual(objects, ['Own']);
  });
});

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
