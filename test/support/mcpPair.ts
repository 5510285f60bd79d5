import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { ElicitRequestSchema, type ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import type { AuditEntry } from '../../src/core/audit.ts';
import type { BlenderPort } from '../../src/core/ports.ts';
import type { CodePolicy } from '../../src/core/policy.ts';
import type { Outside } from '../../src/server/outside.ts';
import { createServer, type ServerOptions } from '../../src/server/server.ts';
import { outsideFor } from './assets/outside.ts';

export interface PairOptions extends Partial<Pick<ServerOptions, 'where' | 'approval' | 'observer'>> {
  readonly blender: BlenderPort;
  readonly codePolicy?: CodePolicy;
  readonly jobAfterMs?: number;
  /** In place of an audit that takes everything. */
  readonly record?: () => Promise<void>;
  /** Services on the web; without it, at addresses where nobody is. */
  readonly outside?: Outside;
  /** Answers elicitations; without it the client cannot ask. */
  readonly elicit?: (message: string) => ElicitResult;
  /** The viewer for chats; with it the client shows MCP Apps. */
  readonly viewerPage?: () => Promise<string>;
}

/** Our server and the official client, joined in memory; `audit` fills with what the server records. */
export async function mcpPair({
  blender,
  codePolicy = 'ask',
  jobAfterMs = 1000,
  outside = outsideFor(),
  record,
  elicit,
  where = () => 'test',
  viewerPage,
  ...host
}: PairOptions) {
  const audit: AuditEntry[] = [];
  const server = createServer({
    version: '0.0.0',
    config: { codePolicy, jobAfterMs },
    blender,
    validator: { validate: () => Promise.resolve([]) },
    outside,
    where,
    viewerPage: viewerPage ?? (() => Promise.reject(new Error('not built'))),
    ...host,
    audit: { record: record ?? ((entry) => Promise.resolve(void audit.push(entry))) },
  });
  const client = new Client(
    { name: 'tester', version: '1' },
    {
      capabilities: {
        ...(elicit ? { elicitation: {} } : {}),
        ...(viewerPage
          ? { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: ['text/html;profile=mcp-app'] } } }
          : {}),
      },
    },
  );
  if (elicit) client.setRequestHandler(ElicitRequestSchema, ({ params }) => elicit(params.message));
  const [here, there] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.mcp.connect(there), client.connect(here)]);
  const close = async (): Promise<void> => {
    await client.close();
    await server.close();
  };
  return { client, audit, close };
}
