import assert from 'node:assert/strict';
import { makeFigures, type Figures } from './support/avatar.ts';
import { cutting } from './support/tucked.ts';

const broad = { shoulders: 1.25, bust: 1.25, waist: 1.25, hips: 1.25, limbs: 1.25 };
const slight = { shoulders: 0.8, bust: 0.8, waist: 0.8, hips: 0.8, limbs: 0.8 };

/** Every two pieces that do not go to the same place are worn together in one of these. */
const designs: readonly { readonly outfit: readonly string[]; readonly [param: string]: unknown }[] = [
  {
    outfit: ['tunic', 'coat', 'skirt', 'cravat', 'stockings', 'boots', 'gloves', 'armour'],
    hair: 'twin_tails',
    fringe: 'parted',
  },
  { outfit: ['vest', 'coat', 'skirt', 'cravat', 'stockings', 'shoes'], hair: 'ponytail', build: broad },
  { outfit: ['tunic', 'cravat', 'skirt', 'trousers', 'boots', 'armour'], hair: 'bob', build: slight },
  { outfit: ['vest', 'coat', 'trousers', 'shoes', 'armour', 'gloves'], hair: 'short', style: 'natural' },
  { outfit: ['tunic', 'coat', 'trousers', 'boots'], hair: 'long', build: broad },
  { outfit: ['coat', 'skirt', 'armour', 'shoes'], hair: 'bob', heads: 7.5 },
  { outfit: ['vest', 'skirt', 'gloves', 'boots', 'trousers'], hair: 'ponytail', heads: 2.8 },
  { outfit: ['tunic', 'stockings', 'shoes', 'gloves', 'armour', 'skirt'], style: 'chibi', build: slight },
  { outfit: ['vest', 'cravat', 'trousers', 'shoes', 'armour', 'skirt'], hair: 'twin_tails', build: broad },
];

describe('avatar_scaffold: any pieces together', function () {
  this.timeout(200_000);
  let figures: Figures;

  before(async () => {
    figures = await makeFigures(designs.map((params) => ({ params })));
  });
  after(() => figures.remove());

  designs.forEach(({ outfit, ...others }, i) => {
    const title = [
      ...outfit,
      ...Object.entries(others).map(([name, value]) => `${name} ${JSON.stringify(value)}`),
    ];
    it(`${title.join(', ')}: none cuts another, within the budget`, () => {
      const { result, crossings, meshes, inside_out } = figures.made(i);
      assert.deepEqual(cutting(crossings), []);
      assert.ok(result.triangles <= 30_000, String(result.triangles));
      for (const [name, one] of Object.entries(meshes)) {
        assert.deepEqual([one.finite, one.loose, one.degenerate, one.invalid], [true, 0, 0, false], name);
        assert.ok((inside_out[name] ?? 1) < 0.15, `${name} shows its back`);
      }
    });
  });

  it('has fewer rows of hair where clothes need the triangles, and not elsewhere', () => {
    const hair = (i: number): number => figures.made(i).meshes['Hair']?.triangles ?? NaN;
    assert.ok(hair(0) < hair(8) * 0.8, `${String(hair(0))} of ${String(hair(8))}`);
  });

  it('lays the neckline of a bodice on the shirt, all round', () => {
    for (const [i, { outfit }] of designs.entries()) {
      if (!outfit.includes('coat') || !(outfit.includes('vest') || outfit.includes('tunic'))) continue;
      const bodice = outfit.includes('vest') ? 'Vest' : 'Tunic';
      assert.equal(figures.made(i).crossings[`Shirt, ${bodice}`], 0, outfit.join(', '));
    }
  });

  it('tucks a tunic into a skirt, and shows of a skirt what a coat leaves open', () => {
    const triangles = (i: number, mesh: string): number => figures.made(i).meshes[mesh]?.triangles ?? NaN;
    assert.ok(triangles(0, 'Skirt') < triangles(2, 'Skirt') * 0.6);
    assert.ok(
      (figures.made(2).meshes['Tunic']?.low[2] ?? NaN) >
        (figures.made(2).meshes['Skirt']?.high[2] ?? NaN) - 0.1,
    );
  });
});
