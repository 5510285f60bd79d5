import assert from 'node:assert/strict';
import { AheadSource } from '../../../src/core/promotion/aheadSource.ts';
import type { Source } from '../../../src/core/promotion/ports.ts';
import { fakeSource } from './fakes.ts';

describe('a source that is read ahead', () => {
  const textOf = async (bytes: AsyncIterable<Uint8Array>): Promise<string> => {
    let text = '';
    for await (const piece of bytes) text += Buffer.from(piece).toString();
    return text;
  };

  it('is begun before it is asked for, once, and gives all its bytes', async () => {
    const source = fakeSource('twelve bytes');
    const ahead = new AheadSource(source);
    assert.equal(source.reads, 1);
    assert.equal(await textOf(ahead.read()), 'twelve bytes');
    assert.equal(source.reads, 1);
    assert.equal(await textOf(ahead.read()), 'twelve bytes');
    assert.equal(source.reads, 2);
    ahead.drop();
  });

  it('is ended where nobody takes it, and can be read anew', async () => {
    let ended = 0;
    const source: Source = {
      ...fakeSource('bytes'),
      async *read(signal) {
        signal?.addEventListener('abort', () => ended++);
        yield await Promise.resolve(Buffer.from('bytes'));
      },
    };
    const ahead = new AheadSource(source);
    ahead.drop();
    assert.equal(ended, 1);
    assert.equal(await textOf(ahead.read()), 'bytes');
  });

  it('tells its failure to whoever reads it, and to nobody else', async () => {
    const failing = (): Source => ({
      ...fakeSource(''),
      async *read() {
        await Promise.reject(new Error('no such key'));
      },
    });
    await assert.rejects(textOf(new AheadSource(failing()).read()), /no such key/);
    const unread = new AheadSource(failing());
    await new Promise((resolve) => setImmediate(resolve)); // a rejection that nobody hears would end the tests
    unread.drop();
  });

  it('is ended by the signal it was begun with', async () => {
    const cancel = new AbortController();
    let heard: AbortSignal | undefined;
    const source: Source = {
      ...fakeSource(''),
      async *read(signal) {
        heard = signal;
        yield await Promise.resolve(Buffer.from('bytes'));
      },
    };
    const ahead = new AheadSource(source, cancel.signal);
    assert.equal(await textOf(ahead.read()), 'bytes');
    cancel.abort();
    assert.equal(heard?.aborted, true);
  });
});
