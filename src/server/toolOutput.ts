import type { ReceivedBlob } from '../core/ports.ts';

/** What a tool gives back; the handler turns it into an MCP result. */
export interface ToolOutput {
  readonly structured: Record<string, unknown>;
  readonly images?: readonly ReceivedBlob[];
  /** Files a client may read as resources. */
  readonly files?: readonly {
    readonly uri: string;
    readonly name: string;
    readonly mimeType: string;
    readonly size: number;
  }[];
  /** For the audit alone: a fact that is no secret. */
  readonly note?: string;
  /** The file this call wrote to exports/. */
  readonly exported?: { readonly name: string; readonly size: number; readonly sha256: string };
}
