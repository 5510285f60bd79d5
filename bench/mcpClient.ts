import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

/** The official MCP client on a server's stdio. The buffer holds the largest reply of the stock way. */
export async function connect(command: string, args: string[], env: Record<string, string>): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1' });
  const { PATH = '', HOME = '' } = process.env;
  const transport = new StdioClientTransport({
    command,
    args,
    env: { PATH, HOME, ...env },
    stderr: 'inherit',
    maxBufferSize: 80_000_000,
  });
  await client.connect(transport);
  return client;
}
