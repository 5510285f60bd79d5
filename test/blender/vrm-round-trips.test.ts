import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { skip } from '../support/skip.ts';
import { differences, type Portrait, portrait } from '../support/vrm/portrait.ts';
import { richVrm } from '../support/vrm/richVrm.ts';
import { samplePath, SAMPLES, samplesMissing } from '../support/vrm/samples.ts';
import { surface } from '../support/vrm/surface.ts';
import { surfaceDifferences } from '../support/vrm/surfaceDifferences.ts';
import { type DriverRun, runDriver } from './support/driver.ts';
import { khronosIssues } from './support/khronos.ts';
import { type Loss, LOSSES } from './support/tripLosses.ts';

const opened = z.object({
  created: z.array(z.string()),
  notes: z.array(z.string()),
  untouched: z.boolean(),
});
const changed = opened.extend({
  material: z.string(),
  expression: z.string(),
  /** Of the humanoid. */
  bone: z.string(),
  /** Mesh and shape key, and the expressions that show it. */
  key: z.tuple([z.string(), z.string()]).optional(),
  moved: z.array(z.string()).default([]),
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
  const stem = (sample: string): string => sample.replace('.vrm', '');
  const rich = join(tmpdir(), `avatar-forge-rich-${process.pid}.vrm`);
  const broken = join(tmpdir(), `avatar-forge-broken-${process.pid}.vrm`);
  const trips: readonly Trip[] = [
    { name: 'Own' },
    { name: 'Own-changed', change: true },
    { name: 'Rich', file: rich },
    ...samples.flatMap((sample) => [
      { name: stem(sample), file: samplePath(sample) },
      { name: `${stem(sample)}-changed`, file: samplePath(sample), change: true },
    ]),
    { name: 'Broken', file: broken },
  ];
  let run: DriverRun;
  let results: readonly unknown[];
  /** Which of the list was seen: an entry that nothing shows is not needed. */
  const seen = new Set<Loss>();
  const resultOf = (name: string): unknown => results[trips.findIndex((trip) => trip.name === name)];
  /** Every difference that the list does not name. */
  const changesOf = async (name: string): Promise<string[]> => {
    const [before, after] = await Promise.all(
      [`${name}-before.vrm`, `${name}.vrm`].map((file) => run.read('exports', file)),
    );
    assert.ok(before !== undefined && after !== undefined);
    const [told, tells] = [await portrait(before), await portrait(after)];
    const [was, is] = [Number(told.get('vertices')), Number(tells.get('vertices'))];
    // A file without normals is of flat triangles, which share no vertices.
    assert.ok(is >= was && is <= (name === 'Rich' ? 3 : 1.6) * was, `${was} vertices became ${is}`);
    const lines = [...differences(told, tells), ...surfaceDifferences(surface(before), surface(after))];
    const old = checkVrm(before).version === '0.x';
    return lines.filter((line) => {
      const loss = LOSSES.find(
        (one) =>
          one.line.test(line) &&
          (old || one.from0 !== true) &&
          (one.file === undefined || one.file.test(name)),
      );
      if (loss !== undefined) seen.add(loss);
      return loss === undefined;
    });
  };

  before(async () => {
    await writeFile(broken, 'glTF and nothing else');
    await writeFile(rich, richVrm());
    run = await runDriver('trip_facts.py', trips);
    results = z.array(z.unknown()).parse(run.results);
  });
  after(async () => {
    await Promise.all([rich, broken].map((file) => rm(file, { force: true })));
    await (run as typeof run | undefined)?.remove();
  });

  it('loses nothing of an own export', async () => {
    assert.deepEqual(await changesOf('Own'), []);
    const { created, notes, untouched } = opened.parse(resultOf('Own'));
    assert.deepEqual([created[0], notes, untouched], ['Own.001', [], true]);
  });

  it('loses nothing of rare things but what the list names: samplers, second UV maps, surfaces of metal stay', async () => {
    assert.deepEqual(await changesOf('Rich'), []);
    assert.match(String(opened.parse(resultOf('Rich')).notes), /Node constraints were left out/);
  });

  for (const sample of SAMPLES) {
    const name = stem(sample);
    it(`loses nothing of ${sample} but what the list names`, async function () {
      const missing = samplesMissing();
      if (missing !== null) skip(this, missing);
      assert.deepEqual(await changesOf(name), []);
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
      const made = changed.parse(resultOf(name));
      const material = escaped(made.material);
      const key = made.key?.map(escaped).join(' in .*, key ');
      // Each by what has to be there of it. A colour means its shade and the shine of metal, too; what is painted is painted anew.
      const meant: readonly (readonly [one: RegExp, all: RegExp])[] = [
        [
          new RegExp(`^material ${material} (color|texture): `),
          new RegExp(
            `^material ${material} (color|texture|shadeColorFactor|shadeMultiplyTexture|matcapFactor): `,
          ),
        ],
        [
          new RegExp(`^expression ${made.expression}( |:)`),
          new RegExp(`^expression ${made.expression}( |:)`),
        ],
        [new RegExp(`^at ${made.bone}: `), new RegExp(`^at ${made.bone}: `)],
        ...(key === undefined
          ? []
          : [
              [
                new RegExp(`^surface ${key}: \\d+ of \\d+ triangles, by 0\\.0100`),
                new RegExp(`^(surface ${key}|expression (${made.moved.map(escaped).join('|')})): `),
              ] as const,
            ]),
      ];
      const changes = await changesOf(name);
      assert.deepEqual(
        changes.filter((line) => !meant.some(([, all]) => all.test(line))),
        [],
      );
      for (const [one] of meant)
        assert.ok(
          changes.some((line) => one.test(line)),
          `${one}: ${changes.join('\n')}`,
        );
      const [before, after] = await Promise.all(
        [`${name}-before.vrm`, `${name}.vrm`].map(async (file) => portrait(await run.read('exports', file))),
      );
      const height = (of: Portrait | undefined): number =>
        z.tuple([z.number(), z.number(), z.number()]).parse(of?.get(`at ${made.bone}`))[1];
      assert.ok(Math.abs(height(after) - height(before) - 0.01) < 1e-4);
    });
  }

  it('need all of the list, and the page has each of it', async function () {
    const missing = samplesMissing();
    if (missing !== null) skip(this, missing);
    assert.deepEqual(
      LOSSES.filter((loss) => !seen.has(loss)),
      [],
    );
    const page = await readFile(join(import.meta.dirname, '../../docs/round-trips.md'), 'utf8');
    const rows = page.split('\n').flatMap((line) => /^\| ([^|]+) \|/.exec(line)?.[1] ?? []);
    assert.deepEqual(
      LOSSES.filter(({ row }) => !rows.includes(row)),
      [],
    );
  });

  it('refuses what is no VRM and leaves nothing behind', () => {
    const { error, objects } = refused.parse(results.at(-1));
    assert.equal(error.code, 'import-failed');
    assert.deepEqual(objects, ['Own']);
  });
});

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
