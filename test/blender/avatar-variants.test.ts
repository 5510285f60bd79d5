import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { PROFILES } from '../../src/core/vrm/profile.ts';
import { makeFigures, type Figure, type Figures } from './support/avatar.ts';
import { cutting } from './support/tucked.ts';

const designs = JSON.parse(
  readFileSync(new URL('../../scripts/gallery/designs.json', import.meta.url), 'utf8'),
) as { readonly name: string; readonly outfit?: readonly string[] }[];
/** Always worn, or part of the haircut; all else is in a design's `outfit`. */
const given = ['Face', 'Body', 'Hair', 'Shirt', 'Shorts', 'Belt', 'Ribbons'];
const isChosen = (mesh: string): boolean => !given.includes(mesh);
const meshOf = (piece: string): string =>
  piece === 'armour' ? 'Armor' : piece.charAt(0).toUpperCase() + piece.slice(1);

const shown = ['aa', 'ih', 'ou', 'ee', 'oh', 'blink.L', 'blink.R', 'happy', 'angry', 'sad', 'surprised'];

describe('avatar_scaffold: its styles, haircuts, builds and clothes', function () {
  this.timeout(300_000);
  let figures: Figures;
  const plain = designs.length;
  const width = (figure: Figure, mesh: string): number => figure.meshes[mesh]?.high[0] ?? NaN;
  const headBone = (figure: Figure): number => figure.bones['head']?.head[2] ?? NaN;

  before(async () => {
    figures = await makeFigures([
      ...designs.map((params) => ({ params: { ...params }, export: params.name })),
      { params: { outfit: [] } },
      { params: { heads: 7, height: 1.5 } },
      { params: { build: { shoulders: 1.2, limbs: 1.2 } } },
      { params: { face: { eyes: 0.75 } } },
    ]);
  });
  after(() => figures.remove());

  designs.forEach((design, i) => {
    describe(design.name, () => {
      it('is sound and within its budgets', () => {
        const figure = figures.made(i);
        assert.ok(figure.result.triangles <= 30_000, String(figure.result.triangles));
        assert.ok(figure.result.materials.length <= 8);
        if (design.outfit !== undefined) {
          const worn = design.outfit.map(meshOf);
          assert.deepEqual(Object.keys(figure.meshes).filter(isChosen).sort(), worn.sort());
        }
        for (const [name, one] of Object.entries(figure.meshes)) {
          assert.deepEqual([one.finite, one.loose, one.degenerate, one.invalid], [true, 0, 0, false], name);
          assert.ok(one.influences[0] >= 1 && one.influences[1] <= 4 && one.weight_error < 1e-4, name);
          assert.ok((figure.inside_out[name] ?? 1) < 0.15, `${name} shows its back`);
        }
      });

      it('stands on the floor, even on both sides', () => {
        const figure = figures.made(i);
        const low = Math.min(...Object.values(figure.meshes).map((one) => one.low[2] ?? NaN));
        assert.ok(Math.abs(low) < 0.001, String(low));
        for (const [name, one] of Object.entries(figure.meshes)) {
          if (name !== 'Hair') assert.ok(one.asymmetric < 0.02, name);
        }
      });

      it('hangs its hair and clothes clear of each other, and shows its eyes and mouth', () => {
        const { crossings, covered, bald } = figures.made(i);
        assert.deepEqual(cutting(crossings), []);
        for (const pair of ['Face, Body', 'Body, Shirt'])
          assert.ok((crossings[pair] ?? 0) > 0, `a gap: ${pair}`);
        assert.ok(covered.eyes < 0.25, `hair hides ${String(covered.eyes)} of the eyes`);
        assert.equal(covered.mouth, 0);
        assert.equal(bald, 0, 'skin shows through the hair');
      });

      it('moves its face visibly in every viseme, blink and emotion', () => {
        const figure = figures.made(i);
        const head = (figure.meshes['Hair']?.high[2] ?? NaN) - headBone(figure);
        for (const name of shown) {
          const key = figure.meshes['Face']?.keys[name];
          assert.ok(key && key.mm > head * 18, `${name}: ${String(key?.mm)} mm`);
        }
      });

      it('swings on bones that carry vertices, each of its own side', () => {
        const figure = figures.made(i);
        const worn = Object.values(figure.meshes).flatMap((one) => one.groups);
        for (const spring of figure.annotation.springs)
          for (const { bone } of spring.joints) assert.ok(worn.includes(bone), bone);
        for (const [name, vertices] of Object.entries(figure.astray)) assert.equal(vertices, 0, name);
      });

      it('exports without an error of the app’s profile', async () => {
        const report = checkVrm(await figures.exported(`${design.name}.vrm`), { profile: PROFILES.app });
        const errors = report.findings.filter((finding) => finding.severity === 'error');
        assert.deepEqual(
          errors.map(({ code, message }) => `${code}: ${message}`),
          [],
        );
      });
    });
  });

  it('wears shirt, shorts and shoes where nothing is asked for, and skin where nothing covers it', () => {
    const [bare, dressed] = [figures.made(plain), figures.made(0)];
    assert.ok(!('Armor' in bare.meshes));
    assert.ok((bare.meshes['Body']?.low[2] ?? 1) < 0.1, 'legs show down to the shoes');
    assert.ok((dressed.meshes['Body']?.low[2] ?? 0) > 0.3, 'stockings and boots hide them');
    assert.ok(!bare.annotation.springs.some((spring) => spring.name.startsWith('skirt')));
  });

  it('ties its belt closer where only a shirt is under it', () => {
    const [bare, dressed] = [figures.made(plain), figures.made(0)];
    assert.ok(width(bare, 'Belt') < width(dressed, 'Belt') - 0.006);
    assert.equal(bare.crossings['Shorts, Belt'], 0);
  });

  it('has a smaller head with more heads to its height', () => {
    const [drawn, slender] = [figures.made(0), figures.made(plain + 1)];
    assert.ok(headBone(slender) > headBone(drawn) + 0.05);
    assert.ok(width(slender, 'Hair') < width(drawn, 'Hair') * 0.85);
  });

  it('carries bones, clothes and armour along with the build', () => {
    const [drawn, broad] = [figures.made(0), figures.made(plain + 2)];
    const shoulder = (figure: Figure): number => figure.bones['upperArm.L']?.head[0] ?? NaN;
    assert.ok(shoulder(broad) > shoulder(drawn) * 1.12, String(shoulder(broad)));
    const reach = shoulder(broad) - shoulder(drawn);
    for (const name of ['Body', 'Armor'])
      assert.ok(Math.abs(width(broad, name) - width(drawn, name) - reach) < 0.004, name);
  });

  it('opens smaller eyes by less', () => {
    const [drawn, narrow] = [figures.made(0), figures.made(plain + 3)];
    // In the mean: the farthest vertex is the tip of a lash, which turns as it falls.
    const blink = (figure: Figure): number => -(figure.meshes['Face']?.keys['blink.L']?.mean[2] ?? NaN);
    const share = blink(narrow) / blink(drawn);
    assert.ok(share < 0.85 && share > 0.6, String(share));
  });
});
