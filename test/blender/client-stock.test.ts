import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { connectBlender } from '../../src/adapters/blender/connect.ts';
import type { BlenderPort } from '../../src/core/ports.ts';
import { polyHavenEmulator } from '../emulators/polyHaven.ts';
import { outsideFor } from '../support/assets/outside.ts';
import { mcpPair } from '../support/mcpPair.ts';
import { stockBlender, type StockBlender } from './support/stockBlender.ts';
import { addon } from './support/workstation.ts';

const ran = z.object({ result: z.unknown(), stdout: z.string() });

describe('client and a stock add-on in real Blender', () => {
  let stock: StockBlender;
  let blender: BlenderPort;
  let home = '';
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'avatar-forge-home-'));
    stock = await stockBlender({ home, screen: '400x300x24' });
    blender = connectBlender({ host: '127.0.0.1', port: stock.port }, { client: 'test/0', library: addon });
  });
  after(async () => {
    await blender.close();
    await stock.end();
    await rm(home, { recursive: true, force: true });
  });

  const python = async (code: string, options = {}): Promise<unknown> =>
    ran.parse(await blender.call('execute_blender_code', { code }, options)).result;

  it('knows it for what it is', async () => {
    const { dialect, background, addonVersion } = await blender.describe();
    assert.deepEqual([dialect, background, addonVersion], ['stock', false, null]);
  });

  it('runs the commands of our library', async () => {
    const { created } = z
      .object({ created: z.array(z.string()) })
      .loose()
      .parse(await blender.call('create_object', { objects: [{ kind: 'cube', name: 'Würfel 😀' }] }));
    assert.deepEqual(created, ['Würfel 😀']);
    const { objects } = z
      .object({ objects: z.array(z.object({ name: z.string() }).loose()) })
      .loose()
      .parse(await blender.call('get_scene_info', { filter: 'rfel' }));
    assert.deepEqual(
      objects.map(({ name }) => name),
      ['Würfel 😀'],
    );
  });

  it('keeps traceback, stdout and stderr, which the stock add-on loses', async () => {
    const call = python('import sys\nprint("out")\nprint("err", file=sys.stderr)\n1/0');
    await assert.rejects(call, (error: { code: string; data: Record<string, string> }) => {
      assert.equal(error.code, 'python-error');
      assert.match(error.data['traceback'] ?? '', /ZeroDivisionError/);
      assert.deepEqual([error.data['stdout'], error.data['stderr']], ['out\n', 'err\n']);
      return true;
    });
  });

  it('imports an asset that this machine has fetched', async () => {
    const polyHaven = await polyHavenEmulator();
    const pair = await mcpPair({
      blender,
      outside: outsideFor({ polyHaven: polyHaven.url }),
      jobAfterMs: 30_000,
    });
    const call = { name: 'poly_haven_download', arguments: { action: 'import', id: 'lamp' } };
    const { structuredContent } = await pair.client.callTool(call);
    await pair.close();
    polyHaven.close();
    const { objects } = z.looseObject({ objects: z.array(z.string()) }).parse(structuredContent);
    assert.deepEqual(objects, ['lamp']);
    assert.match(String(await python('result = D.objects["lamp"]["avatar_forge_source"]')), /CC0-1\.0/);
  });

  it('survives sys.exit(), which ends a stock Blender, and NaN', async () => {
    await assert.rejects(python('import sys\nsys.exit(3)'), { code: 'python-error' });
    assert.equal(await python('result = float("nan")'), null);
    assert.equal(await python('result = "é" * 20000 == "é" * 20000'), true);
  });

  it('survives undo and the loading of a file', async () => {
    await python('import bpy\nbpy.ops.ed.undo()');
    await python('import bpy\nbpy.ops.wm.read_homefile(use_factory_startup=True, load_ui=False)');
    await sleep(300);
    assert.equal(await python('result = 1'), 1);
  });

  it('brings a picture', async () => {
    const { image, width } = z
      .object({
        image: z.object({ bytes: z.instanceof(Uint8Array), mime: z.literal('image/png') }),
        width: z.number(),
      })
      .loose()
      .parse(await blender.call('get_screenshot', { view: 'viewport', max_size: 200 }));
    assert.equal(Buffer.from(image.bytes.subarray(0, 4)).toString('latin1'), '\x89PNG');
    assert.ok(width <= 200);
  });

  it('puts and brings files', async () => {
    for (const bytes of [randomBytes(5_000_001), Buffer.alloc(0), randomBytes(3)]) {
      await blender.writeFile('uploads', 'Ä b.bin', bytes);
      assert.ok(bytes.equals(await blender.readFile('uploads', 'Ä b.bin')));
    }
    const listed = async (): Promise<unknown> => blender.call('file.list', { root: 'uploads' });
    const { files } = z
      .object({ files: z.array(z.object({ name: z.string(), size: z.number() })) })
      .parse(await listed());
    assert.deepEqual(files, [{ name: 'Ä b.bin', size: 3 }]);
    await blender.call('file.delete', { root: 'uploads', name: 'Ä b.bin' });
    assert.deepEqual(await listed(), { files: [] });
    assert.deepEqual(await blender.call('ping', {}), {});
    await assert.rejects(blender.readFile('uploads', 'none'), { code: 'not-found' });
    await assert.rejects(blender.writeFile('uploads', '../x', Buffer.alloc(1)), { code: 'bad-name' });
  });

  it('gives up at its deadline by a connection of its own, and goes on when Blender can', async () => {
    const quick = connectBlender(
      { host: '127.0.0.1', port: stock.port },
      { client: 'test/0', library: addon, deadlines: { graceMs: 100 } },
    );
    await quick.describe();
    const hang = { code: 'import time\ntime.sleep(1.5)' };
    const call = quick.call('execute_blender_code', hang, { deadlineMs: 100 });
    await assert.rejects(call, { code: 'deadline-exceeded' });
    assert.ok(
      Array.isArray(((await quick.call('get_scene_info', { limit: 1 })) as { objects: unknown }).objects),
    );
    await quick.close();
  });

  it('has the hazards of a stock add-on, so that this proves something', async () => {
    const send = async (bytes: string): Promise<string> => {
      const socket = connect(stock.port, '127.0.0.1');
      await once(socket, 'connect');
      let heard = '';
      socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
      socket.on('end', () => (heard += 'closed')).on('error', () => (heard += 'closed'));
      socket.write(bytes);
      for (let waitedMs = 0; heard === '' && waitedMs < 5_000; waitedMs += 50) await sleep(50);
      socket.destroy();
      return heard;
    };
    const info = JSON.stringify({ type: 'get_scene_info', params: {} });
    assert.match(await send(info), /"object_count"/);
    assert.equal(await send(info + info), '');
    assert.match(await send('{"type":"hello","params":{}}'), /Unknown command type: hello/);
    // One byte in front, or two: in one of them a character of two bytes lies across byte 8,192.
    const raw = ['#', '##'].map((start) => `${start}${'é'.repeat(9_000)}`);
    const replies = await Promise.all(
      raw.map((code) => send(JSON.stringify({ type: 'execute_code', params: { code } }))),
    );
    assert.ok(replies.includes('closed'), replies.join('\n'));
    const nan = 'import bpy; bpy.data.objects["Cube"].location.x = float("nan")';
    await send(JSON.stringify({ type: 'execute_code', params: { code: nan } }));
    assert.match(await send(info), /NaN/);
  });
});
