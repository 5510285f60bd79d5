export type Health = 'ok' | 'warning' | 'error' | 'skipped';

/** One thing looked at: how it is, and what to do where it is not well. */
export interface Diagnosis {
  readonly subject: string;
  readonly health: Health;
  readonly says: string;
  /** What mends it; null where nothing needs mending. */
  readonly mend: string | null;
}
