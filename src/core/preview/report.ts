/** What the preview page is told about a model: findings by a profile, figures against the web's budget. */
import type { PreviewReport } from '../../protocol/preview.ts';
import { plainText } from '../untrusted.ts';
import { checkVrm } from '../vrm/check.ts';
import type { Report } from '../vrm/check.ts';
import { condenseInfos } from '../vrm/condense.ts';
import { isDead } from '../vrm/effects.ts';
import type { Facts } from '../vrm/facts.ts';
import { PROFILES } from '../vrm/profile.ts';

/** A page shows no more; there are the Problems panel and the command line for the rest. */
const MOST_FINDINGS = 200;

/** By the app's profile. Never throws on account of the bytes. */
export function previewReport(bytes: Uint8Array): PreviewReport {
  return previewReportOf(checkVrm(bytes, { profile: PROFILES.app }), bytes.length);
}

/** The same of a check that was made, by whatever profile. */
export function previewReportOf({ findings, facts }: Report, sizeBytes: number): PreviewReport {
  return {
    findings: condenseInfos(findings)
      .slice(0, MOST_FINDINGS)
      .map(({ code, severity, message, next, where }) => ({
        code,
        severity,
        message: plainText(message, 400),
        next: plainText(next, 400),
        where,
      })),
    expressions: (facts?.expressions ?? []).map(({ name, effect }) => ({
      name,
      dead: isDead(effect),
      maxDeltaM: effect.maxDeltaM,
      vertices: effect.vertices,
      materialBinds: effect.materialBinds + effect.textureBinds,
    })),
    budget: PROFILES.web.budget,
    licence: facts === null ? [] : licenceOf(facts),
    sizeBytes,
  };
}

function licenceOf({ meta }: Facts): readonly (readonly [string, string])[] {
  const lines: readonly (readonly [string, string | null])[] = [
    ['Name', meta.name],
    ['Version', meta.version],
    ['Authors', meta.authors.join(', ')],
    ['Copyright', meta.copyright],
    ['Contact', meta.contact],
    ['References', meta.references.join(', ')],
    ['Licence', meta.license],
    ['Other licence', meta.otherLicenseUrl],
    ...Object.entries(meta.permissions).map(([name, value]): [string, string] => [
      wordsOf(name),
      typeof value === 'boolean' ? (value ? 'yes' : 'no') : wordsOf(value),
    ]),
  ];
  return lines.flatMap(([label, text]) =>
    text === null || text === '' ? [] : [[label, plainText(text, 500)] as const],
  );
}

/** `allowExcessivelyViolentUsage` → `Allow excessively violent usage`. */
function wordsOf(name: string): string {
  const words = plainText(name, 200)
    .replaceAll(/(?<=[a-z])(?=[A-Z])|_/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
