import type { Command } from 'commander';

interface ListenFlags {
  readonly selfSigned: boolean;
}

const exitCodes = `
Exit codes: 0 ended by a signal; 1 failed; 75 nobody was there for AVATAR_FORGE_IDLE_MINUTES and the scene is saved; 76 the same,
but the scene could not be saved.

Address, token, certificate and the rest come from the environment: docs/remote.md. The token is never an argument.`;

/** `avatar-forge agent`: stands beside Blender in a workstation and lets clients from outside reach it. */
export function registerAgent(program: Command): void {
  program
    .command('agent')
    .description('let clients from outside reach the Blender of this machine')
    .command('listen')
    .description('wait for them on a port of its own: a WebSocket with TLS and a token')
    .option('--self-signed', 'make a certificate, where none is named in the environment', false)
    .addHelpText('after', exitCodes)
    .action(async (flags: ListenFlags) => {
      const { listen } = await import('../agent/main.ts');
      const code = await listen({
        env: process.env,
        flags,
        log: (line) => process.stderr.write(`${new Date().toISOString()} ${line}\n`),
      });
      process.exit(code);
    });
}
