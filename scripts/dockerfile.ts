/**
 * The image's recipe: what dockerfile-utils finds in it, and what hadolint would ask for: pinned bases (DL3006, DL3007), no root at the
 * end (DL3002), no ADD (DL3020), nothing recommended and no lists left by apt (DL3009, DL3015), no `latest`, a checksum for each
 * download. hadolint itself is in neither npm nor Debian.
 */
import { readFileSync } from 'node:fs';
import { DockerfileParser } from 'dockerfile-ast';
import { validate, ValidationSeverity } from 'dockerfile-utils';

const file = 'kasm-image/Dockerfile';
const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const problems: string[] = [];

const settings = {
  deprecatedMaintainer: ValidationSeverity.ERROR,
  directiveCasing: ValidationSeverity.ERROR,
  emptyContinuationLine: ValidationSeverity.ERROR,
  instructionCasing: ValidationSeverity.ERROR,
  instructionCmdMultiple: ValidationSeverity.ERROR,
  instructionEntrypointMultiple: ValidationSeverity.ERROR,
  instructionHealthcheckMultiple: ValidationSeverity.ERROR,
  instructionJSONInSingleQuotes: ValidationSeverity.ERROR,
  instructionWorkdirRelative: ValidationSeverity.ERROR,
};
for (const { message, range } of validate(text, settings))
  problems.push(`${range.start.line + 1}: ${typeof message === 'string' ? message : message.value}`);

const recipe = DockerfileParser.parse(text);
const told = new Map(
  recipe
    .getInitialARGs()
    .map((arg) => [arg.getProperty()?.getName(), arg.getProperty()?.getValue()] as const),
);
const stages = recipe.getFROMs().map((from) => from.getBuildStage());
for (const from of recipe.getFROMs()) {
  const named = from.getImage() ?? '';
  const image = /^\$\{(\w+)\}$/.exec(named)?.[1];
  const base = image === undefined ? named : (told.get(image) ?? '');
  if (!stages.includes(base) && !/(:(?!latest$)[\w.-]+|@sha256:[\da-f]{64})$/.test(base))
    problems.push(`${from.getRange().start.line + 1}: the base ${base} is not pinned`);
}
const instructions = recipe.getInstructions();
const users = instructions
  .filter((one) => one.getKeyword() === 'USER')
  .map((one) => one.getArgumentsContent());
if (users.at(-1) !== '1000') problems.push('the last USER is not 1000');
for (const one of instructions) {
  const at = one.getRange().start.line + 1;
  const said = one.getRawArgumentsContent() ?? '';
  if (one.getKeyword() === 'ADD') problems.push(`${at}: COPY, not ADD`);
  if (one.getKeyword() !== 'RUN') continue;
  if (said.includes('apt-get install') && !said.includes('--no-install-recommends'))
    problems.push(`${at}: apt-get install without --no-install-recommends`);
  if (said.includes('apt-get update') && !said.includes('rm -rf /var/lib/apt/lists'))
    problems.push(`${at}: the lists of apt stay in the image`);
  if (/\b(curl|wget)\b(?! nginx)/.test(said.replace(/apt-get install[^&]*/, '')))
    problems.push(`${at}: a download without download.sh, which compares its checksum`);
  if (/\bsudo\b/.test(said)) problems.push(`${at}: sudo`);
}

for (const problem of problems) console.error(`${file}:${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
