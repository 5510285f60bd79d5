import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { type Command, Option } from 'commander';
import { AppCheckout } from '../adapters/register/checkout.ts';
import { openProfile } from '../adapters/vrm/openProfile.ts';
import { ForgeError } from '../core/errors.ts';
import { draftPromotion } from '../core/promotion/draft.ts';
import { refuseErrors } from '../core/promotion/failures.ts';
import { kindOf } from '../core/promotion/names.ts';
import type { PromotionPlan } from '../core/promotion/plan.ts';
import type { Gate } from '../core/promotion/ports.ts';
import { promote } from '../core/promotion/promote.ts';
import { namedWarnings, needWord, refuseUnaccepted } from '../core/promotion/word.ts';
import type { AuditPort } from '../core/ports.ts';
import { plainText } from '../core/untrusted.ts';
import { type Profile, PROFILES } from '../core/vrm/profile.ts';
import {
  exitCodeOfRehearsal,
  printPlan,
  printRehearsal,
  printOutcome,
  progressPrinter,
} from './promoteReport.ts';
import { nonEmpty, openDesk, placesOf, type RoleFlags, rolesHelp, withRoles } from './roles.ts';
import { untilInterrupted } from './untilInterrupted.ts';

export interface PromoteWiring {
  readonly gateBy: (profile: Profile) => Gate;
  readonly audit: AuditPort;
  readonly env: NodeJS.ProcessEnv;
}

interface PromoteFlags extends RoleFlags {
  readonly app?: string;
  readonly name?: string;
  readonly exact: boolean;
  readonly profile: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly accept?: string;
  readonly json: boolean;
}

const exitCodes = `
Exit codes: 0 promoted, or already there with the same bytes; 1 failed; 2 usage; 3 refused, for the name holds other bytes;
4 stopped by the gate. What was ended before its end goes on when the same promotion is run again.
${rolesHelp}`;

/** `avatar-forge promote`: publishes an export under a name that never changes. */
export function registerPromote(program: Command, wiring: PromoteWiring): void {
  withRoles(
    program
      .command('promote')
      .description('publish an exported model in production, verified, under a name that never changes')
      .argument('<src>', 'the export, .vrm or .vrma: a file, or REMOTE:BUCKET/PATH'),
  )
    .option('--name <name>', "its name there (default: the export's own)", nonEmpty)
    .option(
      '--app <dir>',
      'a checkout of the companion app, to register the name in its allowlists',
      nonEmpty,
    )
    .option('--exact', 'this name or none; otherwise a taken name moves on to the next -vN', false)
    .option(
      '--profile <profile>',
      "what it is held against: app (the companion app's needs, too), none (the specification's), or a JSON file of your own",
      'app',
    )
    .option('--dry-run', 'show the plan and do nothing', false)
    .option('--yes', 'do not ask', false)
    .addOption(
      new Option(
        '--accept <finding>',
        'publish in spite of this warning, for which --yes alone does not answer',
      ).choices(namedWarnings),
    )
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', exitCodes)
    .action(async (src: string, flags: PromoteFlags) => {
      process.exitCode = await untilInterrupted(flags.json, (signal) =>
        planAndRun(src, flags, wiring, signal),
      );
    });
}

async function planAndRun(
  src: string,
  { name, exact, profile, ...flags }: PromoteFlags,
  wiring: PromoteWiring,
  signal: AbortSignal,
): Promise<number> {
  const { opener, staging, journals } = openDesk(wiring.env);
  const isModel = kindOf(src) === 'model'; // only models are chosen by users
  const held = profile === 'none' ? PROFILES.spec : await openProfile(profile);
  const ports = {
    gate: wiring.gateBy(held),
    places: opener.places(placesOf(flags), kindOf(src)),
    register: isModel && flags.app !== undefined ? new AppCheckout(flags.app) : null,
  };
  const options = { signal, onProgress: flags.json ? undefined : progressPrinter(process.stderr) };
  const source = opener.source(src);
  const draft = await draftPromotion(
    { name, exact, profile: profile === 'none' ? profile : held.name },
    { ...ports, source, staging },
    options,
  );
  try {
    const { plan } = draft;
    if (!flags.json) printPlan(plan);
    if (flags.dryRun) refuseErrors(plan.source.place, plan.findings);
    const isFit = plan.findings.every(({ severity }) => severity !== 'error'); // else there is nothing to ask
    if (flags.yes && isFit) refuseUnaccepted(plan.source.place, plan.findings, flags.accept);
    if (flags.dryRun) {
      printRehearsal(plan, flags.json);
      return exitCodeOfRehearsal(plan);
    }
    if (!flags.yes && isFit) await confirm(plan, flags, signal);
    const told = { audit: wiring.audit, who: `person ${userInfo().username}` };
    const journal = await journals.open(plan);
    const done = await promote(plan, { ...ports, ...told, source: draft.source, journal }, options);
    printOutcome(done, flags.json);
    return 0;
  } finally {
    await draft.discard();
  }
}

async function confirm(
  plan: PromotionPlan,
  { json, accept }: Pick<PromoteFlags, 'json' | 'accept'>,
  signal: AbortSignal,
): Promise<void> {
  const open = needWord(plan.findings).filter(({ code }) => code !== accept);
  if (json || !process.stdin.isTTY) {
    const more = open.map(({ code }) => `, and --accept ${code} if you may publish it`);
    throw new ForgeError(
      'not-confirmed',
      'Publishing is for ever and nobody is here to confirm it.',
      `Look at it with --dry-run, then add --yes${more.join('')}.`,
    );
  }
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const inSpite = open.map(({ message }) => `${plainText(message)} If you may publish it all the same: `);
    const question = `${inSpite.join('')}Publish ${plan.expected.name} in ${plan.copies[0]?.place ?? ''}, for ever? [y/N] `;
    const answer = await ask.question(question, { signal }).catch(() => 'no'); // whoever leaves with Ctrl-C or Ctrl-D says no
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    ask.close();
  }
  throw new ForgeError('cancelled', 'Nothing was published.', 'Promote again when you are ready.');
}
