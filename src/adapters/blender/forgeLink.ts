import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ForgeError, reasonOf, toForgeError } from '../../core/errors.ts';
import type { CallOptions, PeerInfo, ReceivedBlob, RemoteFile } from '../../core/ports.ts';
import { StreamAssembly } from '../../core/wire/assembly.ts';
import { replaceBlobs } from '../../core/wire/blobs.ts';
import type { Deadlines } from '../../core/wire/deadlines.ts';
import { encodeMessage, encodePieceHeader, violation, type FrameDecoder } from '../../core/wire/frames.ts';
import { readBlobMarker, readServerMessage } from '../../core/wire/messages.ts';
import {
  FRAME_JSON,
  MAX_PIECE,
  type ClientMessage,
  type HelloResult,
  type ServerMessage,
  type StreamAnnounced,
} from '../../protocol/wire.ts';
import type { Connection } from '../transports/transport.ts';
import type { Asked, Passage } from './asked.ts';
import {
  answeredError,
  cancelled,
  gone,
  notSent,
  tooLate,
  type FileName,
  type Link,
  type PartialFile,
} from './link.ts';
import { PendingCall } from './pendingCall.ts';

const gotFile = z.object({ size: z.number(), sha256: z.string() });
const grantedUpload = z.object({ stream: z.number().int(), offset: z.number().int() });
const committed = z.object({ name: z.string(), size: z.number(), sha256: z.string() });

export interface ForgeLinkOptions {
  readonly hello: HelloResult;
  readonly asked: Asked;
  readonly connection: Connection;
  /** As the handshake left it. */
  readonly decoder: FrameDecoder;
  readonly deadlines: Deadlines;
  /** Told once, when the connection is over. */
  readonly onGone: () => void;
}

/** Protocol 2 (docs/protocol.md §3 to §5): many requests in flight, progress, cancel, streams. */
export class ForgeLink implements Link {
  readonly peer: PeerInfo;
  readonly resumed: boolean;
  readonly #options: ForgeLinkOptions;
  readonly #calls = new Map<number, PendingCall>();
  /** Where the bytes of an open stream go; null: nobody wants them any more. */
  readonly #streams = new Map<number, StreamAssembly | null>();
  readonly #idleTimer: NodeJS.Timeout;
  #heardAt = performance.now();
  /** Why it is over. */
  #end: string | null = null;

  constructor(options: ForgeLinkOptions) {
    this.#options = options;
    const { hello, connection, deadlines } = options;
    this.resumed = hello.resumed === true;
    this.peer = {
      dialect: 'avatar-forge',
      addonVersion: hello.addon,
      blenderVersion: hello.blender,
      background: hello.background,
      instance: hello.instance,
    };
    this.#idleTimer = setInterval(() => this.#checkIdle(), deadlines.idleMs / 4).unref();
    connection.listen({
      data: (chunk) => this.#receive(chunk),
      closed: (error) => this.#finish(error === null ? 'Blender closed it' : reasonOf(error)),
    });
    this.#receive(Buffer.alloc(0));
  }

  async call(
    method: string,
    params: Readonly<Record<string, unknown>>,
    options: CallOptions,
    passage: Passage,
  ): Promise<unknown> {
    const { result, streams } = await this.#request(method, params, options, { passage });
    return streams.size === 0 ? result : replaceBlobs(result, (marker) => receivedBlob(marker, streams));
  }

  async readFile(file: FileName, partial: PartialFile, options: CallOptions): Promise<Uint8Array> {
    const params = { ...file, offset: partial.assembly?.received ?? 0 };
    const openStream = ({ size }: StreamAnnounced): StreamAssembly => {
      if (partial.assembly?.size !== size) partial.assembly = new StreamAssembly(size);
      return partial.assembly;
    };
    const { result } = await this.#request('file.get', params, options, { openStream });
    const { sha256 } = parsed(gotFile, result, 'file.get');
    const { assembly } = partial;
    partial.assembly = null;
    if (assembly === null) throw violation('file.get was answered without a stream.');
    return assembly.finish(sha256);
  }

  async writeFile(file: FileName, bytes: Uint8Array, options: CallOptions): Promise<RemoteFile> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const put = await this.#request('file.put', { ...file, size: bytes.length, sha256 }, options);
    const { stream, offset } = parsed(grantedUpload, put.result, 'file.put');
    for (let at = offset; at < bytes.length; at += MAX_PIECE) {
      if (options.signal?.aborted === true) throw cancelled('file.put');
      if (this.#end !== null) throw gone('file.put', this.#end);
      const piece = bytes.subarray(at, at + MAX_PIECE);
      this.#options.connection.send(encodePieceHeader(stream, at, piece.length), piece);
      await this.#options.connection.drained();
      options.onProgress?.({ fraction: (at + piece.length) / bytes.length, message: `Sending ${file.name}` });
    }
    const commit = await this.#request('file.commit', { stream }, options);
    return { root: file.root, ...parsed(committed, commit.result, 'file.commit') };
  }

