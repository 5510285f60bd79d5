import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkVrm } from '../../../src/core/vrm/check.ts';
import { prefixBytesForJson } from '../../../src/core/vrm/glb.ts';
import { PROFILES } from '../../../src/core/vrm/profile.ts';
import { ANIMATION_RULES, FILE_RULES, MODEL_RULES } from '../../../src/core/vrm/rules/index.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { edited } from '../../support/vrm/json.ts';
import { ktx2Vrm } from '../../support/vrm/packed.ts';
import { SAMPLE_DELTA_M, SAMPLE_EXPRESSIONS, sampleVrm } from '../../support/vrm/sampleVrm.ts';
import { CONTENT_MUTANTS } from './contentMutants.ts';
import { TOON_0 } from './materialMutants.ts';
import { makeMutant, png, STRUCTURE_MUTANTS, withPicture } from './mutants.ts';

const MUTANTS = [...STRUCTURE_MUTANTS, ...CONTENT_MUTANTS];

const RULES = [...FILE_RULES, ...MODEL_RULES];
const CODES = RULES.flatMap((rule) => Object.keys(rule.codes));

describe('VRM check', () => {
  for (const version of ['1.0', '0.x'] as const) {
    it(`finds nothing in a sound ${version} model`, () => {
      const report = checkVrm(sampleVrm(version).glb, { profile: PROFILES.app });
      assert.deepEqual(report.findings, []);
      assert.equal(report.version, version);
    });

    it(`tells the facts of a ${version} model`, () => {
      const { glb } = sampleVrm(version);
      const { facts } = checkVrm(glb);
      assert(facts !== null);
      assert.equal(facts.sizeBytes, glb.length);
      assert.equal(facts.bones.length, 36);
      assert(facts.bones.includes('leftThumbMetacarpal'));
      assert.equal(facts.triangles, 12);
      assert.equal(facts.vertices, 8);
      assert.equal(facts.materials, 1);
      assert.equal(facts.springs, 1);
      assert.equal(facts.colliders, 1);
      assert.equal(facts.meta.name, 'Sample');
      assert.deepEqual(facts.meta.authors, ['Test']);
      assert.deepEqual(
        [facts.thumbnail?.mime, facts.thumbnail?.width, facts.thumbnail?.height],
        ['image/png', 8, 8],
      );
      near(facts.heightM, 1.6);
    });

    it(`measures what expressions of a ${version} model move`, () => {
      const { facts } = checkVrm(sampleVrm(version).glb);
      for (const name of SAMPLE_EXPRESSIONS) {
        const effect = facts?.expressions.find((one) => one.name === name && one.kind === 'preset')?.effect;
        assert.equal(effect?.vertices, 2, name);
        near(effect.maxDeltaM, SAMPLE_DELTA_M);
      }
      const custom = facts?.expressions.find((one) => one.kind === 'custom');
      assert.equal(custom?.name, 'wink');
      near(custom.effect.maxDeltaM, SAMPLE_DELTA_M / 2);
    });
  }

  it('works on the beginning of a file that holds the JSON', () => {
    const { glb } = sampleVrm('1.0');
    const need = prefixBytesForJson(glb.subarray(0, 20));
    assert(need < glb.length);
    assert.equal(prefixBytesForJson(glb.subarray(0, 8)), 20);
    const report = checkVrm(glb.subarray(0, need), { profile: PROFILES.app, totalBytes: glb.length });
    assert.deepEqual(report.findings, []);
    const aa = report.facts?.expressions[0]?.effect;
    assert.equal(aa?.vertices, null);
    near(aa.maxDeltaM, SAMPLE_DELTA_M);
  });

  it('takes a look-at range up to half a turn, as the schema does', () => {
    const { document, bin } = sampleVrm('1.0');
    const value = { type: 'bone', rangeMapVerticalUp: { inputMaxValue: 180, outputScale: 10 } };
    const glb = packGlb(edited(document, [{ at: '/extensions/VRMC_vrm/lookAt', value }]), bin);
    assert.deepEqual(checkVrm(glb, { profile: PROFILES.app }).findings, []);
  });

  it('finds nothing in a sound toon material of 0.x', () => {
    const { document, bin } = sampleVrm('0.x');
    const { findings } = checkVrm(packGlb(edited(document, [TOON_0]), bin), { profile: PROFILES.app });
    assert.deepEqual(findings, []);
  });

  it('tells what textures take on the graphics chip, a third more for smaller versions', () => {
    const sample = sampleVrm('1.0');
    const document = edited(sample.document, [{ at: '/extensions/VRMC_vrm/meta/thumbnailImage' }]);
    const { facts } = checkVrm(withPicture({ ...sample, document }, png(1024, 512)));
    assert.equal(facts?.textureBytes, Math.round((1024 * 512 * 4 * 4) / 3));
    const packed = checkVrm(ktx2Vrm());
    assert.deepEqual(packed.facts?.images[1]?.width, 16);
    assert.equal(packed.facts.textureBytes, Math.round((16 * 16 * 4) / 3));
    assert(!packed.findings.some(({ code }) => code.startsWith('texture')));
    const glb = packGlb(document, sample.bin);
    const begun = checkVrm(glb.subarray(0, prefixBytesForJson(glb)), { totalBytes: glb.length });
    assert.equal(begun.facts?.textureBytes, null);
  });

  it('lets a profile weigh a finding anew, or silence it', () => {
    const floating = MUTANTS.find((mutant) => mutant.code === 'feet-off-ground');
    assert(floating !== undefined);
    const severityUnder = (severities: Record<string, 'error' | 'off'>): string | undefined =>
      checkVrm(makeMutant(floating), { profile: { ...PROFILES.spec, severities } }).findings.find(
        (finding) => finding.code === 'feet-off-ground',
      )?.severity;
    assert.equal(severityUnder({}), 'warning');
    assert.equal(severityUnder({ 'feet-off-ground': 'error' }), 'error');
    assert.equal(severityUnder({ 'feet-off-ground': 'off' }), undefined);
  });

  it('lets a profile ask for custom expressions', () => {
    const codesFor = (name: string): readonly string[] => {
      const profile = { ...PROFILES.spec, requiredExpressions: [name] };
      return checkVrm(sampleVrm('1.0').glb, { profile }).findings.map(({ code }) => code);
    };
    assert.deepEqual(codesFor('wink'), []);
    assert.deepEqual(codesFor('wonk'), ['expression-missing']);
  });

  describe('of a model with one defect', () => {
    for (const mutant of MUTANTS) {
      it(`${mutant.code}: ${mutant.defect} (${mutant.version})`, () => {
        const { findings, counts } = checkVrm(makeMutant(mutant), {
          profile: mutant.profile ?? PROFILES.app,
        });
        const found = findings.filter((finding) => finding.code === mutant.code);
        assert.notEqual(
          found.length,
          0,
          `raised instead: ${findings.map((finding) => finding.code).join(', ')}`,
        );
        assert.equal(counts.errors + counts.warnings + counts.infos, findings.length);
        for (const { message, next } of found) assert(message.length > 0 && next.endsWith('.'));
      });
    }

    it('says which mesh has triangles without area, and which node shows it', () => {
      const flat = MUTANTS.find(({ code }) => code === 'triangles-degenerate');
      assert(flat !== undefined);
      const { findings } = checkVrm(makeMutant(flat));
      const where = findings.find(({ code }) => code === flat.code)?.where;
      assert.deepEqual(where, { node: 'Body', pointer: '/meshes/0' });
    });

    it('covers every code there is', () => {
      const raised = new Set(MUTANTS.map((mutant) => mutant.code));
      assert.deepEqual(
        CODES.filter((code) => !raised.has(code)),
        [],
      );
      assert.deepEqual(
        [...raised].filter((code) => !CODES.includes(code)),
        [],
      );
    });
  });

  it('registers every rule file, and every code once', () => {
    const files = readdirSync(join(import.meta.dirname, '../../../src/core/vrm/rules')).filter(
      (file) => file !== 'index.ts',
    );
    const kebab = (file: string): string =>
      file.replace('.ts', '').replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
    const registered = new Set([...RULES, ...ANIMATION_RULES]);
    assert.deepEqual([...registered].map((rule) => rule.name).toSorted(), files.map(kebab).toSorted());
    const codes = [...registered].flatMap((rule) => Object.keys(rule.codes));
    assert.equal(new Set(codes).size, codes.length);
  });
});

function near(actual: number | null | undefined, expected: number): void {
  assert(Math.abs((actual ?? NaN) - expected) < 1e-4, `${String(actual)} is not near ${expected}`);
}
