import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

/** What tool calls cost: bytes of requests and results, and the characters that a model writes and reads. */
export interface Cost {
  readonly calls: number;
  readonly bytes: number;
  readonly written: number;
  readonly read: number;
  /** Pictures in the results: in `bytes`, but not in `read`; what they cost a model depends on the model. */
  readonly pictures: number;
}

export const noCost: Cost = { calls: 0, bytes: 0, written: 0, read: 0, pictures: 0 };

export function costOf(request: { name: string; arguments: object }, result: CallToolResult): Cost {
  const texts = result.content.map((part) => (part.type === 'text' ? part.text.length : 0));
  const sent = JSON.stringify(request);
  return {
    calls: 1,
    bytes: Buffer.byteLength(sent) + Buffer.byteLength(JSON.stringify(result)),
    written: sent.length,
    read: texts.reduce((sum, length) => sum + length, 0),
    pictures: result.content.filter(({ type }) => type === 'image').length,
  };
}

export function plus(a: Cost, b: Cost): Cost {
  return {
    calls: a.calls + b.calls,
    bytes: a.bytes + b.bytes,
    written: a.written + b.written,
    read: a.read + b.read,
    pictures: a.pictures + b.pictures,
  };
}

/** By the rule of thumb of four characters a token. */
export const tokens = ({ written, read }: Pick<Cost, 'written' | 'read'>): number =>
  Math.round((written + read) / 4);
