import assert from 'node:assert/strict';
import { constructsIn, verdictOn, warningsFor } from '../../../src/core/policy.ts';

describe('verdictOn', () => {
  it('asks until code is allowed for the session, and never under allow or deny', () => {
    assert.deepEqual(
      [verdictOn('ask', false), verdictOn('ask', true), verdictOn('allow', false), verdictOn('deny', true)],
      ['ask', 'run', 'run', 'refuse'],
    );
  });
});

describe('warningsFor', () => {
  it('says what the code reaches for', () => {
    assert.deepEqual(warningsFor('import subprocess, socket\nopen("x")\nos.remove("x")'), [
      'starts other programs',
      'talks to the network',
      'deletes files',
      'reads or writes files',
    ]);
  });

  it('is silent about plain modelling code', () => {
    assert.deepEqual(
      warningsFor('import bpy\nbpy.ops.mesh.primitive_cube_add()\nbpy.data.objects["a"].location.x = 1'),
      [],
    );
  });

  it('tells of what cannot be seen, but not of the line ends of Windows', () => {
    assert.deepEqual(warningsFor('a = 1 \u202e# x'), ['holds characters that cannot be seen']);
    assert.deepEqual(warningsFor('a = 1\r\nb = 2\r\n'), []);
  });
});

describe('constructsIn', () => {
  it('says where each one stands', () => {
    const code = 'x = 1\nos.remove("x"); os.remove("y")';
    const found = constructsIn(code).map(({ index, length, warning }) => [
      code.slice(index, index + length),
      index,
      warning,
    ]);
    assert.deepEqual(found, [
      ['os.remove', 6, 'deletes files'],
      ['os.remove', 22, 'deletes files'],
    ]);
  });
});
