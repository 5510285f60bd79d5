import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { blenderWords } from '../../test/blender/support/blender.ts';
import { stockBlender } from '../../test/blender/support/stockBlender.ts';
import { testWorkstation } from '../../test/blender/support/workstation.ts';
import { connect } from '../mcpClient.ts';
import type { Task } from './task.ts';

const root = join(import.meta.dirname, '..', '..');
export const pythonFolder = join(import.meta.dirname, 'blender');

/** A server with its Blender, and a way past the server for seeds and checkers. */
export interface Side {
  readonly name: 'ours' | 'stock';
  readonly client: Client;
  /** Where exported files are to lie. */
  readonly exports: string;
  /** Runs Python; what it left in `result`. */
  python(code: string): Promise<unknown>;
  end(): Promise<void>;
}

export async function ourSide(): Promise<Side> {
  const workstation = await testWorkstation();
  const { host, port, token = '' } = await workstation.workstation.launch();
  const client = await connect(process.execPath, [join(root, 'dist', 'cli.js'), 'mcp'], {
    AVATAR_FORGE_HOME: workstation.home,
    AVATAR_FORGE_URL: `tcp://${host}:${port}`,
    AVATAR_FORGE_TOKEN: token,
    AVATAR_FORGE_CODE_POLICY: 'allow',
  });
  const exports = join(workstation.home, 'exports');
  await mkdir(exports, { recursive: true });
  const ran = z.object({ stdout: z.string() });
  return {
    name: 'ours',
    client,
    exports,
    python: async (code) =>
      resultIn(
        ran.parse(await workstation.blender.call('execute_blender_code', { code: told(code) })).stdout,
      ),
    end: async () => {
      await client.close();
      await workstation.end();
    },
  };
}

/** Looking, Python and screenshots (bench/stockWay), over a stock-dialect add-on. */
export async function stockSide(): Promise<Side> {
  const home = await mkdtemp(join(tmpdir(), 'avatar-forge-stock-'));
  const stock = await stockBlender({ home, screen: '800x600x24' });
  const client = await connect('python3', [join(import.meta.dirname, '../stockWay/server.py')], {
    BLENDER_PORT: String(stock.port),
  });
  const exports = join(home, 'exports');
  await mkdir(exports);
  return {
    name: 'stock',
    client,
    exports,
    python: (code) => stockPython(stock.port, code),
    end: async () => {
      await client.close();
      await stock.end();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export async function callTool(client: Client, name: string, args: object): Promise<CallToolResult> {
  const request = { name, arguments: args as Record<string, unknown> };
  return (await client.callTool(request, undefined, { timeout: 300_000 })) as CallToolResult;
}

const reply = z.union([
  z.object({ status: z.literal('success'), result: z.object({ result: z.string() }) }),
  z.object({ status: z.literal('error'), message: z.string() }),
]);
const mark = '@@@result ';

/** Code that prints its `result` last: what is printed may be longer than what is left in a variable. */
function told(code: string): string {
  return `${code}\nimport json\nprint(${JSON.stringify(`\n${mark}`)} + json.dumps(result))\n`;
}

function resultIn(printed: string): unknown {
  return JSON.parse(printed.split(mark).at(-1) ?? '');
}

/** On a connection of its own; what it prints comes back. */
async function stockPython(port: number, code: string): Promise<unknown> {
  const socket = createConnection({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  socket.write(JSON.stringify({ type: 'execute_code', params: { code: told(code) } }));
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    const answer = reply.safeParse(parsed(text)); // replies have no frame: they end where they make sense
    if (!answer.success) continue;
    socket.destroy();
    if (answer.data.status === 'error') throw new Error(answer.data.message);
    return resultIn(answer.data.result.result);
  }
  throw new Error('The stock add-on closed the connection.');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The figures that these tasks begin with, in a folder of .blend files, by a Blender in background. */
export async function makeSeeds(
  tasks: readonly Task[],
): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-seeds-'));
  const [file = 'blender', ...words] = blenderWords();
  const figures = new Set(tasks.flatMap(({ figure }) => figure ?? []));
  const script = ['--python', join(pythonFolder, 'make_seeds.py'), '--', folder, ...figures];
  const args = [...words, '-b', '-noaudio', '--factory-startup', '--python-exit-code', '1', ...script];
  await promisify(execFile)(file, args, { timeout: 180_000, maxBuffer: 2 ** 24 });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
