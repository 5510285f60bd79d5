import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ForgeError } from '../../core/errors.ts';
import type { CallOptions, PeerInfo, ReceivedBlob, RemoteFile } from '../../core/ports.ts';
import { StreamAssembly } from '../../core/wire/assembly.ts';
import { replaceBlobs } from '../../core/wire/blobs.ts';
import type { Deadlines } from '../../core/wire/deadlines.ts';
import type { Connection } from '../transports/transport.ts';
import type { CommandLibrary } from './library.ts';
import { answeredError, type FileName, type Link, type PartialFile } from './link.ts';
import { aboutBlender, callCommand, installLibrary, readOutput } from './shippedCode.ts';
import { StockSocket } from './stockSocket.ts';

/** Bytes of a file in one reply: base64 of it is quick to carry, and holds a stock Blender up for a moment only. */
const readBytes = 4_194_304;
/** Bytes of a file in one request: the stock add-on's time to read one grows with the square of its length. */
const writeBytes = 393_216;

const about = z.object({ blender: z.string(), background: z.boolean() });
const answer = z.union([
  z.object({ missing: z.literal(true) }),
  z.object({ result: z.unknown() }),
  z.object({ error: z.object({ code: z.string(), message: z.string(), data: z.unknown().optional() }) }),
]);
const inlineBlob = z.object({
  $blob: z.object({ base64: z.base64(), size: z.number(), sha256: z.string(), mime: z.string() }),
});
const fileStat = z.object({ size: z.number().int().nonnegative(), sha256: z.string() });
const executed = z.object({ result: z.string() });

export interface StockLinkOptions {
  readonly connection: Connection;
  readonly library: CommandLibrary;
  readonly deadlines: Deadlines;
  readonly onGone: () => void;
}

/** A stock add-on: our command library is shipped to it as text, once for each start of Blender, and called there. */
export class StockLink implements Link {
  readonly peer: PeerInfo;
  readonly resumed = false;
  readonly #socket: StockSocket;
  readonly #library: CommandLibrary;
  readonly #deadlines: Deadlines;

  static async open({ connection, library, deadlines, onGone }: StockLinkOptions): Promise<StockLink> {
    const socket = new StockSocket(connection, onGone);
    try {
      const timeoutMs = 3 * (deadlines.helloMs + deadlines.probeMs);
      const output = await execute(socket, 'execute_code', aboutBlender, { timeoutMs });
      const { blender, background } = about.parse(output);
      return new StockLink(socket, library, deadlines, {
        dialect: 'stock',
        addonVersion: null,
        blenderVersion: blender,
        background,
        instance: null,
      });
    } catch (thrown) {
      socket.close();
      throw thrown;
    }
  }

  private constructor(socket: StockSocket, library: CommandLibrary, deadlines: Deadlines, peer: PeerInfo) {
    this.#socket = socket;
    this.#library = library;
    this.#deadlines = deadlines;
    this.peer = peer;
  }

  async call(
    method: string,
    params: Readonly<Record<string, unknown>>,
    options: CallOptions,
  ): Promise<unknown> {
    return replaceBlobs(await this.#command(method, params, options), receivedBlob);
  }

  async readFile(file: FileName, partial: PartialFile, options: CallOptions): Promise<Uint8Array> {
    const stat = fileStat.parse(await this.#command('file.stat', { ...file }, options));
    if (partial.assembly?.size !== stat.size) partial.assembly = new StreamAssembly(stat.size);
    const { assembly } = partial;
    while (assembly.received < stat.size) {
      const params = { ...file, offset: assembly.received, length: readBytes };
      const { $blob } = inlineBlob.parse(await this.#command('file.read', params, options));
      assembly.add(assembly.received, Buffer.from($blob.base64, 'base64'));
      options.onProgress?.({ fraction: assembly.received / stat.size, message: `Fetching ${file.name}` });
    }
    partial.assembly = null;
    return assembly.finish(stat.sha256);
  }

  async writeFile(file: FileName, bytes: Uint8Array, options: CallOptions): Promise<RemoteFile> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const whole = { ...file, size: bytes.length, sha256 };
    for (let offset = 0; offset === 0 || offset < bytes.length; offset += writeBytes) {
      const base64 = Buffer.from(bytes.subarray(offset, offset + writeBytes)).toString('base64');
      await this.#command('file.write', { ...whole, offset, base64 }, options);
      options.onProgress?.({
        fraction: Math.min(1, (offset + writeBytes) / bytes.length),
        message: `Sending ${file.name}`,
      });
    }
    return { ...file, size: bytes.length, sha256 };
  }

  close(): void {
    this.#socket.close();
  }

  async #command(
    method: string,
    params: Readonly<Record<string, unknown>>,
    options: CallOptions,
  ): Promise<unknown> {
    const { signal, deadlineMs = this.#deadlines.runMs } = options;
    const limits = { timeoutMs: deadlineMs + this.#deadlines.graceMs, signal };
    const { files, digest } = await this.#library.text();
    const code = callCommand(digest, method, params);
    let reply = answer.parse(await execute(this.#socket, method, code, limits));
    if ('missing' in reply) {
      await execute(this.#socket, method, installLibrary(digest, files), limits);
      reply = answer.parse(await execute(this.#socket, method, code, limits));
    }
    if ('missing' in reply) {
      throw new ForgeError('internal', 'Blender does not keep the command library.', 'Start Blender again.');
    }
    if ('error' in reply) throw answeredError(reply.error);
    return reply.result;
  }
}

/** Runs code in Blender and returns what it printed behind our mark, as JSON. */
async function execute(
  socket: StockSocket,
  method: string,
  code: string,
  limits: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
): Promise<unknown> {
  const { timeoutMs, signal } = limits;
  const reply = await socket.request({ type: 'execute_code', params: { code }, method, timeoutMs, signal });
  if (reply.status === 'error') {
    throw new ForgeError(
      'internal',
      `The add-on in Blender could not run ${method}: ${reply.message}`,
      'If it goes on, install the Avatar Forge add-on in Blender.',
    );
  }
  return readOutput(executed.parse(reply.result).result);
}

function receivedBlob(marker: object): ReceivedBlob {
  const { base64, size, sha256, mime } = inlineBlob.parse(marker).$blob;
  const assembly = new StreamAssembly(size);
  assembly.add(0, Buffer.from(base64, 'base64'));
  return { bytes: assembly.finish(sha256), mime, sha256 };
}
