/**
 * The viewer in the chat: a page that clients with MCP Apps show with the result of an export, and the tool by which that page
 * asks for what it shows. Other clients hear of neither.
 * https://github.com/modelcontextprotocol/ext-apps/blob/main/specification/2026-01-26/apps.mdx
 */
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult, ClientCapabilities } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { ForgeError, toForgeError } from '../core/errors.ts';
import type { BlenderPort } from '../core/ports.ts';
import { previewReport } from '../core/preview/report.ts';
import { exportUri } from './exportUri.ts';
import { fileName } from './schemas.ts';

export const viewerUri = 'ui://avatar-forge/viewer';
const mimeType = 'text/html;profile=mcp-app';
const extension = 'io.modelcontextprotocol/ui';

/** Of a larger model a lighter copy is shown: base64 in messages is slow, and a chat keeps what it was given. */
const mostShown = 8 << 20;
const mostInPart = 1 << 20;

const input = z.strictObject({
  file: fileName,
  offset: z.number().int().min(0).optional(),
  length: z.number().int().min(1).max(mostInPart).optional(),
});

/** Whether a client shows MCP Apps. */
export function showsApps(capabilities: ClientCapabilities | undefined): boolean {
  const ui = z
    .looseObject({ mimeTypes: z.array(z.string()).optional() })
    .safeParse(capabilities?.extensions?.[extension]);
  return ui.success && (ui.data.mimeTypes ?? [mimeType]).includes(mimeType);
}

export class ViewerApp {
  readonly #blender: BlenderPort;
  readonly #lighten: (vrm: Uint8Array) => Promise<Uint8Array>;
  /** What is shown of the file asked for last, so that its parts are of the same bytes. */
  #last: { readonly file: string; readonly bytes: Uint8Array } | null = null;

  /** As a client lists it: for the page, not for the model. */
  readonly tool = {
    name: 'view_avatar',
    title: 'View avatar',
    description: 'For the viewer in the chat: what is known of an export, and its bytes in parts.',
    inputSchema: {
      type: 'object' as const,
      properties: {
        file: { type: 'string' },
        offset: { type: 'integer' },
        length: { type: 'integer' },
      },
      required: ['file'],
    },
    annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
    _meta: { ui: { visibility: ['app'] } },
  };

  /** `lighten` makes the copy that is shown of a large model; where it rejects, or is too large still, nothing is shown. */
  constructor(blender: BlenderPort, lighten: (vrm: Uint8Array) => Promise<Uint8Array>) {
    this.#blender = blender;
    this.#lighten = lighten;
  }

  /** Without `offset`: sizes and findings. With it: `length` bytes from there of what is shown. Never rejects. */
  async call(parameters: unknown): Promise<CallToolResult> {
    try {
      const parsed = input.safeParse(parameters);
      if (!parsed.success) throw badParameters(z.prettifyError(parsed.error));
      const { file, offset, length = mostInPart } = parsed.data;
      return offset === undefined ? await this.#describe(file) : await this.#part(file, offset, length);
    } catch (thrown) {
      const { code, message, next } = toForgeError(
        thrown,
        'internal',
        'The export cannot be shown',
        'Please report it.',
      );
      return { isError: true, content: [{ type: 'text', text: `${code}: ${message} → ${next}` }] };
    }
  }

  async #describe(file: string): Promise<CallToolResult> {
    const whole = await this.#blender.readFile('exports', file);
    const shown = await this.#shownOf(whole);
    this.#last = shown === null ? null : { file, bytes: shown };
    const structuredContent = {
      size: whole.length,
      /** Bytes of what is shown; null where nothing is. */
      shownSize: shown?.length ?? null,
      isLighter: shown !== null && shown !== whole,
      mostShown,
      report: previewReport(whole),
    };
    return { content: [{ type: 'text', text: `${file}: ${whole.length} bytes` }], structuredContent };
  }

  async #shownOf(whole: Uint8Array): Promise<Uint8Array | null> {
    if (whole.length <= mostShown) return whole;
    const copy = await this.#lighten(whole).catch(() => null);
    return copy !== null && copy.length <= mostShown ? copy : null;
  }

  async #part(file: string, offset: number, length: number): Promise<CallToolResult> {
    const known = this.#last?.file === file ? this.#last.bytes : null;
    const bytes = known ?? (await this.#shownOf(await this.#blender.readFile('exports', file)));
    if (bytes === null) throw badParameters(`${file} is too large to be shown`);
    if (offset >= bytes.length) throw badParameters(`offset ${offset} lies beyond ${bytes.length} bytes`);
    const end = Math.min(bytes.length, offset + length);
    if (end === bytes.length) this.#last = null;
    const blob = Buffer.from(bytes.subarray(offset, end)).toString('base64');
    return {
      content: [
        {
          type: 'resource',
          resource: { uri: exportUri(file), mimeType: 'application/octet-stream', blob },
        },
      ],
    };
  }
}

/** The page itself; `page` gives it in one piece, with all that it loads. */
export function registerViewer(mcp: McpServer, page: () => Promise<string>): void {
  mcp.registerResource(
    'viewer',
    viewerUri,
    { title: 'Avatar viewer', description: 'Shows an exported avatar in the chat.', mimeType },
    async () => ({
      contents: [
        { uri: viewerUri, mimeType, text: await page(), _meta: { ui: { csp: {}, prefersBorder: true } } },
      ],
    }),
  );
}

function badParameters(what: string): ForgeError {
  return new ForgeError('bad-params', `view_avatar cannot take these parameters: ${what}.`, 'Correct them.');
}
