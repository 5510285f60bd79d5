import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { AppCheckout } from '../adapters/register/checkout.ts';
import { changeAudited } from '../adapters/register/changeAudited.ts';
import { openGrammars } from '../adapters/register/grammars.ts';
import { FolderProduction } from '../adapters/storage/folder.ts';
import { ForgeError, toForgeError } from '../core/errors.ts';
import type { AuditPort } from '../core/ports.ts';
import type { Change } from '../core/register/change.ts';
import {
  type AllowlistPlan,
  diffOf,
  planAllowlists,
  readName,
  versionBefore,
} from '../core/register/plan.ts';
import { plainText } from '../core/untrusted.ts';

export interface RegisterWiring {
  readonly audit: AuditPort;
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
    .action((name: string, flags: Flags & { readonly keep: boolean }) =>
      run(name, flags, (checked) => Promise.resolve({ do: 'register', name: checked, keep: flags.keep })),
    );

  withFlags(program.command('unregister'), "take a model out of the companion app's allowlists").action(
    (name: string, flags: Flags) =>
      run(name, flags, (checked) => Promise.resolve({ do: 'unregister', name: checked })),
  );

  withFlags(
    program.command('rollback'),
    "point the companion app's allowlists at the version before; what is published stays",
  )
    .option('--to <name>', 'the version to go back to (default: the newest before)', nonEmpty)
    .option('--production <dir>', 'the folder of published models, to find the version before', nonEmpty)
    .action((name: string, flags: Flags & { readonly to?: string; readonly production?: string }) =>
      run(name, flags, async (checked, app) => {
        if (flags.to !== undefined) return { do: 'rollback', to: readName(flags.to) };
        const published =
          flags.production === undefined ? [] : await new FolderProduction(flags.production).names();
        return {
          do: 'rollback',
          to: versionBefore(checked, await app.read(), published, await openGrammars()),
        };
      }),
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
    .addHelpText('after', more)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
}

async function change(
  name: string,
  flags: Flags,
  { audit, print, complain }: RegisterWiring,
  changeOf: (name: string, app: AppCheckout) => Promise<Change>,
): Promise<number> {
  try {
    const app = new AppCheckout(flags.app, { go: flags.goList, javascript: flags.jsList });
    const wanted = await changeOf(readName(name), app);
    const plan = planAllowlists(await app.read(), wanted, await openGrammars());
    if (!flags.dryRun && !plan.isDone) {
      await changeAudited(plan, { audit, who: `person ${userInfo().username}`, where: app.folder }, () =>
        app.write(plan),
      );
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
  return code === 'bad-name';
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
  return { outcome, change: plan.change, files, diff: diffOf(plan) };
}

function textOf(plan: AllowlistPlan, isDryRun: boolean): string {
  if (plan.isDone) return 'All is so already.\n';
  const notes = plan.files.flatMap(({ file, copied }) =>
    copied.map((member) => `${file}: look at ${member}, taken over from the entry before\n`),
  );
  return [diffOf(plan), ...notes, isDryRun ? 'Nothing was changed.\n' : 'Written.\n'].join('');
}

function nonEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return value;
}
