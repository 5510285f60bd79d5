import assert from 'node:assert/strict';
import { draftPromotion } from '../../../src/core/promotion/draft.ts';
import type { PromotionPlan, PromotionRequest } from '../../../src/core/promotion/plan.ts';
import type { Gate } from '../../../src/core/promotion/ports.ts';
import { FakeStaging, FakeTarget, fakeSource, gateOf, verdict } from './fakes.ts';

describe('the plan of a promotion', () => {
  let production: FakeTarget;
  beforeEach(() => {
    production = new FakeTarget();
  });

  async function planned(
    text: string,
    request: Partial<PromotionRequest> = {},
    gate: Gate = gateOf(() => verdict()),
  ): Promise<PromotionPlan> {
    const places = { production, mirror: null, cdn: null, publicUrl: null };
    const ports = { places, gate, register: null, source: fakeSource(text), staging: new FakeStaging() };
    const draft = await draftPromotion({ exact: false, profile: 'none', ...request }, ports);
    await draft.discard();
    return draft.plan;
  }

  it('changes nothing, and says what is expected', async () => {
    const expected = async (request: Partial<PromotionRequest>, text = 'avatar'): Promise<unknown> =>
      (await planned(text, request)).expected;
    assert.deepEqual(await expected({}), { state: 'free', name: 'A.vrm' });
    production.files.set('A.vrm', 'avatar');
    assert.deepEqual(await expected({ exact: true }), { state: 'same', name: 'A.vrm' });
    assert.deepEqual(await expected({}, 'other'), { state: 'free', name: 'A-v2.vrm' });
    assert.deepEqual(await expected({ exact: true }, 'other'), {
      state: 'taken',
      name: 'A.vrm',
      place: 'memory',
    });
    assert.deepEqual(await expected({ name: 'B' }), { state: 'free', name: 'B.vrm' });
    await assert.rejects(expected({ name: 'a' }), { code: 'name-looks-alike', next: /^Use --name A to/ });
    assert.deepEqual([...production.files.keys()], ['A.vrm']);
  });

  it('has the version before, its differences, and who is left out', async () => {
    const summary = { triangles: 10, materials: 1, bones: 3, textures: 0, texturePixels: 0, license: 'x' };
    const of = (text: string) => ({
      ...summary,
      bytes: text.length,
      expressions: [text],
      permissions: { modification: text.length > 3 },
    });
    const gate: Gate = {
      check: (text) => Promise.resolve({ findings: [], summary: of(text) }),
      summarise: (text) => Promise.resolve(of(text)),
    };
    production.files.set('A.vrm', 'one');
    const plan = await planned('three', { profile: 'app' }, gate);
    assert.deepEqual(plan.previous, { name: 'A.vrm', model: of('one') });
    assert.deepEqual(plan.differences, [
      { what: 'bytes', before: 3, after: 5 },
      { what: 'expressions', added: ['three'], removed: ['one'] },
      { what: 'license', permission: 'modification', before: false, after: true },
    ]);
    assert.deepEqual(plan.copies, [{ role: 'production', place: 'memory', guarantee: 'link' }]);
    assert.deepEqual(plan.leftOut, ['mirror', 'cdn', 'public-url', 'register']);
    assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
  });
});