  close(): void {
    this.#finish('it was closed here');
  }

  #request(
    method: string,
    params: Readonly<Record<string, unknown>>,
    options: CallOptions,
    {
      openStream = ({ size }) => new StreamAssembly(size),
      passage,
    }: {
      readonly openStream?: (announced: StreamAnnounced) => StreamAssembly;
      /** Where it may be taken up again on another link. */
      readonly passage?: Passage;
    } = {},
  ): Promise<{ readonly result: unknown; readonly streams: ReadonlyMap<number, StreamAssembly> }> {
    if (this.#end !== null) return Promise.reject(notSent(method, this.#end));
    if (options.signal?.aborted === true) return Promise.reject(cancelled(method));
    const { deadlines, asked, hello } = this.#options;
    const deadlineMs = options.deadlineMs ?? deadlines.runMs;
    const resumes = hello.capabilities.includes('resume');
    const id = passage?.id ?? asked.next();
    if (passage !== undefined && resumes) passage.id = id;
    const giveUp = (error: ForgeError): void => {
      asked.settle(id);
      this.#send({ cancel: id });
      call.reject(error);
    };
    const call = new PendingCall({
      method,
      openStream,
      mayResume: passage !== undefined && resumes,
      onProgress: options.onProgress,
      signal: options.signal,
      onAbort: () => giveUp(cancelled(method)),
      timeoutMs: deadlineMs + deadlines.graceMs,
      onTimeout: () => giveUp(tooLate(method, deadlineMs + deadlines.graceMs)),
    });
    try {
      this.#send({ id, method, params, deadlineMs, ...(resumes ? { settled: asked.settled } : {}) });
      this.#calls.set(id, call);
    } catch (thrown) {
      asked.settle(id);
      call.reject(
        toForgeError(thrown, 'bad-request', `${method} cannot be sent`, 'Send values that JSON can carry.'),
      );
    }
    return call.answer;
  }

  #send(message: ClientMessage): void {
    this.#options.connection.send(encodeMessage(message));
  }

  #receive(chunk: Uint8Array): void {
    this.#heardAt = performance.now();
    const { decoder } = this.#options;
    try {
      decoder.feed(chunk);
      for (let frame = decoder.next(); frame !== null && this.#end === null; frame = decoder.next()) {
        if (frame.kind === FRAME_JSON) this.#take(readServerMessage(frame.json));
        else this.#takePiece(frame.stream, frame.offset, frame.bytes);
      }
    } catch (thrown) {
      this.#finish(toForgeError(thrown, 'internal', 'A message could not be read', 'Please report it.'));
    }
  }

  #take(message: ServerMessage): void {
    if (message.id === undefined) {
      if (message.error !== undefined) this.#finish(answeredError(message.error));
      return;
    }
    const call = this.#calls.get(message.id);
    if (call === undefined) return;
    if (message.progress !== undefined) call.progress(message.progress);
    else if (message.stream !== undefined)
      this.#streams.set(message.stream.stream, call.announce(message.stream));
    else this.#answer(message.id, call, message);
  }

  #answer(id: number, call: PendingCall, message: ServerMessage): void {
    this.#calls.delete(id);
    this.#options.asked.settle(id);
    for (const stream of call.announced) this.#streams.delete(stream);
    if (message.error !== undefined) call.reject(answeredError(message.error));
    else call.resolve(message.result);
  }

  #takePiece(stream: number, offset: number, bytes: Uint8Array): void {
    const assembly = this.#streams.get(stream);
    if (assembly === undefined) throw violation(`Bytes of stream ${stream} came, which was not announced.`);
    assembly?.add(offset, bytes);
  }

  #checkIdle(): void {
    const silentMs = performance.now() - this.#heardAt;
    if (silentMs < this.#options.deadlines.idleMs) return;
    this.#finish(`nothing was heard for ${Math.round(silentMs / 1000)} s`);
  }

  /** @param cause why the connection ended, or the error that every call under way is answered with */
  #finish(cause: string | ForgeError): void {
    if (this.#end !== null) return;
    this.#end = reasonOf(cause);
    clearInterval(this.#idleTimer);
    this.#options.connection.close();
    this.#options.onGone();
    for (const [id, call] of this.#calls) {
      if (!call.mayResume) this.#options.asked.settle(id);
      call.reject(cause instanceof ForgeError ? cause : gone(call.method, cause));
    }
    this.#calls.clear();
  }
}

function receivedBlob(marker: object, streams: ReadonlyMap<number, StreamAssembly>): ReceivedBlob {
  const { stream, sha256, mime } = readBlobMarker(marker);
  const assembly = streams.get(stream);
  if (assembly === undefined)
    throw violation(`A blob names stream ${stream}, which was not announced for it.`);
  return { bytes: assembly.finish(sha256), mime, sha256 };
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, method: string): T {
  const { success, data, error } = schema.safeParse(value);
  if (!success) throw violation(`The answer to ${method} has an unknown shape: ${z.prettifyError(error)}`);
  return data;
}
