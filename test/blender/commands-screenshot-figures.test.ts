import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { clear, type Picture, picture, python } from './support/commands.ts';
import { testWorkstation, type TestWorkstation } from './support/workstation.ts';

const grid = ({ at }: Picture, size = 40): (readonly [number, number, number])[] =>
  Array.from({ length: size * size }, (_, i) => at((i % size) / size, Math.floor(i / size) / size));

/** The channel that leads in what is clearly red or blue: 0 or 2; null where there is little of either. */
const hairOf = (pixels: readonly (readonly [number, number, number])[]): number | null => {
  const [red, blue] = [1, -1].map((sign) => pixels.filter(([r, , b]) => sign * (r - b) > 60).length);
  if (red === undefined || blue === undefined || red + blue < pixels.length / 30) return null;
  return red > blue ? 0 : 2;
};

/** The pixels of the last PNG in a file: in an export, of its thumbnail. */
const lastPicture = (bytes: Buffer): (readonly [number, number, number])[] => {
  const start = bytes.lastIndexOf('\x89PNG', undefined, 'latin1');
  const { data } = PNG.sync.read(bytes.subarray(start, bytes.indexOf('IEND', start) + 8));
  return Array.from({ length: data.length / 4 }, (_, i) => [
    data[4 * i] ?? 0,
    data[4 * i + 1] ?? 0,
    data[4 * i + 2] ?? 0,
  ]);
};

/** The pixels of an expression on a sheet of four columns, two pictures each. */
const cell = ({ at, width, height }: Picture, number: number, count: number): string => {
  const [wide, high] = [width / 4, height / Math.ceil(count / 4)];
  const [left, top] = [(number % 4) * wide, Math.floor(number / 4) * high];
  return Array.from({ length: wide * high }, (_, i) =>
    at((left + (i % wide)) / (width - 1), (top + Math.floor(i / wide)) / (height - 1)),
  ).join(' ');
};

for (const mode of ['background', 'xvfb'] as const) {
  describe(`get_screenshot of figures, ${mode}`, function () {
    this.timeout(180_000);
    let test: TestWorkstation;
    before(async () => {
      test = await testWorkstation({ mode });
    });
    after(() => test.end());
    beforeEach(() => clear(test.blender));

    it('shows each expression of a figure on one sheet', async () => {
      await test.blender.call('create_object', { objects: [{ kind: 'cube', name: 'Box' }] });
      await assert.rejects(test.blender.call('get_screenshot', { view: 'expressions' }), {
        code: 'no-armature',
      });
      await clear(test.blender);
      await test.blender.call('avatar_scaffold', {});
      await python(test.blender, 'D.objects["Face"].data.shape_keys.key_blocks["aa"].value = 0.25');
      const shot = await picture(test.blender, { view: 'expressions', max_size: 1024 });
      const { about, width, height } = shot;
      const cells = about['cells'] as string[];
      assert.deepEqual(cells.slice(0, 2), ['rest', 'happy']);
      assert.ok(cells.includes('blink') && cells.includes('aa'));
      assert.ok(width <= 1024 && height <= 1024);
      const faces = cells.map((_, i) => cell(shot, i, cells.length));
      for (const [i, face] of faces.entries()) {
        assert.equal(
          faces.indexOf(face),
          i,
          `${String(cells[i])} looks as ${String(cells[faces.indexOf(face)])}`,
        );
      }
      const kept = await python(
        test.blender,
        'result = D.objects["Face"].data.shape_keys.key_blocks["aa"].value',
      );
      assert.equal(kept, 0.25);
    });

    it('shows the figure that is asked for, of two', async () => {
      await test.blender.call('avatar_scaffold', {
        name: 'A',
        palette: { hair: '#d02020', hair_tip: '#d02020' },
      });
      await test.blender.call('avatar_scaffold', {
        name: 'B',
        palette: { hair: '#2040d0', hair_tip: '#2040d0' },
      });
      await test.blender.call('modify_object', { changes: [{ name: 'B', location: [1.5, 0, 0] }] });
      for (const [armature, channel] of [
        ['A', 0],
        ['B', 2],
      ] as const) {
        const face = await picture(test.blender, { view: 'face', armature, max_size: 128 });
        assert.equal(hairOf(grid(face)), channel, `the hair of ${armature}`);
        const sheet = await picture(test.blender, { view: 'expressions', armature, max_size: 512 });
        const cells = sheet.about['cells'] as string[];
        const [rest, aa] = ['rest', 'aa'].map((name) => cell(sheet, cells.indexOf(name), cells.length));
        assert.notEqual(rest, aa, `the mouth of ${armature} opens`);
      }
      const meta = { authors: ['Us'] };
      await test.blender.call('vrm_export', { name: 'Second', armature: 'B', writer: 'own', meta });
      const exported = await readFile(join(test.home, 'exports', 'Second.vrm'));
      assert.equal(hairOf(lastPicture(exported)), 2, 'the thumbnail has the hair of B');
      await assert.rejects(picture(test.blender, { view: 'face', armature: 'C' }), {
        code: 'armature-not-found',
      });
      await assert.rejects(picture(test.blender, { view: 'front', armature: 'A' }), { code: 'bad-params' });
    });
  });
}
