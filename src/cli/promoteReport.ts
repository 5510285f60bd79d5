import type { ForgeError } from '../core/errors.ts';
import { whereTaken } from '../core/promotion/failures.ts';
import type { LeftOut, PromotionPlan } from '../core/promotion/plan.ts';
import type { Guarantee } from '../core/promotion/ports.ts';
import type { PromotionOutcome } from '../core/promotion/promote.ts';
import type { Settlement } from '../core/promotion/settle.ts';
import type { PromotionProgress } from '../core/promotion/steps.ts';
import type { Difference } from '../core/promotion/summary.ts';
import { diffOf } from '../core/register/plan.ts';
import { plainText } from '../core/untrusted.ts';
import { condenseInfos } from '../core/vrm/condense.ts';
import type { Finding } from '../core/vrm/finding.ts';

/** What `avatar-forge promote` prints: the answer on stdout, everything else on stderr. */

/** The exit code of a rehearsal: what the promotion's would be. */
export function exitCodeOfRehearsal({ expected }: PromotionPlan): number {
  return expected.state === 'taken' ? 3 : 0;
}

/** What a command line was not to say. */
export const usageCodes: readonly string[] = [
  'bad-name',
  'bad-profile',
  'bad-remote-path',
  'bad-public-url',
  'bad-s3-settings',
  'name-looks-alike',
  'not-confirmed',
];

export function exitCodeOf(error: ForgeError): number {
  if (usageCodes.includes(error.code)) return 2;
  if (error.code === 'name-taken') return 3;
  return error.code === 'gate-refused' || error.code === 'not-accepted' ? 4 : 1;
}

export function printError(error: ForgeError, json: boolean): void {
  const { code, message, next, data } = error;
  if (json) printJson({ error: { code, message, next, data } });
  else process.stderr.write(`avatar-forge: ${code}: ${plainText(message)}\n→ ${plainText(next)}\n`);
}

export function printPlan(plan: PromotionPlan): void {
  const { source, expected, profile, previous } = plan;
  const row = (label: string, text: string): string => `${label.padEnd(11)}${plainText(text)}\n`;
  const stored = source.stored === null ? '' : `, and its ${source.stored.algorithm} as stored`;
  const rows = [
    row('from', `${source.place} (${source.size} bytes, sha256 ${source.sha256}${stored})`),
    row('name', `${expected.name}: ${whatOf(expected)}`),
    ...plan.copies.map(({ role, place, guarantee }) => row(role, `${place} (${guarantees[guarantee]})`)),
    ...(plan.publicUrl === null ? [] : [row('served', plan.publicUrl)]),
    ...plan.leftOut.map((role) => row('left out', omissions[role])),
    row('profile', profile),
    ...(previous === null ? [] : [row('before', previous.name)]),
    ...plan.differences.map((one) => row('', differenceText(one))),
    ...(plan.register?.edits ?? []).map(({ file }) => row('edits', file)),
    ...keptLists(plan.register?.newer ?? null).map((text) => row('lists', text)),
  ];
  process.stderr.write(rows.join('') + diffOf(plan.register?.edits ?? []));
  printFindings(plan.findings);
}

export function printRehearsal(plan: PromotionPlan, json: boolean): void {
  if (json) printJson({ outcome: 'rehearsed', expected: plan.expected, plan });
  else process.stdout.write(`${plan.expected.name}: ${whatOf(plan.expected)} (nothing was changed)\n`);
  if (plan.expected.state === 'taken' && !json) process.stderr.write(`→ ${whereTaken}\n`);
}

export function printOutcome(done: PromotionOutcome, json: boolean): void {
  if (json) {
    printJson(done);
    return;
  }
  const word = done.outcome === 'promoted' ? 'promoted' : 'already there with the same bytes';
  const copies = done.copies
    .slice(1)
    .map(({ role, state }) => `, ${role} ${state === 'published' ? 'written' : 'had it'}`);
  process.stdout.write(
    `${done.name}: ${word}, sha256 ${done.sha256}, ${done.size} bytes${copies.join('')}\n`,
  );
  if (done.served !== null) process.stdout.write(`served as ${done.served.url}\n`);
  for (const text of keptLists(done.newerListed)) process.stdout.write(`allowlists: ${plainText(text)}\n`);
}

const guarantees: Readonly<Record<Guarantee, string>> = {
  link: 'a name is given once: link(2)',
  'conditional-put': 'a name is given once: the server refuses a second PUT',
  'look-first':
    'the server cannot keep names: looked at before and read back after, but two at the same moment could collide',
};

const omissions: Readonly<Record<LeftOut, string>> = {
  mirror: 'no mirror: production has the only copy of ours',
  cdn: 'no CDN: the file is reached where production is, and nowhere else',
  'public-url': 'no public URL: what everybody is served is not looked at',
  register: 'no checkout of the companion app: its allowlists stay as they are',
};

/** At most one line. */
function keptLists(newer: string | null): readonly string[] {
  if (newer === null) return [];
  return [`left as they are, for they name ${newer}, which is newer (avatar-forge register goes back)`];
}

function differenceText(difference: Difference): string {
  switch (difference.what) {
    case 'expressions': {
      const parts = [
        ...difference.added.map((one) => `+${one}`),
        ...difference.removed.map((one) => `-${one}`),
      ];
      return `expressions ${parts.join(' ')}`;
    }
    case 'license':
      return `licence ${difference.permission ?? ''} ${String(difference.before)} → ${String(difference.after)}`;
    case 'bytes':
    case 'triangles':
    case 'materials':
    case 'bones':
    case 'textures':
    case 'texturePixels':
      return `${difference.what} ${difference.before} → ${difference.after}`;
  }
}

/** One line that is written over: the step and how much of it is done. */
export function progressPrinter(to: NodeJS.WriteStream): ((progress: PromotionProgress) => void) | undefined {
  if (!to.isTTY) return undefined;
  return ({ step, bytes, total }) => {
    const percent = total === 0 ? '' : ` ${Math.floor((100 * bytes) / total)} %`;
    to.write(`\r\u001b[K${step}${percent}${bytes === total ? '\r\u001b[K' : ''}`);
  };
}

function whatOf({ state }: Settlement): string {
  if (state === 'free') return 'free';
  return state === 'same' ? 'already there with the same bytes' : 'taken by other bytes';
}

function printFindings(findings: readonly Finding[]): void {
  for (const { severity, code, message, next } of condenseInfos(findings)) {
    process.stderr.write(`${severity} ${code}: ${plainText(message)}\n  → ${plainText(next)}\n`);
  }
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
