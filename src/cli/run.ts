import type { Command } from 'commander';
import { type ForgeError, toForgeError } from '../core/errors.ts';

/** Runs a command line; its failure is a sentence, what to do, and exit code 1. */
export async function run(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (thrown) {
    const error: ForgeError = toForgeError(
      thrown,
      'internal',
      'This is a defect of Avatar Forge',
      'Please report it.',
    );
    process.stderr.write(`avatar-forge: ${error.code}: ${error.message}\n→ ${error.next}\n`);
    process.exitCode = 1;
  }
}
