import { newerVersionIn } from './names.ts';
import type { AllowlistEdit, Register } from './ports.ts';

/** What a promotion does to the allowlists. */
export interface Registration {
  readonly edits: readonly AllowlistEdit[];
  /** A version that the allowlists name already and that is newer: then they stay as they are. Null where there is none. */
  readonly newer: string | null;
}

/**
 * Points the allowlists at a promoted name, but never back: promoting old bytes once more, as a repeated job does, takes no newer
 * version from users. Going back is asked for by its own commands. Errors: those of {@link Register}.
 */
export async function registrationOf(register: Register, name: string): Promise<Registration> {
  const newer = newerVersionIn(await register.names(), name);
  return { edits: newer === null ? await register.edits({ kind: 'register', name }) : [], newer };
}
