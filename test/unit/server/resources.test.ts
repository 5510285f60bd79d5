import assert from 'node:assert/strict';
import { FakeBlender } from '../../support/fakeBlender.ts';
import { mcpPair } from '../../support/mcpPair.ts';

const large = new Uint8Array(6 * 2 ** 20 + 5).map((_, i) => i % 251);

async function withExports(files: Record<string, Uint8Array>) {
  const blender = new FakeBlender({}, files);
  const { client, close } = await mcpPair({ blender });
  const read = async (query: string): Promise<Buffer> => {
    const { contents } = await client.readResource({ uri: `avatar-forge://exports/${query}` });
    const [content] = contents;
    assert.ok(content !== undefined && 'blob' in content);
    return Buffer.from(content.blob, 'base64');
  };
  return { blender, read, close };
}

describe('an export as a resource', () => {
  it('is read whole, whatever its name', async () => {
    const { read, close } = await withExports({ 'Käthe 1.vrm': new Uint8Array([1, 2, 3]) });
    assert.deepEqual([...(await read(encodeURIComponent('Käthe 1.vrm')))], [1, 2, 3]);
    await close();
  });

  it('that no client can take in one message is refused, with the way to read it', async () => {
    const { read, close } = await withExports({ 'Large.vrm': large });
    await assert.rejects(
      read('Large.vrm'),
      /too-large: .*6291461 bytes.*Large\.vrm\?offset=0&length=6291456/,
    );
    await close();
  });

  it('is read in parts, all of the same bytes', async () => {
    const { blender, read, close } = await withExports({ 'Large.vrm': large });
    const first = await read('Large.vrm?offset=0&length=6000000');
    blender.files['Large.vrm'] = new Uint8Array(3);
    const second = await read('Large.vrm?offset=6000000&length=6000000');
    assert.ok(Buffer.concat([first, second]).equals(large));
    assert.equal((await read('Large.vrm?offset=0&length=6000000')).length, 3, 'read anew from the start');
    await close();
  });

  for (const query of [
    'offset=-1&length=5',
    'offset=0&length=0',
    'offset=0&length=9999999',
    'offset=4&length=1',
    'offset=x&length=1',
  ]) {
    it(`is not read at ${query}`, async () => {
      const { read, close } = await withExports({ 'A.vrm': new Uint8Array(3) });
      await assert.rejects(read(`A.vrm?${query}`), /bad-params: /);
      await close();
    });
  }

  it('that is not there is an error that says what to do', async () => {
    const { read, close } = await withExports({});
    await assert.rejects(read('A.vrm'), /not-found: .* → /);
    await close();
  });
});
