import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ForgeError } from '../../../src/core/errors.ts';
import type { ReceivedBlob } from '../../../src/core/ports.ts';
import { sha } from '../../emulators/forgePeer.ts';
import { pythonJson, StockPeer, type StockPeerOptions } from '../../emulators/stockPeer.ts';
import { client, closeAfterwards, closeAll } from './support.ts';

type Command = (params: Record<string, unknown>) => unknown;

/** Stands for Python: knows the four programs that the client sends, keeps the library, and runs commands of the test. */
function fakePython(commands: Readonly<Record<string, Command>>) {
  const log: string[] = [];
  let held: string | null = null;
  const execute = async (code: string): Promise<string> => {
    if (code.includes('bpy.app.version_string'))
      return '\nAVATAR_FORGE {"blender": "3.4.1", "background": false}\n';
    const digest = /"([0-9a-f]{64})"/.exec(code)?.[1] ?? '';
    const literals = [...code.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(([text]) => JSON.parse(text) as string);
    if (code.includes('["install"]')) {
      held = digest;
      log.push('install');
      return 'noise\nAVATAR_FORGE {"installed": true}\n';
    }
    if (held !== digest) return '\nAVATAR_FORGE {"missing": true}\n';
    const params = JSON.parse(literals.at(-1) ?? '') as Record<string, unknown>;
    const method = literals.at(-2) ?? '';
    log.push(method);
    const reply = await commands[method]?.(params);
    return `printed by the command\n\nAVATAR_FORGE ${pythonJson(reply)}\n`;
  };
  return { log, execute, restart: () => (held = null) };
}

describe('stock client', () => {
  let library = '';
  before(async () => {
    library = await mkdtemp(join(tmpdir(), 'library-'));
    await mkdir(join(library, 'commands'));
    await writeFile(join(library, 'commands', 'shipped.py'), '# é😀\n');
  });
  after(() => rm(library, { recursive: true }));
  afterEach(closeAll);

  async function stock(commands: Readonly<Record<string, Command>>, options: StockPeerOptions = {}) {
    const python = fakePython(commands);
    const peer = closeAfterwards(new StockPeer({ execute: python.execute, ...options }));
    const port = await peer.listen();
    return { python, peer, port, blender: client(port, { library }) };
  }

  it('ships the library once, and again after Blender was started anew', async () => {
    const { blender, python } = await stock({ echo: (params) => ({ result: params }) });
    assert.deepEqual(await blender.call('echo', { a: 1 }), { a: 1 });
    assert.deepEqual(await blender.call('echo', { b: 'é😀\ud83d"\\\n' }), { b: 'é😀\ud83d"\\\n' });
    python.restart();
    assert.deepEqual(await blender.call('echo', {}), {});
    assert.deepEqual(python.log, ['install', 'echo', 'echo', 'install', 'echo']);
  });

  it('has one command in flight, whoever calls', async () => {
    let running = 0;
    const { blender, python } = await stock({
      step: async ({ n }) => {
        assert.equal(++running, 1);
        await sleep(1);
        running -= 1;
        return { result: n };
      },
    });
    const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => blender.call('step', { n })));
    assert.deepEqual(
      answers,
      Array.from({ length: 40 }, (_, n) => n),
    );
    assert.equal(python.log.filter((each) => each === 'step').length, 40);
  });

  it('carries 20 KB of é, which a stock add-on could not read raw', async () => {
    const { blender } = await stock({ echo: (params) => ({ result: params }) });
    const params = { text: 'é'.repeat(20_000) };
    assert.deepEqual(await blender.call('echo', params), params);
  });

  it('reads NaN as null, and replies in pieces cut anywhere', async () => {
    const { blender } = await stock({ odd: () => ({ result: [NaN, Infinity, 'NaN é'] }) }, { pieceBytes: 7 });
    assert.deepEqual(await blender.call('odd', {}), [null, null, 'NaN é']);
  });

  it('gives the errors that a command names, and those of Python', async () => {
    const { blender } = await stock({
      bad: () => ({ error: { code: 'bad-params', message: 'No.', data: { at: 1 } } }),
      crash: () => {
        throw new Error('name x is not defined');
      },
    });
    await assert.rejects(blender.call('bad', {}), { code: 'bad-params', message: 'No.', data: { at: 1 } });
    await assert.rejects(blender.call('crash', {}), { code: 'internal', message: /name x is not defined/ });
  });

  it('turns inline blobs into received ones, and refuses other bytes', async () => {
    const bytes = Buffer.from('picture');
    const blob = (sha256: string) => ({
      result: { image: { $blob: { base64: bytes.toString('base64'), size: 7, sha256, mime: 'image/png' } } },
    });
    const { blender } = await stock({ good: () => blob(sha(bytes)), other: () => blob('0'.repeat(64)) });
    const { image } = (await blender.call('good', {})) as { image: ReceivedBlob };
    assert.deepEqual(image, { bytes, mime: 'image/png', sha256: sha(bytes) });
    await assert.rejects(blender.call('other', {}), { code: 'hash-mismatch' });
  });

  it('closes the socket after a time-out, and the others go over the next', async () => {
    const { blender, peer } = await stock({
      hang: () => sleep(400, { result: 'of hang' }),
      echo: (params) => ({ result: params }),
    });
    await blender.call('echo', {});
    const [hang, queued] = await Promise.allSettled([
      blender.call('hang', {}, { deadlineMs: 50 }),
      blender.call('echo', { n: 1 }),
    ]);
    assert.equal(((hang as PromiseRejectedResult).reason as ForgeError).code, 'deadline-exceeded');
    assert.deepEqual(queued, { status: 'fulfilled', value: { n: 1 } });
    assert.ok(peer.accepted >= 2);
  });

  it('cancels: what waits is never sent, what runs is left alone and its socket closed', async () => {
    const { blender, python } = await stock({
      slow: () => sleep(100, { result: 1 }),
      echo: (params) => ({ result: params }),
    });
    await blender.call('echo', {});
    const abort = new AbortController();
    const slow = blender.call('slow', {});
    const queued = blender.call('slow', { queued: true }, { signal: abort.signal });
    setTimeout(() => abort.abort(), 20);
    await assert.rejects(queued, { code: 'cancelled' });
    assert.equal(await slow, 1);
    const running = new AbortController();
    const call = blender.call('slow', {}, { signal: running.signal });
    setTimeout(() => running.abort(), 20);
    await assert.rejects(call, { code: 'cancelled' });
    assert.deepEqual(await blender.call('echo', { n: 2 }), { n: 2 });
    assert.equal(python.log.filter((each) => each === 'slow').length, 2);
  });

  it('answers blender-gone where the add-on goes away, and connects for the next call', async () => {
    const { blender, peer, port, python } = await stock({ slow: () => sleep(50, { result: 1 }) });
    await blender.call('slow', {});
    const call = blender.call('slow', {});
    await sleep(20);
    await peer.close();
    await assert.rejects(call, { code: 'blender-gone' });
    const next = closeAfterwards(new StockPeer({ execute: python.execute }));
    await next.listen(port);
    assert.equal(await blender.call('slow', {}), 1);
  });

  it('reads and writes files by commands of the library', async () => {
    const bytes = Buffer.alloc(1_500_000, 'file');
    const written = Buffer.alloc(bytes.length);
    const { blender } = await stock({
      'file.stat': () => ({ result: { size: bytes.length, sha256: sha(bytes) } }),
      'file.read': ({ offset, length }) => {
        const part = bytes.subarray(offset as number, (offset as number) + (length as number));
        return {
          result: {
            $blob: { base64: part.toString('base64'), size: part.length, sha256: sha(part), mime: 'x/y' },
          },
        };
      },
      'file.write': ({ offset, base64 }) => {
        written.set(Buffer.from(base64 as string, 'base64'), offset as number);
        return { result: {} };
      },
    });
    assert.deepEqual(Buffer.from(await blender.readFile('exports', 'a.vrm')), bytes);
    const { sha256 } = await blender.writeFile('uploads', 'b.bin', bytes);
    assert.deepEqual([sha256, sha(written)], [sha(bytes), sha(bytes)]);
  });

  it('says so where the library is not installed', async () => {
    const { port } = await stock({});
    await assert.rejects(client(port, { library: '/nowhere' }).call('echo', {}), { code: 'library-missing' });
  });
});

