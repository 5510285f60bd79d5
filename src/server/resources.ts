import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import type { BlenderPort } from '../core/ports.ts';
import { exportUri, vrmMimeType as mimeType } from './exportUri.ts';

const listing = z.object({ files: z.array(z.object({ name: z.string(), size: z.number() })) });

/** What a client can read beside the tools: the exported models, by name. */
export function registerResources(mcp: McpServer, blender: BlenderPort): void {
  const exports = new ResourceTemplate('avatar-forge://exports/{name}', {
    list: async () => {
      const { files } = listing.parse(await blender.call('file.list', { root: 'exports' }));
      return { resources: files.map(({ name, size }) => ({ uri: exportUri(name), name, size, mimeType })) };
    },
  });
  mcp.registerResource('export', exports, { title: 'Exported avatar', mimeType }, async (uri, { name }) => {
    const bytes = await blender.readFile('exports', decodeURIComponent(String(name)));
    return { contents: [{ uri: uri.href, mimeType, blob: Buffer.from(bytes).toString('base64') }] };
  });
}
