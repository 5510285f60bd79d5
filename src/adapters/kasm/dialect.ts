import type { z } from 'zod';
import type { KasmCall } from '../../core/kasm/errors.ts';
import type { ListedSession } from '../../core/kasm/sessions.ts';
import type { KasmImage, KasmStatus, KasmUser, Launched } from './answers.ts';

export interface KasmKey {
  readonly key: string;
  readonly secret: string;
}

export interface KasmRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What the answers to calls come to, whichever revision gave them. */
export interface KasmAnswers {
  readonly images: z.ZodType<readonly KasmImage[]>;
  readonly users: z.ZodType<readonly KasmUser[]>;
  readonly sessions: z.ZodType<readonly ListedSession[]>;
  readonly launched: z.ZodType<Launched>;
  readonly status: z.ZodType<KasmStatus>;
  readonly keptAlive: z.ZodType<{ readonly usageReached: boolean }>;
}

/** A revision of the Developer API. Names of endpoints and members and the places of secrets are known here and nowhere else. */
export interface KasmDialect {
  /** For people: which revision it is. */
  readonly name: string;
  request(call: KasmCall, members: Readonly<Record<string, unknown>>, key: KasmKey): KasmRequest;
  readonly answers: KasmAnswers;
  /** Why an answer is a refusal; null: it is none, or does not say. */
  refusal(status: number, json: unknown): string | null;
  /** The permissions that a key needs for a call, by the names of the page where they are granted. */
  permission(call: KasmCall): string;
}
