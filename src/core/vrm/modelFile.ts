import { binLengthIn, CHUNK_HEADER_BYTES, type Glb, prefixBytesForJson, readGlb } from './glb.ts';

/** A file whose bytes can be had from any place in it. */
export interface ModelFile {
  /** Bytes. */
  readonly size: number;
  /** Fills `into` with the bytes from `at` on. Rejects where the file has fewer. */
  read(into: Uint8Array, at: number): Promise<void>;
}

/** The beginning of a file, up to where its binary data start. */
export interface ModelStart {
  /** Header, JSON chunk and the header of the binary chunk. */
  readonly bytes: Uint8Array;
  /** Without problems, and without binary data. */
  readonly glb: Glb;
  /** The length of the binary chunk, in bytes; it ends with the file. */
  readonly binLength: number;
}

/** `null` for all but a sound GLB of two chunks. Rejects where the file cannot be read. */
export async function readStart(file: ModelFile): Promise<ModelStart | null> {
  const first = await bytesAt(file, 0, prefixBytesForJson(new Uint8Array()));
  if (first === null) return null;
  const jsonEnd = prefixBytesForJson(first);
  const bytes = await bytesAt(file, 0, jsonEnd + CHUNK_HEADER_BYTES);
  if (bytes === null) return null;
  const glb = readGlb(bytes, file.size);
  const binLength = binLengthIn(bytes, jsonEnd);
  if (binLength === null || bytes.length + binLength !== file.size) return null;
  const isSound = glb.json !== undefined && glb.problems.length === 0;
  return isSound && jsonEnd % 4 === 0 && binLength % 4 === 0 ? { bytes, glb, binLength } : null;
}

/** `null` where the file ends before. */
export async function bytesAt(file: ModelFile, at: number, length: number): Promise<Uint8Array | null> {
  if (at + length > file.size) return null;
  const bytes = new Uint8Array(length);
  await file.read(bytes, at);
  return bytes;
}
