/**
 * The GLB container, read from a whole file or from its first bytes.
 * https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#glb-file-format-specification
 */
import { reasonOf } from '../errors.ts';

const MAGIC = 0x46546c67; // "glTF", little-endian
const JSON_CHUNK = 0x4e4f534a;
const BIN_CHUNK = 0x004e4942;
const HEADER_BYTES = 12;
export const CHUNK_HEADER_BYTES = 8;

export type GlbProblemCode =
  'glb-not-glb' | 'glb-version' | 'glb-truncated' | 'glb-length' | 'glb-json-missing' | 'glb-json-invalid';

export interface GlbProblem {
  readonly code: GlbProblemCode;
  readonly message: string;
}

/** The binary chunk by the places that its bytes have in the file, whether or not all of them are at hand. */
export interface BinChunk {
  readonly length: number;
  subarray(start: number, end: number): Uint8Array;
}

export interface Glb<Bin extends BinChunk = BinChunk> {
  /** The parsed JSON chunk; `undefined` where it could not be read. */
  readonly json: unknown;
  /** The binary chunk, as far as the bytes at hand reach; `null` where there is none. */
  readonly bin: Bin | null;
  readonly problems: readonly GlbProblem[];
}

/** How many bytes from the start of a file must be at hand to read its JSON: 20 until the header is, then exactly. */
export function prefixBytesForJson(prefix: Uint8Array): number {
  const start = HEADER_BYTES + CHUNK_HEADER_BYTES;
  return prefix.length < start ? start : start + viewOf(prefix).getUint32(HEADER_BYTES, true);
}

/**
 * Reads a GLB. `totalBytes` is the size of the whole file, where `bytes` is only its beginning (a remote file, inspected):
 * what lies beyond is then not a fault. Never throws.
 */
export function readGlb(bytes: Uint8Array, totalBytes = bytes.length): Glb<Uint8Array> {
  const fail = (code: GlbProblemCode, message: string): Glb<Uint8Array> => ({
    json: undefined,
    bin: null,
    problems: [...problems, { code, message }],
  });
  const problems: GlbProblem[] = [];
  if (bytes.length < HEADER_BYTES || viewOf(bytes).getUint32(0, true) !== MAGIC) {
    return fail(
      'glb-not-glb',
      `This is not a GLB file: it does not start with "glTF" (${totalBytes} bytes).`,
    );
  }
  const view = viewOf(bytes);
  const version = view.getUint32(4, true);
  if (version !== 2) return fail('glb-version', `The GLB version is ${version}; VRM is made of version 2.`);
  const declared = view.getUint32(8, true);
  if (declared > totalBytes) {
    problems.push({
      code: 'glb-truncated',
      message: `The header promises ${declared} bytes, the file has ${totalBytes}: the end is missing.`,
    });
  } else if (declared < totalBytes) {
    problems.push({
      code: 'glb-length',
      message: `The header says ${declared} bytes, the file has ${totalBytes}: ${totalBytes - declared} bytes follow the end.`,
    });
  }
  const jsonStart = HEADER_BYTES + CHUNK_HEADER_BYTES;
  if (bytes.length < jsonStart || view.getUint32(16, true) !== JSON_CHUNK) {
    return fail('glb-json-missing', 'The first chunk of the file is not its JSON.');
  }
  const jsonEnd = jsonStart + view.getUint32(HEADER_BYTES, true);
  if (jsonEnd > bytes.length) {
    return fail(
      'glb-json-missing',
      `The JSON chunk ends at byte ${jsonEnd}, but only ${bytes.length} bytes are there.`,
    );
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(jsonStart, jsonEnd));
    const json: unknown = JSON.parse(text);
    return { json, bin: readBin(bytes, jsonEnd), problems };
  } catch (error) {
    return fail('glb-json-invalid', `The JSON chunk cannot be read: ${reasonOf(error)}`);
  }
}

function readBin(bytes: Uint8Array, at: number): Uint8Array | null {
  const length = binLengthIn(bytes, at);
  const start = at + CHUNK_HEADER_BYTES;
  return length === null ? null : bytes.subarray(start, Math.min(bytes.length, start + length));
}

/** The length in bytes of the binary chunk whose header stands there; `null` where none does. */
export function binLengthIn(bytes: Uint8Array, at: number): number | null {
  if (bytes.length < at + CHUNK_HEADER_BYTES) return null;
  const view = viewOf(bytes);
  return view.getUint32(at + 4, true) === BIN_CHUNK ? view.getUint32(at, true) : null;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
