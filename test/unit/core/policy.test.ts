import assert from 'node:assert/strict';
import { verdictOn, warningsFor } from '../../../src/core/policy.ts';

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
});
