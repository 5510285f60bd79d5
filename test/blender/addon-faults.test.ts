import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestBlender, type TestBlender } from './support/blender.ts';
import { ForgeClient, RawClient, StockClient, dial, errorOf } from './support/clients.ts';

const forever = 'while True: pass';

for (const window of [false, true]) {
  describe(`add-on, faults, ${window ? 'with a window' : 'in background'}`, function () {
    this.timeout(60_000);
    let blender: TestBlender;
    const open: { close(): void }[] = [];

    const forge = async (): Promise<ForgeClient> => {
      const client = await ForgeClient.connect(blender.port);
      open.push(client);
      return client;
    };
    const stock = async (): Promise<StockClient> => {
      const client = await StockClient.connect(blender.port);
      open.push(client);
      return client;
    };
    const code = (text: string): { readonly code: string } => ({ code: text });

    before(async () => {
      blender = await startTestBlender({ window });
    });
    after(() => blender.stop());

    afterEach('the next command works, and nobody is left', async function () {
      for (const client of open.splice(0)) client.close();
      const client = await ForgeClient.connect(blender.port);
      const result = await client.ask('execute_blender_code', code('result = 6 * 7'));
      assert.equal(result['result'], 42, this.currentTest?.title);
      client.close();
    });

    it('outlives sys.exit, quit, KeyboardInterrupt and a failing thread', async () => {
      const ours = await forge();
      const theirs = await stock();
      for (const text of [
        'import sys; print("before"); sys.exit(3)',
        'raise SystemExit("no")',
        'quit()',
        'exit(2)',
        'raise KeyboardInterrupt',
        'raise GeneratorExit',
        'import threading; threading.Thread(target=lambda: 1/0).start()',
      ]) {
        await ours.reply(ours.request('execute_blender_code', code(text)));
        await theirs.call('execute_code', code(text));
        assert.ok(blender.running(), text);
      }
      const error = await ours.fail('execute_blender_code', code('print("before")\nraise SystemExit(3)'));
      assert.equal(error['code'], 'python-error');
      assert.match(JSON.stringify(error['data']), /before.*SystemExit/s);
    });

    it('tells traceback, stdout and stderr of code that fails', async () => {
      const ours = await forge();
      const text = 'import sys\nprint("out")\nprint("err", file=sys.stderr)\n1 / 0';
      const error = await ours.fail('execute_blender_code', code(text));
      assert.equal(error['code'], 'python-error');
      const data = JSON.stringify(error['data']);
      for (const part of ['out', 'err', 'ZeroDivisionError', 'line 4']) assert.ok(data.includes(part), data);
      const theirs = await stock();
      const reply = await theirs.call('execute_code', code(text));
      assert.equal(reply['status'], 'error');
      assert.match(String(reply['message']), /Code execution error: division by zero[^]*line 4[^]*out/);
    });

    it('stops code at its deadline, and drops what waits past its own', async () => {
      const client = await forge();
      const start = performance.now();
      const running = client.request('execute_blender_code', code(forever), 500);
      const waiting = client.request('execute_blender_code', code('raise Exception("ran")'), 100);
      assert.equal(errorOf(await client.reply(waiting))['code'], 'deadline-exceeded');
      assert.equal(errorOf(await client.reply(running))['code'], 'deadline-exceeded');
      assert.ok(performance.now() - start < 5_000);
    });

    it('stops code that swallows the first stop', async () => {
      const client = await forge();
      const text = 'import time\ntry:\n  while True: pass\nexcept BaseException:\n  pass\nwhile True: pass';
      const error = await client.fail('execute_blender_code', code(text), 200);
      assert.equal(error['code'], 'deadline-exceeded');
    });

    it('cancels what runs and what waits, and nothing else', async () => {
      const client = await forge();
      const first = client.request('execute_blender_code', code(forever));
      const second = client.request('execute_blender_code', code(forever));
      const third = client.request('execute_blender_code', code('result = "third"'));
      await sleep(200);
      for (const number of [second, first, 999]) client.send({ cancel: number });
      assert.equal(errorOf(await client.reply(second))['code'], 'cancelled');
      assert.equal(errorOf(await client.reply(first))['code'], 'cancelled');
      assert.ok('result' in (await client.reply(third)));
    });

    it('answers ping and status while the main thread is busy', async () => {
      const client = await forge();
      const busy = client.request('execute_blender_code', code(forever));
      while ((await client.ask('status'))['busy'] !== true) await sleep(10);
      for (let n = 0; n < 20; n += 1) await client.ask('ping');
      const status = await client.ask('status');
      assert.equal(status['busy'], true);
      assert.equal(status['job'], 'execute_blender_code');
      const isBeat = (message: object): boolean => JSON.stringify(message).includes('"busy":true');
      while (!client.news.some(isBeat)) {
        await client.ask('ping');
        await sleep(50);
      }
      client.send({ cancel: busy });
      assert.equal(errorOf(await client.reply(busy))['code'], 'cancelled');
    });

    it('goes on when a client leaves in mid-command', async () => {
      const leaving = [await forge(), await stock()] as const;
      leaving[0].request('execute_blender_code', code('import time; time.sleep(0.3)'));
      leaving[0].request('execute_blender_code', code(forever));
      leaving[1].write(
        JSON.stringify({ type: 'execute_code', params: code('import time; time.sleep(0.3)') }),
      );
      await sleep(100);
      for (const client of leaving) client.close();
      const client = await forge();
      assert.equal((await client.ask('execute_blender_code', code('result = 1')))['result'], 1);
      await sleep(100);
      assert.equal((await client.ask('status'))['clients'], 1);
    });

    it('is not held up by a client that never reads', async () => {
      const deaf = new RawClient(await dial(blender.port));
      open.push(deaf);
      const big = JSON.stringify({ type: 'execute_code', params: code('print("x" * 60_000_000)') });
      deaf.write(big + big + big + big);
      const client = await forge();
      const start = performance.now();
      while (Number((await client.ask('status'))['clients']) > 1) {
        assert.ok(performance.now() - start < 45_000, 'it is cut off');
        assert.equal((await client.ask('execute_blender_code', code('result = 1')))['result'], 1);
        await sleep(250);
      }
    });

    it('serves 64 that connect at once', async () => {
      const start = performance.now();
      const answers = await Promise.all(
        Array.from({ length: 64 }, async (_, n) => {
          if (n % 2 === 0)
            return (await (await forge()).ask('execute_blender_code', code(`result = ${n}`)))['result'];
          return Number((await (await stock()).ask('execute_code', code(`print(${n})`)))['result']);
        }),
      );
      assert.deepEqual(
        answers,
        Array.from({ length: 64 }, (_, n) => n),
      );
      assert.ok(performance.now() - start < 20_000);
    });

    it('never sends NaN', async () => {
      const theirs = await stock();
      const nan = 'float("nan")';
      await theirs.ask('execute_code', code(`bpy.data.objects["Light"].location = (${nan}, ${nan}, ${nan})`));
      for (const type of ['get_scene_info', 'get_object_info']) {
        theirs.write(JSON.stringify({ type, params: { name: 'Light' } }));
        const text = (await theirs.readText()) ?? '';
        assert.match(text, /"name": ?"Light"[^}]*"location": ?\[null, ?null, ?null\]/);
      }
      const ours = await forge();
      const result = await ours.ask(
        'execute_blender_code',
        code(`result = [${nan}, float("inf"), -float("inf")]`),
      );
      assert.deepEqual(result['result'], [null, null, null]);
      await theirs.ask('execute_code', code('bpy.data.objects["Light"].location = (0, 0, 0)'));
    });

    it('takes 18 KB of raw UTF-8, cut into bytes', async () => {
      const theirs = await stock();
      const text = 'é日😀'.repeat(2_000);
      const bytes = Buffer.from(
        JSON.stringify({ type: 'execute_code', params: code(`print(${JSON.stringify(text)})`) }),
      );
      assert.ok(bytes.length > 18_000);
      for (let at = 0; at < bytes.length; at += 8192) theirs.write(bytes.subarray(at, at + 8192));
      assert.equal((await theirs.readReply())['status'], 'success');
      for (let at = 0; at < 2_000; at += 1) theirs.write(bytes.subarray(at, at + 1));
      theirs.write(bytes.subarray(2_000));
      const reply = await theirs.readReply();
      assert.deepEqual(reply['result'], { executed: true, result: `${text}\n` });
    });

    it('survives a file load, with its clients, and tells them', async () => {
      const ours = await forge();
      const theirs = await stock();
      await ours.ask('execute_blender_code', code('bpy.ops.wm.read_homefile(use_factory_startup=True)'));
      await ours.ask('ping');
      assert.equal((await theirs.ask('get_scene_info'))['object_count'], 3);
      assert.ok(ours.news.some((message) => JSON.stringify(message).includes('file-loaded')));
    });

    it('makes each change one undo step', async () => {
      const client = await forge();
      const names = async (): Promise<unknown> =>
        (await client.ask('execute_blender_code', code('result = sorted(bpy.data.objects.keys())')))[
          'result'
        ];
      const before = await names();
      await client.ask('create_object', { objects: [{ kind: 'cube', name: 'Undone' }] });
      assert.notDeepEqual(await names(), before);
      // The two questions are steps too: code may change anything.
      await client.ask('execute_blender_code', code('for _ in range(2): bpy.ops.ed.undo()'));
      assert.deepEqual(await names(), before);
    });

    it('moves files while the main thread is busy', async () => {
      const client = await forge();
      const bytes = randomBytes(3_000_000);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const busy = client.request('execute_blender_code', code(forever));
      while ((await client.ask('status'))['busy'] !== true) await sleep(10);
      const put = { root: 'uploads', name: 'a.bin', size: bytes.length, sha256 };
      const { stream } = await client.ask('file.put', put);
      for (let at = 0; at < bytes.length; at += 1_000_000) {
        const head = Buffer.alloc(17);
        head.writeUInt32BE(13 + 1_000_000, 0);
        head[4] = 2;
        head.writeUInt32BE(Number(stream), 5);
        head.writeBigUInt64BE(BigInt(at), 9);
        client.raw.write(head);
        client.raw.write(bytes.subarray(at, at + 1_000_000));
      }
      await client.ask('file.commit', { stream });
      assert.equal((await client.ask('file.stat', { root: 'uploads', name: 'a.bin' }))['sha256'], sha256);
      assert.equal((await client.ask('status'))['busy'], true);
      client.send({ cancel: busy });
      assert.equal(errorOf(await client.reply(busy))['code'], 'cancelled');
    });
  });
}

