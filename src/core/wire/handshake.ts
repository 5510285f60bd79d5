import { ForgeError } from '../errors.ts';
import {
  FRAME_JSON,
  MAX_FRAME,
  MAX_FRAME_BEFORE_AUTH,
  PROTOCOL,
  type HelloResult,
} from '../../protocol/wire.ts';
import { isProof, proof, type Challenge } from './auth.ts';
import type { Deadlines } from './deadlines.ts';
import { FrameDecoder, encodeMessage } from './frames.ts';
import { readHelloResult, readServerMessage } from './messages.ts';
import { JsonSplitter } from './splitter.ts';
import { encodeStock, excerpt, parseStockReply } from './stock.ts';

/** Nothing that answers a hello has more to say than this, in bytes. */
const helloLimit = 65_536;
const nul = Buffer.from([0]);
/** How long a NUL may stay behind the object that it ends, in ms. */
const lateNulMs = 250;

export type HandshakeStep =
  /** Send what there is to send; call `timeout()` after `waitMs`, where it is a number, in place of an earlier timer. */
  | { readonly is: 'pending'; readonly send: Uint8Array | null; readonly waitMs: number | null }
  /** Protocol 2. The decoder holds what came after the handshake. */
  | { readonly is: 'forge'; readonly hello: HelloResult; readonly decoder: FrameDecoder }
  | { readonly is: 'stock' }
  /** Somebody answered, but after the probe, whose NUL has spoilt the connection: open another and do not probe. */
  | { readonly is: 'reopen' }
  | { readonly is: 'failed'; readonly error: ForgeError };

export interface HandshakeOptions {
  /** 32 lower-case hex, fresh. */
  readonly nonce: string;
  readonly client: string;
  /** The client over all its connections, 32 lower-case hex: with it, broken ones are taken up again (§8). */
  readonly session?: string | undefined;
  readonly token: string | undefined;
  /** Whether a silent peer is probed for Blender Lab's dialect. */
  readonly probe: boolean;
  readonly deadlines: Deadlines;
}

const stillPending: HandshakeStep = { is: 'pending', send: null, waitMs: null };

/**
 * The client's side of docs/protocol.md §2 and §4: finds out who answers and proves the token. Does no I/O: bytes, timer and
 * the end of the connection go in, steps come out. After any step but `pending` it is used up.
 */
export class Handshake {
  readonly #options: HandshakeOptions;
  readonly #splitter = new JsonSplitter(helloLimit);
  readonly #decoder = new FrameDecoder(MAX_FRAME_BEFORE_AUTH);
  #heard = Buffer.alloc(0);
  #probed = false;
  /** The object that came after the probe: a NUL may be on its way behind it. */
  #late: Buffer | null = null;
  /** Set once Blender has said hello and asks for the proof. */
  #challenge: { readonly hello: HelloResult; readonly token: string } | null = null;

  constructor(options: HandshakeOptions) {
    this.#options = options;
  }

  start(): HandshakeStep {
    const { nonce, client, session, deadlines, probe } = this.#options;
    return {
      is: 'pending',
      send: encodeStock('hello', { protocols: [PROTOCOL], nonce, client, session }),
      waitMs: probe ? deadlines.helloMs : deadlines.helloMs + deadlines.probeMs,
    };
  }

