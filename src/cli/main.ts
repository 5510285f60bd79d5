#!/usr/bin/env node
import { Command } from 'commander';
import { findInstallation } from '../adapters/home.ts';
import { ForgeError, toForgeError } from '../core/errors.ts';
import { registerMcp } from './mcp.ts';

const program = new Command('avatar-forge')
  .description('From a prompt to a promoted VRM avatar.')
  .version(findInstallation(import.meta.dirname).version)
  .showHelpAfterError();

registerMcp(program);

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
