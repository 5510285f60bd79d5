import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestBlender, type TestBlender } from './support/blender.ts';
import { StockClient, type Json } from './support/clients.ts';

/** What ahujasid/blender-mcp's server sends to its add-on, sent to ours. */
for (const window of [false, true]) {
  describe(`add-on, a stock client ${window ? 'with a window' : 'in background'}`, function () {
    this.timeout(60_000);
    let blender: TestBlender;
    let client: StockClient;

    before(async () => {
      blender = await startTestBlender({ window });
      client = await StockClient.connect(blender.port);
      await run('bpy.ops.mesh.primitive_cube_add()');
    });
    after(async () => {
      client.close();
      await blender.stop();
    });

    const run = (code: string): Promise<Json> => client.ask('execute_code', { code });

    it('get_scene_info', async () => {
      assert.deepEqual(await client.ask('get_scene_info'), {
        name: 'Scene',
        object_count: 3,
        objects: [
          { name: 'Light', type: 'LIGHT', location: [4.08, 1.01, 5.9] },
          { name: 'Camera', type: 'CAMERA', location: [7.36, -6.93, 4.96] },
          { name: 'Cube', type: 'MESH', location: [0, 0, 0] },
        ],
        materials_count: 1,
      });
      await run('for n in range(12): bpy.data.objects.new(f"E{n}", None)');
      assert.equal((await client.ask('get_scene_info'))['object_count'], 3, 'objects outside of the scene');
      await run('for n in range(12): bpy.context.scene.collection.objects.link(bpy.data.objects[f"E{n}"])');
      const info = await client.ask('get_scene_info');
      assert.equal(info['object_count'], 15);
      assert.equal(Array.isArray(info['objects']) && info['objects'].length, 10);
    });

    it('get_object_info', async () => {
      assert.deepEqual(await client.ask('get_object_info', { name: 'Cube' }), {
        name: 'Cube',
        type: 'MESH',
        location: [0, 0, 0],
        rotation: [0, 0, 0],
        scale: [1, 1, 1],
        visible: true,
        materials: [],
        world_bounding_box: [
          [-1, -1, -1],
          [1, 1, 1],
        ],
        mesh: { vertices: 8, edges: 12, polygons: 6 },
      });
      assert.equal('mesh' in (await client.ask('get_object_info', { name: 'Camera' })), false);
      const missing = await client.call('get_object_info', { name: 'Nobody' });
      assert.deepEqual(missing, { status: 'error', message: 'Object not found: Nobody' });
      assert.equal((await client.call('get_object_info'))['status'], 'error');
    });

    it('execute_code', async () => {
      assert.deepEqual(await run('import math\nprint("π is", round(math.pi, 2))'), {
        executed: true,
        result: 'π is 3.14\n',
      });
      await run('kept = 1');
      const reply = await client.call('execute_code', { code: 'print(kept)' });
      assert.match(String(reply['message']), /^Code execution error: name 'kept' is not defined/);
      assert.deepEqual(await run('def f(): return g()\ndef g(): return 5\nprint(f())'), {
        executed: true,
        result: '5\n',
      });
    });

    it('get_viewport_screenshot', async () => {
      const filepath = join(tmpdir(), `blender_screenshot_${process.pid}.png`);
      const result = await client.ask('get_viewport_screenshot', { max_size: 320, filepath, format: 'png' });
      const png = await readFile(filepath);
      await rm(filepath);
      assert.equal(png.subarray(1, 4).toString('latin1'), 'PNG');
      assert.deepEqual(result, {
        success: true,
        width: png.readUInt32BE(16),
        height: png.readUInt32BE(20),
        filepath,
      });
      assert.equal(Math.max(png.readUInt32BE(16), png.readUInt32BE(20)), 320);
      for (const path of [
        '/etc/picture.png',
        join(tmpdir(), 'a.txt'),
        join(tmpdir(), '../picture.png'),
        '',
      ]) {
        const reply = await client.call('get_viewport_screenshot', { filepath: path, format: 'png' });
        assert.equal(reply['status'], 'error', path);
      }
    });

    it('services that are not there', async () => {
      for (const service of ['polyhaven', 'hyper3d', 'sketchfab', 'hunyuan3d']) {
        const result = await client.ask(`get_${service}_status`);
        assert.equal(result['enabled'], false);
        assert.equal(typeof result['message'], 'string');
      }
      const reply = await client.call('download_polyhaven_asset', { asset_id: 'x' });
      assert.deepEqual(reply, { status: 'error', message: 'Unknown command type: download_polyhaven_asset' });
    });

    it('answers in order what stock would lose', async () => {
      const codes = ['import time; time.sleep(0.2); print("busy")', 'print("A")', 'print("B")'];
      client.write(codes.map((code) => JSON.stringify({ type: 'execute_code', params: { code } })).join(''));
      const said: unknown[] = [];
      while (said.length < codes.length) said.push((await client.readReply())['result']);
      assert.deepEqual(
        said,
        ['busy\n', 'A\n', 'B\n'].map((result) => ({ executed: true, result })),
      );
    });

    it('10 MB each way', async () => {
      const reply = await run('print("x" * 10_000_000)');
      assert.equal(String(reply['result']).length, 10_000_001);
      const long = await run(`text = "${'y'.repeat(10_000_000)}"\nprint(len(text))`);
      assert.equal(long['result'], '10000000\n');
    });
  });
}