/** The hazards are the peer's: if they were not there, the tests above would prove nothing. */
describe('stock peer', () => {
  afterEach(closeAll);

  async function send(port: number, ...pieces: (string | Buffer)[]): Promise<string> {
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    await once(socket, 'connect');
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    for (const piece of pieces) {
      socket.write(piece);
      await sleep(10);
    }
    await sleep(80);
    const closed = socket.closed || socket.readableEnded;
    socket.destroy();
    return closed ? `${heard}closed` : heard;
  }

  const command = (type: string): string => JSON.stringify({ type, params: {} });
  const start = async () => {
    const commands = { a: () => 'A', b: () => 'B', busy: () => sleep(50, 'busy'), nan: () => NaN };
    const peer = closeAfterwards(new StockPeer({ commands }));
    return { peer, port: await peer.listen() };
  };

  it('does not answer two commands in one packet, nor anything after', async () => {
    const { port } = await start();
    assert.equal(await send(port, command('a') + command('b'), command('a')), '');
  });

  it('runs the second of two pipelined commands twice', async () => {
    const { peer, port } = await start();
    await send(port, command('busy'), command('a'), command('b'));
    assert.deepEqual(peer.ran, ['busy', 'b', 'b']);
  });

  it('dies of a character cut at 8,192, sends NaN, and knows no hello', async () => {
    const { port } = await start();
    const raw = JSON.stringify({ type: 'a', params: { text: `x${'é'.repeat(9_000)}` } });
    assert.equal(await send(port, raw), 'closed');
    assert.equal(await send(port, command('nan')), '{"status": "success", "result": NaN}');
    assert.match(await send(port, command('hello')), /Unknown command type: hello/);
    assert.equal(await send(port, `\0`, command('a')), '');
  });
});
