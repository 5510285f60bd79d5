import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { type CallToolResult, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Steps } from './steps.ts';

const script = z.array(
  z.object({
    prompt: z.string(),
    calls: z.array(
      z.object({
        tool: z.string(),
        arguments: z.record(z.string(), z.unknown()),
        /** Where the call's picture is kept, below out/demo. */
        picture: z.string().optional(),
      }),
    ),
  }),
);

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
    const { PATH = '', HOME = '', DISPLAY } = process.env;
    const base = { PATH, HOME, ...(DISPLAY === undefined ? {} : { DISPLAY }) };
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [cli, 'mcp'],
      env: { ...base, ...env },
      stderr: 'ignore',
    });
    await this.#client.connect(transport);
    const { tools } = await this.#client.listTools();
    return tools.length;
  }

  /** Plays a script file; the structured results, by tool, of the last call of each. */
  async play(file: string): Promise<Map<string, Record<string, unknown>>> {
    const { steps, out } = this.#options;
    const results = new Map<string, Record<string, unknown>>();
    for (const { prompt, calls } of script.parse(JSON.parse(await readFile(file, 'utf8')))) {
      steps.title(`“${prompt}”`);
      for (const { tool, arguments: args, picture } of calls) {
        const result = await steps.run(
          picture ?? tool,
          () => this.call(tool, args),
          (r) => noteOn(tool, r),
        );
        results.set(tool, result.structuredContent ?? {});
        if (picture !== undefined) await keepPicture(result, join(out, picture));
      }
    }
    return results;
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

function noteOn(tool: string, { structuredContent: result = {}, content }: CallToolResult): string {
  const count = (value: unknown) => (Array.isArray(value) ? value.length : 0);
  const image = content.find((part) => part.type === 'image');
  if (image !== undefined)
    return `${tool}: ${String(result['width'])}×${String(result['height'])}, ${String(result['way'])}`;
  switch (tool) {
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
