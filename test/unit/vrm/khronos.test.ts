import assert from 'node:assert/strict';
import { KhronosValidator } from '../../../src/adapters/vrm/khronos.ts';
import { checkVrm } from '../../../src/core/vrm/check.ts';
import { PROFILES } from '../../../src/core/vrm/profile.ts';
import { checkWhole } from '../../../src/core/vrm/validator.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { edited } from '../../support/vrm/json.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';

describe('Khronos’ validator', function () {
  this.timeout(30_000);
  const validator = new KhronosValidator();

  for (const version of ['1.0', '0.x'] as const) {
    it(`has no error and no warning for the sound ${version} model`, async () => {
      const findings = await validator.validate(sampleVrm(version).glb);
      assert.deepEqual(
        findings.filter((finding) => finding.severity !== 'info'),
        [],
      );
    });
  }

  it('finds what is wrong by glTF alone, and its findings join ours', async () => {
    const { document, bin } = sampleVrm('1.0');
    const glb = packGlb(edited(document, [{ at: '/accessors/0/max', value: [9, 9, 9] }]), bin);
    const report = checkVrm(glb);
    const merged = await checkWhole(validator, glb);
    const found = merged.findings.find((finding) => finding.code === 'gltf:ACCESSOR_MAX_MISMATCH');
    assert.equal(found?.severity, 'error');
    assert.equal(found.where.pointer, '/accessors/0/max/0');
    assert(merged.counts.errors > report.counts.errors);
  });

  it('has its findings weighed by the profile, as ours are', async () => {
    const { document, bin } = sampleVrm('1.0');
    const glb = packGlb(edited(document, [{ at: '/accessors/0/max', value: [9, 9, 9] }]), bin);
    const code = 'gltf:ACCESSOR_MAX_MISMATCH';
    for (const severity of ['info', 'off'] as const) {
      const profile = { ...PROFILES.spec, severities: { [code]: severity } };
      const { findings, counts } = await checkWhole(validator, glb, { profile });
      const found = findings.filter((finding) => finding.code === code);
      assert.deepEqual([...new Set(found.map((one) => one.severity))], severity === 'off' ? [] : ['info']);
      assert.equal(counts.errors, 0);
    }
  });

  it('answers a file that is no GLB with a finding', async () => {
    const findings = await validator.validate(new TextEncoder().encode('nothing of the kind'));
    assert(findings.some((finding) => finding.severity === 'error'));
  });
});
