import { type Command, Option } from 'commander';
import { fetchModel, openModel } from '../adapters/vrm/openModel.ts';
import { openProfile } from '../adapters/vrm/openProfile.ts';
import { ForgeError, toForgeError } from '../core/errors.ts';
import { plainText } from '../core/untrusted.ts';
import type { Report } from '../core/vrm/check.ts';
import { condenseInfos } from '../core/vrm/condense.ts';
import type { Facts } from '../core/vrm/facts.ts';
import type { Profile } from '../core/vrm/profile.ts';
import { type CheckedFile, sarifOf } from '../core/vrm/sarif.ts';
import { checkReading, checkWhole, type GltfValidator } from '../core/vrm/validator.ts';

export interface ValidateWiring {
  readonly validator: GltfValidator;
  readonly version: string;
  /** The answer, and what is wrong beside it: standard output and standard error. */
  readonly print: (text: string) => void;
  readonly complain: (text: string) => void;
}

export interface ValidateFlags {
  readonly profile: string;
  readonly whole: boolean;
  readonly json: boolean;
  readonly sarif: boolean;
}

const more = `
Exit codes: 0 no errors; 1 errors; 2 a file that cannot be read, or usage.

Of a URL only the beginning is fetched, where its server gives parts: then pictures, weights and Khronos' validator are left out.
A profile of your own is JSON: {"name", "description", "requiredExpressions", "severities": {CODE: "error" | "warning" | "info" |
"off"}, "budget": {"triangles", "materials", "bones", "textureMiB"}}; what is missing is as in "spec". Codes: docs/rules.md, and
those of Khronos' validator as gltf:CODE.`;

/** `avatar-forge validate`: checks VRM files by every rule. */
export function registerValidate(program: Command, wiring: ValidateWiring): void {
  program
    .command('validate')
    .description(
      'check VRM models, 0.x and 1.0, and animations (.vrma), by every rule and by Khronos’ validator',
    )
    .argument('<model...>', 'files, or http(s) URLs')
    .option('--profile <profile>', 'what they are held against: spec, app, web, or a JSON file', 'spec')
    .option('--whole', 'fetch the whole of a URL', false)
    .addOption(new Option('--json', 'print one JSON object').default(false).conflicts('sarif'))
    .option('--sarif', 'print SARIF 2.1.0', false)
    .addHelpText('after', more)
    .action(async (places: string[], flags: ValidateFlags) => {
      process.exitCode = await validate(places, flags, wiring);
    });
}

/** Returns the exit code. */
export async function validate(
  places: readonly string[],
  flags: ValidateFlags,
  wiring: ValidateWiring,
): Promise<number> {
  const { print } = wiring;
  const tell = (thrown: unknown): void => {
    const { code, message, next } = toForgeError(
      thrown,
      'internal',
      'This is a defect of Avatar Forge',
      'Please report it.',
    );
    wiring.complain(`avatar-forge: ${code}: ${plainText(message)}\n→ ${plainText(next)}\n`);
  };
  const profile = await openProfile(flags.profile).catch(tell);
  if (profile === undefined) return 2;
  const checked: CheckedFile[] = [];
  for (const file of places) {
    try {
      checked.push({ file, report: await check(file, profile, flags.whole, wiring.validator) });
    } catch (thrown) {
      tell(thrown);
    }
  }
  if (flags.sarif) print(`${JSON.stringify(sarifOf(checked, wiring.version), null, 2)}\n`);
  else if (flags.json) print(`${JSON.stringify({ profile: profile.name, checked }, null, 2)}\n`);
  else for (const one of checked) print(textOf(one));
  if (checked.length < places.length) return 2;
  return checked.some(({ report }) => report.counts.errors > 0) ? 1 : 0;
}

async function check(
  place: string,
  profile: Profile,
  whole: boolean,
  validator: GltfValidator,
): Promise<Report> {
  const options = { profile, isAnimation: isAnimationName(place) };
  const report = await (async () => {
    if (!/^https?:\/\//i.test(place)) return checkReading(validator, await openModel(place), options);
    const { bytes, totalBytes } = await fetchModel(place, whole);
    return checkWhole(validator, bytes, { ...options, totalBytes });
  })();
  if (report.findings.some(({ code }) => code === 'glb-not-glb')) {
    throw new ForgeError('model-unreadable', `${place} is no GLB.`, 'Give a .vrm, .vrma or .glb file.');
  }
  return report;
}

function textOf({ file, report }: CheckedFile): string {
  const { version, counts, facts, findings } = report;
  const other = isAnimationName(file) ? 'VRM animation' : 'no VRM';
  const what = facts === null ? other : `VRM ${version}, ${figuresOf(facts)}`;
  const rows = condenseInfos(findings).flatMap(({ severity: weight, code, message, next, where }) => {
    const [place] = Object.values<string>({ ...where });
    const at = place === undefined ? '' : ` (${plainText(place, 100)})`;
    return [
      `  ${weight.padEnd(7)} ${code}${at}: ${plainText(message, 400)}`,
      `          → ${plainText(next, 400)}`,
    ];
  });
  const sum = `${counts.errors} errors, ${counts.warnings} warnings, ${counts.infos} infos`;
  return `${[`${file}: ${what}; ${sum}`, ...rows].join('\n')}\n`;
}

/** The query of a URL is no part of its name. */
function isAnimationName(place: string): boolean {
  return /\.vrma(\?.*)?$/i.test(place);
}

function figuresOf({ triangles, bones, textureBytes }: Facts): string {
  const memory =
    textureBytes === null ? '' : `, ${(textureBytes / 2 ** 20).toFixed(1)} MiB of textures on the chip`;
  return `${triangles} triangles, ${bones.length} bones${memory}`;
}
