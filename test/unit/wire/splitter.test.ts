import assert from 'node:assert/strict';
import { parseTolerant } from '../../../src/core/wire/stock.ts';
import { JsonSplitter } from '../../../src/core/wire/splitter.ts';
import { cuts, pull, unhex, vectors } from './support.ts';

const fixtures = vectors('objects') as {
  valid: { name: string; hex: string; objects: unknown[]; rest: string }[];
  notANumber: { hex: string; json: unknown }[];
  invalid: { name: string; hex: string; limit: number; objectsBefore: number }[];
  malformed: { hex: string }[];
  helloThenFrame: { hex: string; object: unknown; rest: string };
};

const read = (json: Buffer): unknown => parseTolerant(json.toString('utf8'));

describe('JSON splitter', () => {
  for (const { name, hex, objects, rest } of fixtures.valid) {
    it(`finds the objects however they are cut: ${name}`, () => {
      for (const pieces of cuts(unhex(hex))) {
        const splitter = new JsonSplitter(10_000);
        assert.deepEqual(pull(splitter, pieces).map(read), objects);
        assert.equal(splitter.rest().toString('hex'), rest);
      }
    });
  }

  for (const { name, hex, limit, objectsBefore } of fixtures.invalid) {
    it(`refuses ${name}`, () => {
      for (const pieces of cuts(unhex(hex))) {
        const splitter = new JsonSplitter(limit);
        let found = 0;
        assert.throws(
          () => {
            for (const piece of pieces) {
              splitter.feed(piece);
              while (splitter.next() !== null) found += 1;
            }
          },
          { code: 'protocol-violation' },
        );
        assert.equal(found, objectsBefore);
      }
    });
  }

  it('leaves what follows the hello to the frames', () => {
    const { hex, object, rest } = fixtures.helloThenFrame;
    const splitter = new JsonSplitter(10_000);
    splitter.feed(unhex(hex));
    assert.deepEqual(read(splitter.next()!), object);
    assert.equal(splitter.rest().toString('hex'), rest);
  });

  it('takes 5 MB in 64 KiB pieces', () => {
    const bytes = Buffer.from(JSON.stringify({ result: 'x"\\'.repeat(1_000_000) }));
    const splitter = new JsonSplitter(100_000_000);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 65_536) }, (_, i) =>
      bytes.subarray(i * 65_536, (i + 1) * 65_536),
    );
    assert.equal(pull(splitter, pieces).length, 1);
  });
});

describe('tolerant JSON', () => {
  it('reads what Python calls numbers as null', () => {
    for (const { hex, json } of fixtures.notANumber) assert.deepEqual(read(unhex(hex)), json);
  });

  it('leaves strings alone', () => {
    const text = String.raw`{"a":NaN,"b":"NaN \" Infinity","c":[-Infinity,"\\"],"NaN":1}`;
    assert.deepEqual(parseTolerant(text), { a: null, b: 'NaN " Infinity', c: [null, '\\'], NaN: 1 });
  });

  it('is undefined for what is not JSON', () => {
    for (const text of ['', '{', '{"a":NaNa}', 'NaN NaN', '{"a":"\n"}'])
      assert.equal(parseTolerant(text), undefined, text);
  });

  it('survives a string of 6 MB beside a NaN', () => {
    const long = 'a\\"'.repeat(2_000_000);
    const value = parseTolerant(`{"a":NaN,"b":"${long}"}`) as { b: string };
    assert.equal(value.b.length, 4_000_000);
  });
});
