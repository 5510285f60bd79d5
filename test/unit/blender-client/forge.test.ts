import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress, ReceivedBlob } from '../../../src/core/ports.ts';
import { encodePieceHeader } from '../../../src/core/wire/frames.ts';
import { sha } from '../../emulators/forgePeer.ts';
import { closeAll, forge, type Answers } from './support.ts';

const echo: Answers = {
  echo: ({ id, params }, to) => to.send({ id, result: params }),
};

describe('protocol 2 client', () => {
  afterEach(closeAll);

  it('tells who is there', async () => {
    const { blender } = await forge();
    const { dialect, addonVersion, blenderVersion, background } = await blender.describe();
    assert.deepEqual(
      [dialect, addonVersion, blenderVersion, background],
      ['avatar-forge', '0.1.0', '3.4.1', true],
    );
  });

  it('has many requests in flight, answered in any order', async () => {
    const waiting: (() => void)[] = [];
    const { blender, peer } = await forge({
      echo: ({ id, params }, to) => {
        waiting.push(() => to.send({ id, result: params }));
        if (waiting.length === 200) for (const answer of waiting.reverse()) answer();
      },
    });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => blender.call('echo', { n })));
    assert.deepEqual(
      answers,
      Array.from({ length: 200 }, (_, n) => ({ n })),
    );
    assert.equal(peer.clients.length, 1);
  });

  it('sends a deadline, and gives back what a command names as its error', async () => {
    let deadlineMs: number | undefined;
    const { blender } = await forge({
      run: (request, to) => {
        deadlineMs = request.deadlineMs;
        const error = { code: 'python-error', message: 'No.', data: { traceback: 'line 1' } };
        to.send({ id: request.id, error });
      },
    });
    await assert.rejects(blender.call('run', {}, { deadlineMs: 1_234 }), (error: Record<string, unknown>) => {
      assert.deepEqual(
        [error['code'], error['message'], error['data']],
        ['python-error', 'No.', { traceback: 'line 1' }],
      );
      assert.ok(String(error['next']).length > 0);
      return true;
    });
    assert.equal(deadlineMs, 1_234);
  });

  it('reports progress', async () => {
    const { blender } = await forge({
      run: ({ id }, to) => {
        to.send({ id, progress: { fraction: 0.5, message: 'Half' } });
        to.send({ id, progress: { fraction: null, message: 'Some more' } });
        to.send({ id, result: null });
      },
    });
    const seen: Progress[] = [];
    assert.equal(await blender.call('run', {}, { onProgress: (progress) => seen.push(progress) }), null);
    assert.deepEqual(seen, [
      { fraction: 0.5, message: 'Half' },
      { fraction: null, message: 'Some more' },
    ]);
  });

  it('cancels, drops what still comes for it, and goes on', async () => {
    const cancelled: number[] = [];
    const onCancel = (id: number): void => void cancelled.push(id);
    const { blender, peer } = await forge(
      {
        ...echo,
        slow: ({ id }, to) => {
          setTimeout(() => {
            to.send({ id, progress: { fraction: 1, message: 'late' } });
            to.sendStream(id, 1, Buffer.alloc(100));
            to.send({ id, result: 'late' });
          }, 50);
        },
      },
      { onCancel },
    );
    const abort = new AbortController();
    const call = blender.call(
      'slow',
      {},
      { signal: abort.signal, onProgress: () => assert.fail('cancelled') },
    );
    setTimeout(() => abort.abort(), 20);
    await assert.rejects(call, { code: 'cancelled' });
    await sleep(60);
    assert.deepEqual(cancelled, [1]);
    assert.deepEqual(await blender.call('echo', { a: 1 }), { a: 1 });
    assert.equal(peer.clients.length, 1);
    await assert.rejects(blender.call('echo', {}, { signal: abort.signal }), { code: 'cancelled' });
  });

  it('gives up a request after its deadline and the grace, not the connection', async () => {
    const cancelled: number[] = [];
    const { blender, peer } = await forge({ ...echo }, { onCancel: (id) => void cancelled.push(id) });
    const startedAt = performance.now();
    await assert.rejects(blender.call('never', {}, { deadlineMs: 50 }), { code: 'deadline-exceeded' });
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs >= 145, `${tookMs} ms`);
    assert.deepEqual(await blender.call('echo', {}), {});
    assert.deepEqual(cancelled, [1]);
    assert.equal(peer.clients.length, 1);
  });

  it('puts blobs in the place of their markers', async () => {
    const [one, two] = [randomBytes(300_000), Buffer.from('two')];
    const marker = (stream: number, bytes: Buffer) => ({
      $blob: { stream, size: bytes.length, sha256: sha(bytes), mime: 'image/png' },
    });
    const { blender } = await forge({
      shoot: ({ id }, to) => {
        to.sendStream(id, 1, one);
        to.sendStream(id, 3, two);
        to.send({ id, result: { image: marker(1, one), more: [{ deep: marker(3, two) }], width: 3 } });
      },
    });
    const result = (await blender.call('shoot', {})) as {
      image: ReceivedBlob;
      more: { deep: ReceivedBlob }[];
    };
    assert.deepEqual(Buffer.from(result.image.bytes), one);
    assert.deepEqual(result.more, [{ deep: { bytes: two, mime: 'image/png', sha256: sha(two) } }]);
  });

  it('refuses a blob whose bytes are others or fewer than announced, or not there', async () => {
    const bytes = Buffer.from('bytes');
    const result = { $blob: { stream: 1, size: 5, sha256: sha(Buffer.from('other')), mime: 'x/y' } };
    const { blender } = await forge({
      wrong: ({ id }, to) => {
        to.sendStream(id, 1, bytes);
        to.send({ id, result });
      },
      short: ({ id }, to) => {
        to.sendStream(id, 1, bytes, { upTo: 3 });
        to.send({ id, result });
      },
      missing: ({ id }, to) => {
        to.sendStream(id, 3, bytes);
        to.send({ id, result });
      },
    });
    await assert.rejects(blender.call('wrong', {}), { code: 'hash-mismatch' });
    await assert.rejects(blender.call('short', {}), { code: 'hash-mismatch' });
    await assert.rejects(blender.call('missing', {}), { code: 'protocol-violation' });
  });

  it('carries 10 MB both ways', async () => {
    const { blender } = await forge(echo);
    const params = { text: 'ä€😀'.repeat(1_200_000) };
    assert.deepEqual(await blender.call('echo', params), params);
    await assert.rejects(blender.call('echo', { n: 1n }), { code: 'bad-request' });
    assert.deepEqual(await blender.call('echo', {}), {});
  });

  it('ends a connection that breaks the protocol, and opens another', async () => {
    const hostile: Answers = {
      ...echo,
      kind: (_, to) => to.sendRaw(Buffer.from('0000000203aa', 'hex')),
      shape: (_, to) => to.send({ id: 'x' }),
      stream: (_, to) => to.sendRaw(Buffer.concat([encodePieceHeader(9, 0, 1), Buffer.alloc(1)])),
      gap: ({ id }, to) => {
        to.send({ id, stream: { stream: 1, size: 9, sha256: null, mime: '' } });
        to.sendRaw(Buffer.concat([encodePieceHeader(1, 5, 1), Buffer.alloc(1)]));
      },
      told: (_, to) => to.send({ error: { code: 'protocol-violation', message: 'You did.' } }),
    };
    const { blender } = await forge(hostile);
    for (const method of ['kind', 'shape', 'stream', 'gap', 'told']) {
      await assert.rejects(blender.call(method, {}), { code: 'protocol-violation' }, method);
      assert.deepEqual(await blender.call('echo', { method }), { method });
    }
  });

  it('refuses more than it can hold, and goes on', async () => {
    const { blender, peer } = await forge({
      ...echo,
      huge: ({ id }, to) => {
        to.send({ id, stream: { stream: 1, size: 2 ** 40, sha256: null, mime: '' } });
        to.sendRaw(Buffer.concat([encodePieceHeader(1, 0, 1), Buffer.alloc(1)]));
      },
    });
    await assert.rejects(blender.call('huge', {}), { code: 'too-large' });
    assert.deepEqual(await blender.call('echo', {}), {});
    assert.equal(peer.clients.length, 1);
  });
});