  receive(chunk: Uint8Array): HandshakeStep {
    return stepOf(() => (this.#challenge === null ? this.#receiveHello(chunk) : this.#receiveProof(chunk)));
  }

  timeout(): HandshakeStep {
    if (this.#challenge !== null)
      return failed(unreachable('It accepted the hello, but did not answer the proof of the token'));
    const late = this.#late;
    if (late !== null) return stepOf(() => this.#lateAnswer(late));
    if (this.#probed || !this.#options.probe) return failed(this.#silence());
    this.#probed = true;
    return { is: 'pending', send: nul, waitMs: this.#options.deadlines.probeMs };
  }

  closed(): HandshakeStep {
    if (this.#challenge !== null)
      return failed(unreachable('The connection broke while the token was proved')); // a refusal is said
    const late = this.#late;
    if (late !== null) return stepOf(() => this.#lateAnswer(late));
    if (this.#heard.length > 0) return failed(notBlender(this.#heard));
    return failed(unreachable('It accepted the connection and closed it at once'));
  }

  #receiveHello(chunk: Uint8Array): HandshakeStep {
    this.#heard = Buffer.concat([this.#heard, chunk.subarray(0, helloLimit)]);
    const brace = /^[ \t\r\n]*\{/.test(this.#heard.subarray(0, 64).toString('latin1'));
    if (!brace) {
      if (this.#heard.includes(0)) return failed(blenderLab());
      if (this.#probed && this.#heard.length < helloLimit) return stillPending;
      return failed(notBlender(this.#heard));
    }
    if (this.#late !== null) return chunk[0] === 0 ? failed(blenderLab()) : this.#lateAnswer(this.#late);
    this.#splitter.feed(chunk);
    const json = this.#splitter.next();
    if (json === null) return stillPending;
    const rest = this.#splitter.rest();
    if (this.#probed) {
      if (rest[0] === 0) return failed(blenderLab());
      this.#late = json;
      return { is: 'pending', send: null, waitMs: lateNulMs };
    }
    const reply = parseStockReply(json);
    if (reply.status === 'error') return this.#stock();
    const hello = readHelloResult(reply.result);
    return hello === null ? failed(notBlender(json)) : this.#greeted(hello, rest);
  }

  /** An answer that came after the probe, and no NUL behind it. */
  #lateAnswer(json: Buffer): HandshakeStep {
    parseStockReply(json);
    return { is: 'reopen' };
  }

  #greeted(hello: HelloResult, rest: Buffer): HandshakeStep {
    const { token, nonce, deadlines } = this.#options;
    if (hello.auth === 'none') {
      if (token !== undefined) return failed(noTokenThere());
      return this.#done(hello, rest);
    }
    if (token === undefined) return failed(authFailed('This Blender asks for a token, and none is set.'));
    this.#challenge = { hello, token };
    this.#decoder.feed(rest);
    const mac = proof(token, 'client', challengeOf(nonce, hello));
    return { is: 'pending', send: encodeMessage({ auth: { mac } }), waitMs: deadlines.probeMs };
  }

  #receiveProof(chunk: Uint8Array): HandshakeStep {
    this.#decoder.feed(chunk);
    const frame = this.#decoder.next();
    if (frame === null || this.#challenge === null) return stillPending;
    const message = frame.kind === FRAME_JSON ? readServerMessage(frame.json) : {};
    if (message.error !== undefined)
      return failed(authFailed(`Blender refused our token: ${message.error.message}`));
    const { hello, token } = this.#challenge;
    if (
      message.auth === undefined ||
      !isProof(message.auth.mac, token, 'server', challengeOf(this.#options.nonce, hello))
    ) {
      return failed(
        authFailed('What listens there does not know the token, so it is not the Blender that is meant.'),
      );
    }
    return this.#done(hello, Buffer.alloc(0));
  }

  #done(hello: HelloResult, rest: Buffer): HandshakeStep {
    this.#decoder.feed(rest);
    this.#decoder.limit = MAX_FRAME;
    return { is: 'forge', hello, decoder: this.#decoder };
  }

  #stock(): HandshakeStep {
    return this.#options.token === undefined ? { is: 'stock' } : failed(noTokenThere());
  }

  #silence(): ForgeError {
    return this.#heard.length > 0
      ? notBlender(this.#heard)
      : unreachable(
          'It accepted the connection, but says nothing: Blender may be busy with a long piece of work, or it is something else',
        );
  }
}

/** What cannot be read ends the handshake. */
function stepOf(work: () => HandshakeStep): HandshakeStep {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof ForgeError) return failed(thrown);
    throw thrown;
  }
}

function challengeOf(clientNonce: string, hello: HelloResult): Challenge {
  return { clientNonce, serverNonce: hello.nonce, instance: hello.instance };
}

function failed(error: ForgeError): HandshakeStep {
  return { is: 'failed', error };
}

function authFailed(message: string): ForgeError {
  return new ForgeError(
    'auth-failed',
    message,
    'Copy the token from the sidebar of the add-on in Blender and set it here.',
  );
}

function noTokenThere(): ForgeError {
  return new ForgeError(
    'auth-failed',
    'A token is set here, but what listens there does not ask for one.',
    'Set the same token in the add-on in Blender, or remove it here to go on without.',
  );
}

function unreachable(what: string): ForgeError {
  return new ForgeError(
    'blender-unreachable',
    `Nothing that answers as Blender does was found. ${what}.`,
    'Look whether Blender is there with the add-on started (its sidebar shows state and port), then try again.',
  );
}

function notBlender(heard: Uint8Array): ForgeError {
  return new ForgeError(
    'not-blender',
    `Something answers there that is not a Blender add-on; it said ${excerpt(heard)}.`,
    'Check host and port: the sidebar of the add-on in Blender shows them.',
  );
}

function blenderLab(): ForgeError {
  return new ForgeError(
    'dialect-blender-lab',
    "Blender Lab's own MCP add-on listens there; it speaks a dialect that Avatar Forge does not.",
    'In Blender disable that add-on and enable Avatar Forge (or BlenderMCP), or give one of them another port.',
  );
}
