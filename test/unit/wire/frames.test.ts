import assert from 'node:assert/strict';
import { encodeMessage, encodePieceHeader, FrameDecoder } from '../../../src/core/wire/frames.ts';
import { readServerMessage } from '../../../src/core/wire/messages.ts';
import { cuts, pull, unhex, vectors } from './support.ts';

type Valid =
  | { name: string; hex: string; kind: 1; text: string; json: unknown }
  | { name: string; hex: string; kind: 2; stream: number; offset: number; data: string };
const fixtures = vectors('frames') as {
  limit: number;
  valid: Valid[];
  invalid: { name: string; hex: string; limit: number }[];
};

describe('frames', () => {
  for (const vector of fixtures.valid) {
    it(`reads, however it is cut: ${vector.name}`, () => {
      for (const pieces of cuts(unhex(vector.hex))) {
        const [frame, ...more] = pull(new FrameDecoder(), pieces);
        assert.deepEqual(more, []);
        if (vector.kind === 1) {
          assert.ok(frame?.kind === 1);
          assert.deepEqual(JSON.parse(frame.json.toString()), vector.json);
        } else {
          const { stream, offset, data } = vector;
          assert.deepEqual(frame, { kind: 2, stream, offset, bytes: unhex(data) });
        }
      }
    });
  }

  it('writes what it reads', () => {
    for (const vector of fixtures.valid) {
      if (vector.kind === 1) {
        if (JSON.stringify(vector.json) === vector.text) {
          assert.equal(encodeMessage(vector.json as object).toString('hex'), vector.hex);
        }
      } else {
        const bytes = unhex(vector.data);
        const head = encodePieceHeader(vector.stream, vector.offset, bytes.length);
        assert.equal(Buffer.concat([head, bytes]).toString('hex'), vector.hex);
      }
    }
  });

  for (const { name, hex, limit } of fixtures.invalid) {
    it(`refuses ${name}`, () => {
      for (const pieces of cuts(unhex(hex))) {
        assert.throws(
          () => {
            for (const frame of pull(new FrameDecoder(limit), pieces)) {
              if (frame.kind === 1) readServerMessage(frame.json);
            }
          },
          { code: 'protocol-violation' },
        );
      }
    });
  }

  it('reads many frames of one chunk, and one frame of many chunks without losing the next', () => {
    const all = Buffer.concat(
      [{ id: 1 }, { id: 2, result: 'x'.repeat(70_000) }, { id: 3 }].map(encodeMessage),
    );
    for (let size = 1; size < all.length; size = size * 3 + 1) {
      const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, i) =>
        all.subarray(i * size, (i + 1) * size),
      );
      const ids = pull(new FrameDecoder(), pieces).map(
        (frame) => frame.kind === 1 && readServerMessage(frame.json).id,
      );
      assert.deepEqual(ids, [1, 2, 3]);
    }
  });

  it('does not send a message beyond 64 MiB', () => {
    assert.throws(() => encodeMessage({ a: 'x'.repeat(68_000_000) }), { code: 'too-large' });
  });

  it('refuses 20,000 random inputs with a protocol violation or takes them, never otherwise', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return seed % below;
    };
    for (let round = 0; round < 20_000; round++) {
      const bytes = Buffer.from(
        Array.from({ length: random(40) }, () => (random(3) === 0 ? 0 : random(256))),
      );
      const decoder = new FrameDecoder(4_096);
      try {
        for (const frame of pull(decoder, [bytes])) if (frame.kind === 1) readServerMessage(frame.json);
      } catch (thrown) {
        assert.equal((thrown as { code?: string }).code, 'protocol-violation');
      }
    }
  });
});
