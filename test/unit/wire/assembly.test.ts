import assert from 'node:assert/strict';
import { StreamAssembly } from '../../../src/core/wire/assembly.ts';
import { unhex, vectors } from './support.ts';

interface Case {
  name: string;
  from: number;
  chunks: { offset: number; data: string }[];
}
const fixtures = vectors('streams') as {
  data: string;
  size: number;
  sha256: string;
  valid: Case[];
  invalid: (Case & { code: string })[];
};

function assemble({ from, chunks }: Case): Uint8Array {
  const assembly = new StreamAssembly(fixtures.size);
  if (from > 0) assembly.add(0, unhex(fixtures.data).subarray(0, from));
  assert.equal(assembly.received, from);
  for (const { offset, data } of chunks) assembly.add(offset, unhex(data));
  return assembly.finish(fixtures.sha256);
}

describe('stream assembly', () => {
  for (const vector of fixtures.valid) {
    it(`takes ${vector.name}`, () => {
      assert.equal(Buffer.from(assemble(vector)).toString('hex'), fixtures.data);
    });
  }
  for (const vector of fixtures.invalid) {
    it(`refuses ${vector.name}`, () => {
      assert.throws(() => assemble(vector), { code: vector.code });
    });
  }

  it('takes an empty file', () => {
    const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    assert.equal(new StreamAssembly(0).finish(nothing).length, 0);
  });

  it('does not reserve what nobody can hold', () => {
    assert.throws(() => new StreamAssembly(2 ** 40), { code: 'too-large' });
  });
});
