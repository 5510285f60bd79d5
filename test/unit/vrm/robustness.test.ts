import assert from 'node:assert/strict';
import { checkVrm } from '../../../src/core/vrm/check.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { HOSTILE, pointers, random } from '../../support/fuzz.ts';
import { edited } from '../../support/vrm/json.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';

describe('VRM check of hostile files', function () {
  this.timeout(20_000);

  it('ends at a tree of nodes that bites its tail', () => {
    const { document, bin, node } = sampleVrm('1.0');
    const loop = edited(document, [
      { at: `/nodes/${node('head')}/children`, value: [node('hips'), node('head')] },
      { at: `/nodes/${node('hips')}/children/-`, value: node('hips') },
    ]);
    assert.equal(checkVrm(packGlb(loop, bin)).version, '1.0');
  });

  it('allocates nothing for counts the bytes do not pay for', () => {
    const { document, bin } = sampleVrm('1.0');
    const huge = pointers(document)
      .filter((at) => at.startsWith('/accessors/') && at.endsWith('/count'))
      .map((at) => ({ at, value: 2 ** 40 }));
    const before = process.memoryUsage().arrayBuffers;
    checkVrm(packGlb(edited(document, huge), bin));
    assert(process.memoryUsage().arrayBuffers - before < 10_000_000);
  });

  for (const version of ['1.0', '0.x'] as const) {
    it(`answers whatever stands anywhere in the JSON of a ${version} model`, () => {
      const { document, bin } = sampleVrm(version);
      const places = pointers(document);
      const next = random(1);
      for (let round = 0; round < 200; round++) {
        const at = places[Math.floor(next() * places.length)] ?? '';
        const value = HOSTILE[Math.floor(next() * HOSTILE.length)];
        const report = checkVrm(packGlb(edited(document, [{ at, value }]), bin));
        assert.equal(typeof report.counts.errors, 'number', at);
      }
    });

    it(`answers bytes changed at random in a ${version} model`, () => {
      const { glb } = sampleVrm(version);
      const next = random(2);
      for (let round = 0; round < 200; round++) {
        const broken = glb.slice(0, next() < 0.2 ? Math.floor(next() * glb.length) : glb.length);
        for (let n = 0; n < 1 + next() * 8; n++)
          broken[Math.floor(next() * broken.length)] = Math.floor(next() * 256);
        assert.equal(typeof checkVrm(broken).counts.errors, 'number', `round ${round}`);
      }
    });
  }
});
