import assert from 'node:assert/strict';
import { makeFigures, type Figures } from './support/avatar.ts';

const wrong: readonly (readonly [Record<string, unknown>, RegExp])[] = [
  [{ height: 3 }, /height.*0\.8 and 2\.1/],
  [{ style: 'cubist' }, /style.*anime, natural, chibi/],
  [{ heads: 12 }, /heads.*2\.8 and 7\.5/],
  [{ build: { limbs: 2 } }, /build\.limbs/],
  [{ face: { chin: 1 } }, /face.*chin/],
  [{ hair: 'mohawk' }, /hair.*twin_tails/],
  [{ outfit: ['cape'] }, /outfit\[0\].*tunic/],
  [{ outfit: ['boots', 'shoes'] }, /boots and shoes/],
  [{ height: 'tall' }, /height/],
  [{ hair_length: -0.1 }, /hair_length/],
  [{ ears: 'square' }, /ears.*pointed, round/],
  [{ palette: { hair: 'blue' } }, /palette\.hair.*#rrggbb/],
  [{ palette: { hair: [2, 0, 0] } }, /palette\.hair/],
  [{ palette: { beard: '#ffffff' } }, /palette.*beard/],
  [{ palette: 'blue' }, /palette/],
  [{ name: '' }, /name/],
  [{ wings: 2 }, /wings/],
];

describe('avatar_scaffold: its parameters', function () {
  this.timeout(200_000);
  let figures: Figures;

  before(async () => {
    figures = await makeFigures([
      { params: {} },
      { params: { height: 1.8, ears: 'round', hair_length: 0.25 } },
      { params: { palette: { hair: '#c02020', metal: '#ffd040', main: [0.1, 0.4, 0.1], skin: '#8a5a40' } } },
      ...wrong.map(([params]) => ({ params })),
    ]);
  });
  after(() => figures.remove());

  it('scales with the height, all parts together', () => {
    const [small, tall] = [figures.made(0), figures.made(1)];
    for (const name of ['Body', 'Shirt', 'Gloves', 'Skirt', 'Armor']) {
      const ratio = (tall.meshes[name]?.high[0] ?? NaN) / (small.meshes[name]?.high[0] ?? NaN);
      assert.ok(Math.abs(ratio - 1.2) < 0.001, `${name}: ${String(ratio)}`);
    }
    assert.ok(
      Math.abs((tall.bones['head']?.head[2] ?? NaN) / (small.bones['head']?.head[2] ?? NaN) - 1.2) < 0.001,
    );
  });

  it('cuts the hair, its chains and their ends with it', () => {
    const [long, short] = [figures.made(0), figures.made(1)];
    const end = (figure: typeof long): number => figure.meshes['Hair']?.low[2] ?? NaN;
    assert.ok(end(short) / 1.2 > end(long) + 0.2);
    const tip = Math.min(
      ...Object.entries(short.bones)
        .filter(([name]) => name.startsWith('hair_back'))
        .map(([, bone]) => bone.tail[2] ?? NaN),
    );
    assert.ok(tip > end(short) - 0.1, `${String(tip)} and ${String(end(short))}`);
  });

  it('rounds the ears', () => {
    const [pointed, round] = [figures.made(0), figures.made(1)];
    assert.ok((round.meshes['Face']?.high[0] ?? NaN) / 1.2 < (pointed.meshes['Face']?.high[0] ?? NaN) - 0.05);
  });

  it('paints with the palette', () => {
    const [blue, red] = [figures.made(0), figures.made(2)];
    const mean = (figure: typeof blue, image: string): readonly number[] => figure.images[image]?.mean ?? [];
    const [r = 0, , b = 0] = mean(blue, 'Hair');
    assert.ok(b > r + 0.2, 'blue hair unless told');
    const [red0 = 0, , red2 = 0] = mean(red, 'Hair');
    assert.ok(red0 > red2 + 0.2, 'red hair when told, its tips too');
    assert.ok((mean(red, 'Skin')[0] ?? 1) < (mean(blue, 'Skin')[0] ?? 0) - 0.2, 'darker skin');
    assert.notDeepEqual(mean(red, 'Outfit'), mean(blue, 'Outfit'));
    const metal = red.materials['Armor']?.baseColor ?? [];
    assert.ok((metal[0] ?? 0) > 0.9 && (metal[2] ?? 1) < 0.1, 'gold armour, as the material’s own colour');
  });

  wrong.forEach(([params, message], i) => {
    it(`refuses ${JSON.stringify(params)} and makes nothing`, () => {
      const { error, objects } = figures.refused(3 + i);
      assert.equal(error.code, 'bad-params');
      assert.match(error.message, message);
      assert.equal(objects, 0);
    });
  });
});
