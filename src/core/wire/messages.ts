import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { PROTOCOL, type BlobMarker, type HelloResult, type ServerMessage } from '../../protocol/wire.ts';
import { violation } from './frames.ts';

/** Reads what Blender sent (docs/protocol.md §2, §3) once, at the edge; afterwards the types hold. */

const index = z.number().int().nonnegative();
const digest = z.string().regex(/^[0-9a-f]{64}$/);

const helloResult: z.ZodType<HelloResult> = z.object({
  protocol: z.literal(PROTOCOL),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  instance: z.string(),
  auth: z.enum(['none', 'hmac-sha256']),
  addon: z.string(),
  blender: z.string(),
  background: z.boolean(),
  capabilities: z.array(z.string()),
  resumed: z.boolean().optional(),
});

const serverMessage: z.ZodType<ServerMessage> = z.object({
  id: index.optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string(), data: z.unknown().optional() }).optional(),
  progress: z.object({ fraction: z.number().nullable(), message: z.string() }).optional(),
  stream: z.object({ stream: index, size: index, sha256: digest.nullable(), mime: z.string() }).optional(),
  beat: z.object({ busy: z.boolean(), job: z.string().nullable(), queue: index }).optional(),
  event: z.object({ name: z.string(), data: z.unknown().optional() }).optional(),
  auth: z.object({ mac: z.string() }).optional(),
});

const blobMarker: z.ZodType<BlobMarker> = z.object({
  $blob: z.object({ stream: index, size: index, sha256: digest, mime: z.string() }),
});

/** The result of a hello, or null where it is not one of ours. */
export function readHelloResult(value: unknown): HelloResult | null {
  return helloResult.safeParse(value).data ?? null;
}

/** Throws `protocol-violation`. */
export function readServerMessage(json: Buffer): ServerMessage {
  const value = readJson(json);
  const parsed = serverMessage.safeParse(value);
  if (!parsed.success)
    throw violation(`A message of an unknown shape came: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function readJson(json: Buffer): unknown {
  if (isUtf8(json)) {
    try {
      return JSON.parse(json.toString('utf8'));
    } catch {
      // told below, as for the other case
    }
  }
  throw violation('A message that is not JSON came.');
}

/** Throws `protocol-violation`. */
export function readBlobMarker(value: unknown): BlobMarker['$blob'] {
  const parsed = blobMarker.safeParse(value);
  if (!parsed.success) throw violation('A blob of an unknown shape came in a result.');
  return parsed.data.$blob;
}
