import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { stockBlender } from '../test/blender/support/stockBlender.ts';
import { type Bench, percentile, type Row, timeRow, timesOf } from './bench.ts';

const root = join(import.meta.dirname, '..');
const big = 10_000_000;

/** Tool calls through an MCP client over stdio: our server and add-on, and the stock way, each with a window on its own Xvfb. */
export const toolCalls: Bench = {
  name: 'tool-calls',
  about: 'the official MCP client → server → Blender with a window, ours and the stock way (bench/stockWay)',
  async *run() {
    const home = await mkdtemp(join(tmpdir(), 'avatar-forge-bench-'));
    const stock = await stockBlender({ screen: '800x600x24' }); // as large as the embedded one
    try {
      const ours = await connect(process.execPath, [join(root, 'dist', 'cli.js'), 'mcp'], {
        AVATAR_FORGE_HOME: home,
        AVATAR_FORGE_CODE_POLICY: 'allow',
      });
      const theirs = await connect('python3', [join(import.meta.dirname, 'stockWay', 'server.py')], {
        BLENDER_PORT: String(stock.port),
      });
      yield* measure(ours, theirs);
      await Promise.all([ours.close(), theirs.close()]);
    } finally {
      await stock.end();
      await rm(home, { recursive: true, force: true });
    }
  },
};

async function* measure(ours: Client, theirs: Client): AsyncIterable<Row> {
  const call = (client: Client, name: string, args: object) => async () => {
    const request = { name, arguments: { ...args } };
    const result = await client.callTool(request, undefined, { timeout: 300_000 });
    if (result.isError === true) throw new Error(JSON.stringify(result.content).slice(0, 500));
    return result;
  };
  const python = (code: string) => ({ code });
  const cube = 'import bpy\nbpy.ops.mesh.primitive_cube_add(size=1, location=(3, 3, 3))';

  const ourNoop = await timesOf(500, call(ours, 'get_scene_info', { limit: 1 }), 50);
  const theirNoop = await timesOf(100, call(theirs, 'get_scene_info', {}), 10);
  yield timeRow(
    'no-op tool call, p50',
    percentile(ourNoop, 50),
    percentile(theirNoop, 50),
    '≤ 1 ms and ≥ 10',
  );
  yield timeRow('no-op tool call, p99', percentile(ourNoop, 99), percentile(theirNoop, 99), '> 1');

  const ourCube = await timesOf(
    40,
    call(ours, 'create_object', { objects: [{ kind: 'cube', size: 1, location: [3, 3, 3] }] }),
  );
  const theirCube = await timesOf(40, call(theirs, 'execute_blender_code', python(cube)));
  yield timeRow('create a cube, p50', percentile(ourCube, 50), percentile(theirCube, 50), '≥ 10');

  const ourShot = await timesOf(10, call(ours, 'get_screenshot', { view: 'viewport', max_size: 800 }));
  const theirShot = await timesOf(10, call(theirs, 'get_viewport_screenshot', { max_size: 800 }));
  yield timeRow('screenshot 800 px, p50', percentile(ourShot, 50), percentile(theirShot, 50), '≥ 2');

  yield* bigOnes(call, ours, theirs);
}

type Call = (client: Client, name: string, args: object) => () => Promise<unknown>;

/** 10 MB each way. Ours keeps results that large out of a model's context, so that the reply is read as an exported file. */
async function* bigOnes(call: Call, ours: Client, theirs: Client): AsyncIterable<Row> {
  const write = [
    'import os, pathlib',
    'exports = pathlib.Path(os.environ["AVATAR_FORGE_HOME"], "exports")',
    'exports.mkdir(exist_ok=True)',
    `(exports / "big.vrm").write_bytes(os.urandom(${big}))`,
  ].join('\n');
  await call(ours, 'execute_blender_code', { code: write })();
  const read = () => ours.readResource({ uri: 'avatar-forge://exports/big.vrm' });
  const ourReply = await timesOf(5, read);
  const theirReply = await timesOf(
    2,
    call(theirs, 'execute_blender_code', { code: `print("x" * ${big})` }),
    0,
  );
  yield timeRow('reply of 10 MB, p50', percentile(ourReply, 50), percentile(theirReply, 50), '≥ 40');

  const code = `#${'x'.repeat(big - 1000)}\npass`;
  const ourRequest = await timesOf(3, call(ours, 'execute_blender_code', { code }));
  const theirRequest = await timesOf(2, call(theirs, 'execute_blender_code', { code }), 0);
  yield timeRow('request of 10 MB, p50', percentile(ourRequest, 50), percentile(theirRequest, 50), '> 1');
}

async function connect(command: string, args: string[], env: Record<string, string>): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1' });
  const { PATH = '', HOME = '' } = process.env;
  await client.connect(
    new StdioClientTransport({
      command,
      args,
      env: { PATH, HOME, ...env },
      stderr: 'inherit',
      maxBufferSize: 8 * big,
    }),
  );
  return client;
}
