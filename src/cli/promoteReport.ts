import type { ForgeError } from '../core/errors.ts';
import type { PromotionPlan, Settlement } from '../core/promotion/plan.ts';
import type { PromotionOutcome, Rehearsal } from '../core/promotion/promote.ts';
import type { PromotionProgress } from '../core/promotion/steps.ts';
import { plainText } from '../core/untrusted.ts';
import type { Finding } from '../core/vrm/finding.ts';

/** What `avatar-forge promote` prints: the answer on stdout, everything else on stderr. */

/** The exit code of a rehearsal: what the promotion's would be. */
export function exitCodeOfRehearsal({ expected }: Rehearsal): number {
  return expected.state === 'taken' ? 3 : 0;
}

const usageCodes = ['bad-name', 'bad-remote-path', 'name-looks-alike', 'not-confirmed'];

export function exitCodeOf(error: ForgeError): number {
  if (usageCodes.includes(error.code)) return 2;
  if (error.code === 'name-taken') return 3;
  return error.code === 'gate-refused' ? 4 : 1;
}

export function printError(error: ForgeError, json: boolean): void {
  const { code, message, next, data } = error;
  if (json) printJson({ error: { code, message, next, data } });
  else process.stderr.write(`avatar-forge: ${code}: ${plainText(message)}\n→ ${plainText(next)}\n`);
}

export function printPlan(plan: PromotionPlan): void {
  const { source, production, expected, profile } = plan;
  const hash = `${source.digest.algorithm} ${source.digest.hex}${source.digestFrom === 'read' ? ', read' : ''}`;
  process.stderr.write(
    [
      `from     ${source.place} (${source.size} bytes, ${hash})`,
      `to       ${production.place}`,
      `name     ${expected.name}: ${whatOf(expected)}`,
      `profile  ${profile}`,
      '',
    ].join('\n'),
  );
}

export function printRehearsal(plan: PromotionPlan, found: Rehearsal, json: boolean): void {
  if (json) {
    printJson({ outcome: 'rehearsed', plan, ...found });
    return;
  }
  printFindings(found.findings);
  process.stdout.write(`${found.expected.name}: ${whatOf(found.expected)} (nothing was changed)\n`);
}

export function printOutcome(done: PromotionOutcome, json: boolean): void {
  if (json) {
    printJson(done);
    return;
  }
  printFindings(done.findings);
  const word = done.outcome === 'promoted' ? 'promoted' : 'already there with the same bytes';
  process.stdout.write(`${done.name}: ${word}, sha256 ${done.sha256}, ${done.size} bytes\n`);
}

/** One line that is written over: the step and how much of it is done. */
export function progressPrinter(to: NodeJS.WriteStream): ((progress: PromotionProgress) => void) | undefined {
  if (!to.isTTY) return undefined;
  return ({ step, bytes, total }) => {
    const percent = total === 0 ? '' : ` ${Math.floor((100 * bytes) / total)} %`;
    to.write(`\r\u001b[K${step}${percent}${step === 'seal' ? '\r\u001b[K' : ''}`);
  };
}

function whatOf({ state }: Settlement): string {
  if (state === 'free') return 'free';
  return state === 'same' ? 'already there with the same bytes' : 'taken by other bytes';
}

function printFindings(findings: readonly Finding[]): void {
  for (const { severity, code, message, next } of findings) {
    process.stderr.write(`${severity} ${code}: ${plainText(message)}\n  → ${plainText(next)}\n`);
  }
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
