import { type Command, Option } from 'commander';
import type { DialFlags, ListenFlags } from '../agent/main.ts';

const exitCodes = `
Exit codes: 0 ended by a signal, and what --supervise has started is saved; 1 failed; 75 nobody was there for
AVATAR_FORGE_IDLE_MINUTES and the scene is saved; 76 one or the other, but the scene could not be saved.

Address, token, certificate and the rest come from the environment: docs/remote.md. The token is never an argument.`;

/** `avatar-forge agent`: stands beside Blender in a workstation and lets clients from outside reach it. */
export function registerAgent(program: Command): void {
  const agent = program
    .command('agent')
    .description('let clients from outside reach the Blender of this machine');
  agent
    .command('listen')
    .description('wait for them on a port of its own: a WebSocket with TLS and a token')
    .option('--self-signed', 'make a certificate, where none is named in the environment', false)
    .option('--dial', 'connect to a relay as well, as `agent dial` does', false)
    .addOption(superviseOption())
    .addHelpText('after', exitCodes)
    .action(async (flags: ListenFlags) => {
      const { listen } = await import('../agent/main.ts');
      process.exit(await listen({ env: process.env, flags, log }));
    });
  agent
    .command('dial')
    .description('connect to a relay, where they find it (AVATAR_FORGE_RELAY_URL, AVATAR_FORGE_RELAY_KEY)')
    .addOption(superviseOption())
    .addHelpText('after', exitCodes)
    .action(async (flags: DialFlags) => {
      const { dial } = await import('../agent/main.ts');
      process.exit(await dial({ env: process.env, flags, log }));
    });
}

function superviseOption(): Option {
  return new Option('--supervise', 'start Blender with the add-on, and keep it running').default(false);
}

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}
