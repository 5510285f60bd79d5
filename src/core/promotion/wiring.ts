import type { AuditPort } from '../ports.ts';
import type { Journal } from './journal.ts';
import type { Gate, Places, PromotionBytes, Register, Source, Staging } from './ports.ts';
import type { PromotionProgress } from './steps.ts';

/** What a promotion is given to work with. */

export interface DraftPorts {
  readonly source: Source;
  readonly places: Places;
  readonly gate: Gate;
  /** The companion app's allowlists; null without a checkout. */
  readonly register: Register | null;
  /** Where bytes that are not on this machine are fetched to. */
  readonly staging: Staging;
}

export interface PromotionPorts {
  readonly source: PromotionBytes;
  readonly places: Places;
  readonly gate: Gate;
  readonly register: Register | null;
  readonly journal: Journal;
  readonly audit: AuditPort;
  readonly who: string;
}

export interface PromotionOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called at least 5 times a second while bytes flow, and at the start of every step. */
  readonly onProgress?: ((progress: PromotionProgress) => void) | undefined;
}
