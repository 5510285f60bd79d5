import type { Command } from 'commander';
import { openDesk, placesOf, type RoleFlags, rolesHelp, withRoles } from './roles.ts';
import { untilInterrupted } from './untilInterrupted.ts';

type GcFlags = RoleFlags & { readonly json: boolean };

const more = `
Exit codes: 0 swept; 1 failed; 2 usage. A published file is never removed, nor what a promoter that lives is writing.
${rolesHelp}`;

/** `avatar-forge gc`: removes what promoters that died have left, and journals that are done with. */
export function registerGc(program: Command, env: NodeJS.ProcessEnv): void {
  withRoles(
    program.command('gc').description('remove what dead promoters left, and journals that are done with'),
  )
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', more)
    .action(async (flags: GcFlags) => {
      process.exitCode = await untilInterrupted(flags.json, () => collect(flags, env));
    });
}

async function collect(flags: GcFlags, env: NodeJS.ProcessEnv): Promise<number> {
  const { opener, staging, journals } = openDesk(env);
  const partials: string[] = [];
  for (const kind of ['model', 'animation'] as const) {
    const { production, mirror, cdn } = opener.places(placesOf(flags), kind);
    for (const target of [production, mirror, cdn]) {
      if (target !== null) partials.push(...(await target.sweep()));
    }
  }
  partials.push(...(await staging.sweep()));
  const done = await journals.sweep();
  if (flags.json) process.stdout.write(`${JSON.stringify({ partials, journals: done })}\n`);
  else process.stdout.write(`removed ${partials.length} partial files and ${done.length} journals\n`);
  return 0;
}
