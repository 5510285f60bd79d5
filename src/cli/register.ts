import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { AppCheckout } from '../adapters/register/checkout.ts';
import { changeAudited } from '../adapters/register/changeAudited.ts';
import { ForgeError, toForgeError } from '../core/errors.ts';
import type { AuditPort } from '../core/ports.ts';
import { versionsOf } from '../core/promotion/names.ts';
import type { Change } from '../core/register/change.ts';
import { type AllowlistPlan, changeBack, diffOf, editsOf, readName } from '../core/register/plan.ts';
import { plainText } from '../core/untrusted.ts';
import { usageCodes } from './promoteReport.ts';
import { nonEmpty, openDesk } from './roles.ts';

export interface RegisterWiring {
  readonly audit: AuditPort;
  readonly env: NodeJS.ProcessEnv;
  /** The answer on stdout, everything else on stderr. */
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

interface Flags {
  readonly app: string;
  readonly goList?: string;
  readonly jsList?: string;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const more = `
Exit codes: 0 done, or so already; 1 failed, and nothing was written; 2 usage.

The lists are AllowedAvatarModels in internal/database/database.go, and the list of models in static/js/avatar.js. The rest of both
files stays as it is, and the same command again changes nothing.`;

/** `avatar-forge register`, `unregister` and `rollback`: the allowlists in a checkout of the companion app. */
export function registerRegister(program: Command, wiring: RegisterWiring): void {
  const run = async (
    name: string,
    flags: Flags,
    changeOf: (name: string, app: AppCheckout) => Promise<Change>,
  ): Promise<void> => {
    process.exitCode = await change(name, flags, wiring, changeOf);
  };

  withFlags(
    program.command('register'),
    "point the companion app's allowlists at a published model, or add it",
  )
    .option('--keep', 'leave the versions before in the lists', false)
    .option('--production <place>', 'where models are published, to see that it is one of them', nonEmpty)
    .action((typed: string, flags: Flags & { readonly keep: boolean; readonly production?: string }) =>
      run(typed, flags, async (name) => {
        await publishedIn(flags.production, wiring.env, name);
        return { kind: 'register', name, keep: flags.keep };
      }),
    );

  withFlags(program.command('unregister'), "take a model out of the companion app's allowlists").action(
    (typed: string, flags: Flags) =>
      run(typed, flags, (name) => Promise.resolve({ kind: 'unregister', name })),
  );

  withFlags(
    program.command('rollback'),
    "point the companion app's allowlists at the version before; what is published stays",
  )
    .option('--to <name>', 'the version to go back to (default: the newest before)', nonEmpty)
    .option('--production <place>', 'where models are published, to find the version before', nonEmpty)
    .action((typed: string, flags: Flags & { readonly to?: string; readonly production?: string }) =>
      run(typed, flags, async (name, app) => {
        const to = flags.to === undefined ? undefined : readName(flags.to);
        const published = await publishedIn(flags.production, wiring.env, to);
        return changeBack(name, await app.names(), published, to);
      }),
    );
}

/** None where it is not known where. Error: `not-published` where `needed` is not among them. */
async function publishedIn(
  place: string | undefined,
  env: NodeJS.ProcessEnv,
  needed: string | undefined,
): Promise<readonly string[]> {
  if (place === undefined) return [];
  const { production } = openDesk(env).opener.places({ production: place }, 'model');
  const names = await production.names();
  if (needed === undefined || names.includes(needed)) return names;
  const versions = versionsOf(needed, names);
  throw new ForgeError(
    'not-published',
    `${needed} is not published in ${production.place}. Nothing was changed.`,
    versions.length === 0
      ? 'Promote it first, or mend the name.'
      : `Name one that is: ${versions.join(', ')}; or promote it first.`,
  );
}

function withFlags(command: Command, description: string): Command {
  return command
    .description(description)
    .argument('<name>', 'the published name, such as Companion-A-v2.vrm')
    .requiredOption('--app <dir>', 'a checkout of the companion app', nonEmpty)
    .option('--go-list <name>', 'the list in Go, where it is not AllowedAvatarModels', nonEmpty)
    .option('--js-list <name>', 'the list in JavaScript, where there are several', nonEmpty)
    .option('--dry-run', 'show the diff and change nothing', false)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', more);
}

async function change(
  name: string,
  flags: Flags,
  { audit, print, complain }: RegisterWiring,
  changeOf: (name: string, app: AppCheckout) => Promise<Change>,
): Promise<number> {
  try {
    const app = new AppCheckout(flags.app, { go: flags.goList, javascript: flags.jsList });
    const plan = await app.plan(await changeOf(readName(name), app));
    const edits = editsOf(plan);
    if (!flags.dryRun && !plan.isDone) {
      const told = { audit, who: `person ${userInfo().username}`, where: app.place };
      await changeAudited({ change: plan.change, edits }, told, () => app.apply(edits));
    }
    if (flags.json) print(`${JSON.stringify(answerOf(plan, flags.dryRun))}\n`);
    else print(textOf(plan, flags.dryRun));
    return 0;
  } catch (thrown) {
    const error = toForgeError(thrown, 'internal', 'This is a defect of Avatar Forge', 'Please report it.');
    if (flags.json)
      print(`${JSON.stringify({ error: { code: error.code, message: error.message, next: error.next } })}\n`);
    else complain(`avatar-forge: ${error.code}: ${plainText(error.message)}\n→ ${plainText(error.next)}\n`);
    return isUsage(error) ? 2 : 1;
  }
}

function isUsage({ code }: ForgeError): boolean {
  return code === 'other-model' || code === 'not-a-model' || usageCodes.includes(code);
}

function answerOf(plan: AllowlistPlan, isDryRun: boolean): object {
  const outcome = plan.isDone ? 'already-so' : isDryRun ? 'rehearsed' : 'changed';
  const files = plan.files.map(({ file, list, before, after, copied }) => ({
    file,
    list,
    before,
    after,
    copied,
  }));
  return { outcome, change: plan.change, files, diff: diffOf(editsOf(plan)) };
}

/** Nothing changes; who took one name for another sees it. */
function doneText({ change, files }: AllowlistPlan): string {
  const listed = [...new Set(files.flatMap(({ before }) => before))];
  switch (change.kind) {
    case 'register':
      return `Both lists name ${change.name} already.`;
    case 'replace':
      return `Both lists name ${change.to} already.`;
    case 'unregister': {
      const versions = versionsOf(change.name, listed);
      return `Neither list names ${change.name}${versions.length === 0 ? '' : `, but ${versions.join(', ')}`}.`;
    }
  }
}

function textOf(plan: AllowlistPlan, isDryRun: boolean): string {
  if (plan.isDone) return `${doneText(plan)}\n`;
  const notes = plan.files.flatMap(({ file, copied }) =>
    copied.map((member) => `${file}: look at ${member}, taken over from the entry before\n`),
  );
  return [diffOf(editsOf(plan)), ...notes, isDryRun ? 'Nothing was changed.\n' : 'Written.\n'].join('');
}
