import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Request } from '../../../src/protocol/wire.ts';
import { sha, type ForgePeerClient } from '../../emulators/forgePeer.ts';
import { closeAll, forge } from './support.ts';

const file = randomBytes(3_000_000);

/** Serves `file`, breaking the connection at each of these places in turn. */
function breakingAt(breaks: number[], content: () => Buffer = () => file) {
  const offsets: number[] = [];
  const get = ({ id, params }: Request, to: ForgePeerClient): void => {
    const offset = params['offset'] as number;
    offsets.push(offset);
    const bytes = content();
    const upTo = breaks.shift();
    to.sendStream(id, 1, bytes, upTo === undefined ? { offset } : { offset, upTo });
    if (upTo === undefined)
      to.send({ id, result: { name: 'a.vrm', size: bytes.length, sha256: sha(bytes) } });
    else to.drop();
  };
  return { offsets, answers: { 'file.get': get } };
}

describe('files over protocol 2', () => {
  afterEach(closeAll);

  it('brings a whole file', async () => {
    const { answers } = breakingAt([]);
    const { blender } = await forge(answers);
    assert.deepEqual(Buffer.from(await blender.readFile('exports', 'a.vrm')), file);
  });

  it('goes on where the connection broke', async () => {
    const { answers, offsets } = breakingAt([1_000_000, 2_500_000]);
    const { blender } = await forge(answers);
    assert.deepEqual(Buffer.from(await blender.readFile('exports', 'a.vrm')), file);
    assert.equal(offsets.length, 3);
    assert.equal(offsets[0], 0);
    assert.ok(offsets[1]! > 0 && offsets[1]! <= 1_000_000);
    assert.ok(offsets[2]! > offsets[1]! && offsets[2]! <= 2_500_000);
  });

  it('begins anew where the file has changed meanwhile', async () => {
    const other = randomBytes(file.length);
    let first = true;
    const { answers, offsets } = breakingAt([1_000_000], () => {
      const bytes = first ? file : other;
      first = false;
      return bytes;
    });
    const { blender } = await forge(answers);
    assert.deepEqual(Buffer.from(await blender.readFile('exports', 'a.vrm')), other);
    assert.deepEqual([offsets.length, offsets[2]], [3, 0]);
  });

  it('does not go on for ever', async () => {
    const { answers, offsets } = breakingAt([10, 20, 30, 40, 50, 60]);
    const { blender } = await forge(answers);
    await assert.rejects(blender.readFile('exports', 'a.vrm'), { code: 'blender-gone' });
    assert.equal(offsets.length, 4);
  });

  it('gives the error of Blender', async () => {
    const { blender } = await forge({
      'file.get': ({ id }, to) => to.send({ id, error: { code: 'not-found', message: 'There is none.' } }),
    });
    await assert.rejects(blender.readFile('exports', 'b.vrm'), { code: 'not-found' });
  });

  it('puts a whole file, and goes on where the connection broke', async () => {
    const kept = Buffer.alloc(file.length);
    let received = 0;
    let puts = 0;
    const seen: number[] = [];
    const { blender } = await forge(
      {
        'file.put': ({ id, params }, to) => {
          puts += 1;
          assert.deepEqual(params, { root: 'textures', name: 'a.png', size: file.length, sha256: sha(file) });
          to.send({ id, result: { stream: 2, offset: received } });
        },
        'file.commit': ({ id, params }, to) => {
          assert.deepEqual(params, { stream: 2 });
          to.send({ id, result: { name: 'a.png', size: received, sha256: sha(kept) } });
        },
      },
      {
        onPiece: (stream, offset, bytes, to) => {
          assert.deepEqual([stream, offset], [2, received]);
          kept.set(bytes, offset);
          received += bytes.length;
          if (puts === 1 && received > 2_000_000) to.drop();
        },
      },
    );
    const written = await blender.writeFile('textures', 'a.png', file, {
      onProgress: ({ fraction }) => seen.push(fraction ?? -1),
    });
    assert.deepEqual(written, { root: 'textures', name: 'a.png', size: file.length, sha256: sha(file) });
    assert.deepEqual(kept, file);
    assert.equal(puts, 2);
    assert.equal(seen.at(-1), 1);
  });
});
