import assert from 'node:assert/strict';
import type { Surface, Triangle, Vertex } from '../../support/vrm/surface.ts';
import { surfaceDifferences } from '../../support/vrm/surfaceDifferences.ts';

type Facts = Readonly<Record<string, readonly number[]>>;

/** The tests of round trips see by it. */
describe('differences between what two files show', () => {
  const at = (x: number, y: number, more: Facts = {}): Vertex => ({
    facts: new Map(
      Object.entries({
        position: [x, y, 0],
        normal: [0, 0, 1],
        'uv 0': [x, y],
        'weight of hips': [1],
        ...more,
      }),
    ),
  });
  const [a, b, c, d] = [at(0, 0), at(1, 0), at(1, 1), at(0, 1)];
  const showing = (...triangles: Triangle[]): Surface => new Map([['Body in Skin', triangles]]);
  const square = showing([a, b, c], [a, c, d]);

  it('are none where triangles and their corners are only ordered otherwise', () => {
    assert.deepEqual(surfaceDifferences(square, showing([c, d, a], [b, c, a])), []);
  });

  const changes: readonly (readonly [what: string, corner: Vertex, line: string])[] = [
    ['a UV map', at(1, 0, { 'uv 0': [1, 0.01] }), 'uv 0: 1 of 2 triangles, by 0.01000'],
    ['a weight', at(1, 0, { 'weight of hips': [0.9] }), 'weight of hips: 1 of 2 triangles, by 0.10000'],
    ['a normal', at(1, 0, { normal: [0, 0.1, 0.995] }), 'normal: 1 of 2 triangles, by 0.10000'],
    ['a shape key', at(1, 0, { 'key aa': [0, 0.005, 0] }), 'key aa: 1 of 2 triangles, by 0.00500'],
  ];
  for (const [what, corner, line] of changes)
    it(`are seen in ${what} of one corner`, () => {
      assert.deepEqual(surfaceDifferences(square, showing([a, corner, c], [a, c, d])), [
        `surface Body in Skin, ${line}`,
      ]);
    });

  it('are seen in a triangle that is turned over, gone, or new', () => {
    assert.deepEqual(surfaceDifferences(square, showing([c, b, a], [a, c, d])), [
      'surface Body in Skin, added: 1 of 2 triangles',
      'surface Body in Skin, lost: 1 of 2 triangles',
    ]);
    assert.deepEqual(surfaceDifferences(square, new Map()), ['surface Body in Skin, lost: 2 of 2 triangles']);
  });
});
