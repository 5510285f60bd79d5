import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { type CallToolResult, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { costOf } from './cost.ts';
import type { AnsweredPrompt } from './script.ts';
import type { Steps } from './steps.ts';
import type { PlayedCall, PlayedPrompt } from './transcript.ts';

export interface AgentOptions {
  readonly cli: string;
  readonly env: Record<string, string>;
  readonly out: string;
  readonly steps: Steps;
}

/** Stands in for agent mode: the official MCP client over stdio, playing a script of tool calls. */
export class Agent {
  readonly #client = new Client(
    { name: 'avatar-forge-demo', version: '1' },
    { capabilities: { elicitation: {} } },
  );
  readonly #options: AgentOptions;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.#client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      const [question = ''] = params.message.split('\n');
      options.steps.line(`    asked: ${question} → allowed once`);
      return { action: 'accept', content: { decision: 'once' } };
    });
  }

  async connect(): Promise<number> {
    const { cli, env } = this.#options;
    const inherited = ['PATH', 'HOME', 'DISPLAY', 'AVATAR_FORGE_BLENDER'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [cli, 'mcp'],
      env: { ...Object.fromEntries(inherited), ...env },
      stderr: 'ignore',
    });
    await this.#client.connect(transport);
    const { tools } = await this.#client.listTools();
    return tools.length;
  }

  /** Makes the calls that answer each prompt. */
  async play(script: readonly AnsweredPrompt[]): Promise<PlayedPrompt[]> {
    const { steps, out } = this.#options;
    const played: PlayedPrompt[] = [];
    for (const { prompt, calls } of script) {
      steps.title(`“${prompt}”`);
      const made: PlayedCall[] = [];
      for (const call of calls) {
        const { tool, arguments: args, picture } = call;
        const result = await steps.run(
          picture ?? tool,
          () => this.call(tool, args),
          (r) => noteOn(tool, r),
        );
        if (picture !== undefined) await keepPicture(result, join(out, picture));
        const cost = costOf({ name: tool, arguments: args }, result);
        made.push({ ...call, answer: result.structuredContent ?? {}, cost });
      }
      played.push({ prompt, calls: made });
    }
    return played;
  }

  async call(name: string, args: Record<string, unknown>): Promise<CallToolResult> {
    const request = { name, arguments: args };
    const result = (await this.#client.callTool(request, undefined, { timeout: 300_000 })) as CallToolResult;
    if (result.isError === true) {
      const [first] = result.content;
      throw new Error(`${name}: ${first?.type === 'text' ? first.text : 'failed'}`);
    }
    return result;
  }

  /** Calls a tool and keeps the picture it returns. */
  async picture(name: string, args: Record<string, unknown>, file: string): Promise<void> {
    await keepPicture(await this.call(name, args), file);
  }

  async readExport(name: string): Promise<Buffer> {
    const uri = `avatar-forge://exports/${encodeURIComponent(name)}`;
    const { contents } = await this.#client.readResource({ uri }, { timeout: 300_000 });
    const [content] = contents;
    if (content === undefined || !('blob' in content)) throw new Error(`${uri} has no bytes`);
    return Buffer.from(content.blob, 'base64');
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

async function keepPicture({ content }: CallToolResult, file: string): Promise<void> {
  const image = content.find((part) => part.type === 'image');
  if (image?.type !== 'image') throw new Error(`no picture for ${file}`);
  await writeFile(file, Buffer.from(image.data, 'base64'));
}

function noteOn(tool: string, { structuredContent: result = {} }: CallToolResult): string {
  const count = (value: unknown) => (Array.isArray(value) ? value.length : 0);
  switch (tool) {
    case 'get_screenshot':
      return `${tool}: ${String(result['width'])}×${String(result['height'])}, ${String(result['way'])}`;
    case 'avatar_scaffold':
      return `${String(result['triangles'])} triangles, ${String(result['bones'])} bones, ${count(result['expressions'])} expressions`;
    case 'create_object':
      return `${count(result['created'])} objects`;
    case 'set_material':
      return `${String(result['material'])} on ${count(result['assigned'])} slots`;
    case 'vrm_export':
      return `${count(result['bones'])} bones, ${count(result['expressions'])} expressions, by ${String(result['writer'])}`;
    case 'vrm_check':
      return JSON.stringify(result['counts']);
    default:
      return '';
  }
}
