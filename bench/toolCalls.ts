import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { stockBlender } from '../test/blender/support/stockBlender.ts';
import { testWorkstation } from '../test/blender/support/workstation.ts';
import { type Bench, percentile, timeRow, timesOf } from './bench.ts';
import { connect } from './mcpClient.ts';

const root = join(import.meta.dirname, '..');
const big = 10_000_000;
const part = 1_000_000;

/** One after the other, so that neither way takes the other's processor; each with a window on its own Xvfb. */
export const toolCalls: Bench = {
  name: 'tool-calls',
  about: 'the official MCP client → server → Blender with a window, ours and the stock way (bench/stockWay)',
  async *run() {
    const ours = await ourWay();
    const theirs = await stockWay();
    const row = (name: string, way: keyof Times, p: number, aim: string) =>
      timeRow(name, percentile(ours[way], p), percentile(theirs[way], p), aim);
    yield row('no-op tool call, p50', 'noop', 50, '≤ 1 ms and ≥ 10');
    yield row('no-op tool call, p99', 'noop', 99, '> 1');
    yield row('create a cube, p50', 'cube', 50, '≥ 10');
    yield row('screenshot 800 px, p50', 'screenshot', 50, '≥ 2');
    yield row('reply of 10 MB, p50', 'reply', 50, '≥ 40');
    yield row('request of 10 MB, p50', 'request', 50, '> 1');
  },
};

/** Milliseconds, sorted. */
interface Times {
  readonly noop: number[];
  readonly cube: number[];
  readonly screenshot: number[];
  /** 10 MB out of Blender into the MCP client. */
  readonly reply: number[];
  /** 10 MB into Blender. */
  readonly request: number[];
}

async function ourWay(): Promise<Times> {
  const home = await mkdtemp(join(tmpdir(), 'avatar-forge-bench-'));
  const client = await connect(process.execPath, [join(root, 'dist', 'cli.js'), 'mcp'], {
    AVATAR_FORGE_HOME: home,
  });
  try {
    const call = caller(client);
    const cube = { objects: [{ kind: 'cube', size: 1, location: [3, 3, 3] }] };
    const times = {
      noop: await timesOf(2000, call('get_scene_info', { limit: 1 }), 1000),
      cube: await timesOf(40, call('create_object', cube)),
      screenshot: await timesOf(10, call('get_screenshot', { view: 'viewport', max_size: 800 })),
    };
    await mkdir(join(home, 'exports'), { recursive: true });
    await writeFile(join(home, 'exports', 'big.vrm'), randomBytes(big));
    const reply = await timesOf(5, () => readInParts(client, 'avatar-forge://exports/big.vrm'));
    await client.close();
    return { ...times, reply, request: await ourRequest() };
  } finally {
    await client.close();
    await rm(home, { recursive: true, force: true });
  }
}

/** No tool takes 10 MB (code ends at 1 MiB): what does is a file put into the workstation, below MCP. */
async function ourRequest(): Promise<number[]> {
  const workstation = await testWorkstation();
  try {
    const bytes = randomBytes(big);
    return await timesOf(3, () => workstation.blender.writeFile('textures', 'big.png', bytes));
  } finally {
    await workstation.end();
  }
}

async function stockWay(): Promise<Times> {
  const stock = await stockBlender({ screen: '800x600x24' }); // as large as the embedded one
  const client = await connect('python3', [join(import.meta.dirname, 'stockWay', 'server.py')], {
    BLENDER_PORT: String(stock.port),
  });
  try {
    const call = caller(client);
    const python = (code: string) => call('execute_blender_code', { code });
    return {
      noop: await timesOf(100, call('get_scene_info', {}), 10),
      cube: await timesOf(
        40,
        python('import bpy\nbpy.ops.mesh.primitive_cube_add(size=1, location=(3, 3, 3))'),
      ),
      screenshot: await timesOf(10, call('get_viewport_screenshot', { max_size: 800 })),
      reply: await timesOf(2, python(`print("x" * ${big})`), 0),
      request: await timesOf(2, () => stockRequest(stock.port), 0),
    };
  } finally {
    await client.close();
    await stock.end();
  }
}

/** As our request is measured: below MCP, one command of 10 MB on a socket. */
async function stockRequest(port: number): Promise<void> {
  const socket = createConnection({ host: '127.0.0.1', port });
  const code = `#${'x'.repeat(big - 1000)}\npass`;
  socket.write(JSON.stringify({ type: 'execute_code', params: { code } }));
  let answer = '';
  for await (const chunk of socket) {
    answer += String(chunk);
    if (answer.endsWith('}')) break;
  }
  if (!answer.includes('"success"')) throw new Error(answer.slice(0, 500));
}

const caller = (client: Client) => (name: string, args: Record<string, unknown>) => async () => {
  const result = await client.callTool({ name, arguments: args }, undefined, { timeout: 300_000 });
  if (result.isError === true) throw new Error(JSON.stringify(result.content).slice(0, 500));
};

async function readInParts(client: Client, uri: string): Promise<void> {
  let received = 0;
  for (let offset = 0; offset < big; offset += part) {
    const { contents } = await client.readResource({ uri: `${uri}?offset=${offset}&length=${part}` });
    const [content] = contents;
    if (content !== undefined && 'blob' in content) received += Buffer.from(content.blob, 'base64').length;
  }
  if (received !== big) throw new Error(`${received} bytes came`);
}
