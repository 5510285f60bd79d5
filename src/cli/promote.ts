import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { FolderProduction } from '../adapters/storage/folder.ts';
import { LocalSource } from '../adapters/storage/localSource.ts';
import { openRclone } from '../adapters/storage/rclone.ts';
import { isRemotePath } from '../adapters/storage/rcloneCommands.ts';
import { RcloneSource } from '../adapters/storage/rcloneSource.ts';
import { ForgeError, toForgeError } from '../core/errors.ts';
import { planPromotion, type PromotionPlan } from '../core/promotion/plan.ts';
import type { Gate, PromotionProfile, Source } from '../core/promotion/ports.ts';
import { promote, rehearse } from '../core/promotion/promote.ts';
import type { AuditPort } from '../core/ports.ts';
import {
  exitCodeOf,
  exitCodeOfRehearsal,
  printError,
  printPlan,
  printRehearsal,
  printOutcome,
  progressPrinter,
} from './promoteReport.ts';

export interface PromoteWiring {
  readonly gate: Gate;
  readonly audit: AuditPort;
  readonly env: NodeJS.ProcessEnv;
}

interface PromoteFlags {
  readonly name?: string;
  readonly exact: boolean;
  readonly production: string;
  readonly profile: PromotionProfile;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly json: boolean;
}

const exitCodes = `
Exit codes: 0 promoted, or already there with the same bytes; 1 failed; 2 usage; 3 refused, for the name holds other bytes;
4 stopped by the gate.

SRC is a file, or REMOTE:BUCKET/PATH of rclone's, whose settings and keys come from rclone.conf or from RCLONE_CONFIG_<REMOTE>_*
in the environment. AVATAR_FORGE_RCLONE names the rclone to use (1.72 or newer).`;

/** `avatar-forge promote`: publishes an export under a name that never changes. */
export function registerPromote(program: Command, wiring: PromoteWiring): void {
  program
    .command('promote')
    .description('publish an exported model in production, verified, under a name that never changes')
    .argument('<src>', 'the export: a file, or REMOTE:BUCKET/PATH')
    .requiredOption(
      '--production <dir>',
      'the folder it is published in, such as a mounted NFS share',
      nonEmpty,
    )
    .option('--name <name>', "its name there (default: the export's own)", nonEmpty)
    .option('--exact', 'this name or none; otherwise a taken name moves on to the next -vN', false)
    .addOption(
      new Option(
        '--profile <profile>',
        "what it is held against: the companion app's needs too, or the specification's",
      )
        .choices(['app', 'none'])
        .default('app'),
    )
    .option('--dry-run', 'do everything short of publishing', false)
    .option('--yes', 'do not ask', false)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', exitCodes)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .action(async (src: string, flags: PromoteFlags) => {
      process.exitCode = await runPromote(src, flags, wiring);
    });
}

async function runPromote(src: string, flags: PromoteFlags, wiring: PromoteWiring): Promise<number> {
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
  try {
    return await planAndRun(src, flags, wiring, interrupt.signal);
  } catch (thrown) {
    const error = toForgeError(thrown, 'internal', 'This is a defect of Avatar Forge', 'Please report it.');
    printError(error, flags.json);
    return exitCodeOf(error);
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
  }
}

async function planAndRun(
  src: string,
  { name, exact, profile, ...flags }: PromoteFlags,
  wiring: PromoteWiring,
  signal: AbortSignal,
): Promise<number> {
  const source = await openSource(src, wiring.env);
  const production = new FolderProduction(flags.production);
  const plan = await planPromotion({ name, exact, profile }, { source, production }, signal);
  if (!flags.json) printPlan(plan);
  const ports = { ...wiring, source, production };
  const options = { signal, onProgress: flags.json ? undefined : progressPrinter(process.stderr) };
  if (flags.dryRun) {
    const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-rehearsal-'));
    try {
      const found = await rehearse(plan, { ...ports, scratch: new FolderProduction(folder) }, options);
      printRehearsal(plan, found, flags.json);
      return exitCodeOfRehearsal(found);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  if (!flags.yes) await confirm(plan, flags.json);
  printOutcome(await promote(plan, { ...ports, who: `person ${userInfo().username}` }, options), flags.json);
  return 0;
}

async function openSource(src: string, env: NodeJS.ProcessEnv): Promise<Source> {
  if (!isRemotePath(src)) return new LocalSource(src);
  return new RcloneSource(await openRclone({ env }), src);
}

async function confirm(plan: PromotionPlan, json: boolean): Promise<void> {
  if (json || !process.stdin.isTTY) {
    throw new ForgeError(
      'not-confirmed',
      'Publishing is for ever and nobody is here to confirm it.',
      'Look at it with --dry-run, then add --yes.',
    );
  }
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await ask.question(
      `Publish ${plan.expected.name} in ${plan.production.place}, for ever? [y/N] `,
    );
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    ask.close();
  }
  throw new ForgeError('cancelled', 'Nothing was published.', 'Promote again when you are ready.');
}

function nonEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return value;
}
