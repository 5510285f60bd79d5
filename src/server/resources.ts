import { type McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { ForgeError, toForgeError } from '../core/errors.ts';
import type { BlenderPort } from '../core/ports.ts';
import { exportUri, vrmMimeType as mimeType } from './exportUri.ts';

/** MCP clients commonly end a connection over a message of 10 MB; these many bytes, in base64, stay below. */
const mostBytes = 6 << 20;

const listing = z.object({ files: z.array(z.object({ name: z.string(), size: z.number() })) });
const partMimeType = 'application/octet-stream';
const range = z.object({
  offset: z.coerce.number().int().min(0),
  length: z.coerce.number().int().min(1).max(mostBytes),
});
type Range = z.output<typeof range>;

/**
 * What a client can read beside the tools: the exported models, by name; large ones in parts
 * (`…?offset=0&length=1048576`, in bytes).
 */
export function registerResources(mcp: McpServer, blender: BlenderPort): void {
  const exports = new ExportReader(blender);
  const part = new ResourceTemplate('avatar-forge://exports/{name}{?offset,length}', { list: undefined });
  const whole = new ResourceTemplate('avatar-forge://exports/{name}', {
    list: async () => {
      const { files } = listing.parse(await blender.call('file.list', { root: 'exports' }));
      return { resources: files.map(({ name, size }) => ({ uri: exportUri(name), name, size, mimeType })) };
    },
  });
  // The one with a query first: the other would take the query for a part of the name.
  mcp.registerResource(
    'export-part',
    part,
    { title: 'Part of an exported avatar', mimeType: partMimeType },
    async ({ href: uri }, { name, offset, length }) => {
      const bytes = await explained(exports.part(fileName(name), range.safeParse({ offset, length })));
      return { contents: [{ uri, mimeType: partMimeType, blob: base64(bytes) }] };
    },
  );
  mcp.registerResource(
    'export',
    whole,
    { title: 'Exported avatar', mimeType },
    async ({ href: uri }, { name }) => {
      const bytes = await explained(exports.whole(fileName(name)));
      return { contents: [{ uri, mimeType, blob: base64(bytes) }] };
    },
  );
}

/** Keeps the file read last, so that all parts of it come from the same bytes; a part at 0 reads it anew. */
class ExportReader {
  readonly #blender: BlenderPort;
  #last: { readonly name: string; readonly bytes: Uint8Array } | null = null;

  constructor(blender: BlenderPort) {
    this.#blender = blender;
  }

  async whole(name: string): Promise<Uint8Array> {
    const bytes = await this.#blender.readFile('exports', name);
    if (bytes.length > mostBytes) throw tooLarge(name, bytes.length);
    return bytes;
  }

  async part(name: string, range: z.ZodSafeParseResult<Range>): Promise<Uint8Array> {
    if (!range.success) throw badRange();
    const { offset, length } = range.data;
    const known = offset > 0 && this.#last?.name === name ? this.#last.bytes : null;
    const bytes = known ?? (await this.#blender.readFile('exports', name));
    if (offset > bytes.length) throw badRange();
    const end = offset + length;
    this.#last = end < bytes.length ? { name, bytes } : null;
    return bytes.subarray(offset, end);
  }
}

/** The protocol's errors have a number and a message, so that code and next step go into the message. */
async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    const { code, message, next } = toForgeError(
      thrown,
      'internal',
      'The export cannot be read',
      'Please report it.',
    );
    throw new McpError(ErrorCode.InvalidParams, `${code}: ${message} → ${next}`);
  }
}

function fileName(variable: string | string[] | undefined): string {
  return decodeURIComponent(String(variable));
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function tooLarge(name: string, size: number): ForgeError {
  return new ForgeError(
    'too-large',
    `${name} has ${size} bytes; at most ${mostBytes} are given in one answer.`,
    `Read it in parts: ${exportUri(name)}?offset=0&length=${mostBytes} and so on.`,
  );
}

function badRange(): ForgeError {
  return new ForgeError(
    'bad-params',
    `offset must lie within the file, and length between 1 and ${mostBytes} bytes.`,
    'Correct the URI and read again.',
  );
}