describe('add-on, its end', function () {
  this.timeout(30_000);

  for (const window of [false, true]) {
    it(`SIGTERM ends it cleanly ${window ? 'with a window' : 'in background'}`, async () => {
      const blender = await startTestBlender({ window });
      const client = await ForgeClient.connect(blender.port);
      await client.ask('execute_blender_code', { code: 'pass' });
      blender.signal('SIGTERM');
      assert.equal(await blender.ended, 'exit code 0');
      const said: unknown[] = [];
      for (let message; (message = await client.readMessage()) !== null;) said.push(message);
      assert.ok(JSON.stringify(said).includes('shutting-down'), JSON.stringify(said));
      client.close();
      await blender.stop();
    });
  }

  it('ends with its standard input, busy or not, even after quit() closed it', async () => {
    const blender = await startTestBlender();
    const client = await ForgeClient.connect(blender.port);
    await client.reply(client.request('execute_blender_code', { code: 'quit()' }));
    client.request('execute_blender_code', { code: forever });
    await sleep(200);
    blender.closeInput();
    assert.equal(await blender.ended, 'exit code 0');
    client.close();
    await blender.stop();
  });

  it('says why it cannot listen', async () => {
    const blender = await startTestBlender();
    const again = startTestBlender({ env: { AVATAR_FORGE_PORT: String(blender.port) } });
    await assert.rejects(again, /exit code 1[^]*cannot listen[^]*in use/);
    await assert.rejects(
      startTestBlender({ env: { AVATAR_FORGE_PORT: '99999' } }),
      /exit code 1[^]*AVATAR_FORGE_PORT/,
    );
    await blender.stop();
  });

  it('asks for its token', async () => {
    const blender = await startTestBlender({ env: { AVATAR_FORGE_TOKEN: 'ключ' } });
    const client = await ForgeClient.connect(blender.port, 'ключ');
    await client.ask('get_scene_info');
    client.close();
    await assert.rejects(ForgeClient.connect(blender.port, 'other'));
    const stranger = await StockClient.connect(blender.port);
    assert.match(
      String((await stranger.call('get_scene_info'))['message']),
      /^This Blender asks for a token/,
    );
    assert.ok(await stranger.endsWithin(3_000));
    await blender.stop();
  });
});
