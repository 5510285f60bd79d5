/** `docs/rules.md`: each code a check can raise, from the rules themselves. `--check` fails where the file says something else. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Profile, PROFILES } from '../src/core/vrm/profile.ts';
import { ANIMATION_RULES, FILE_RULES, MODEL_RULES } from '../src/core/vrm/rules/index.ts';

const file = join(import.meta.dirname, '../docs/rules.md');

const link = (address: string | null, text: string): string[] =>
  address === null ? [] : [`[${text}](${address})`];

const rows = [...new Set([...FILE_RULES, ...MODEL_RULES, ...ANIMATION_RULES])].flatMap(({ codes }) =>
  Object.entries(codes).map(([code, { severity, title, next, spec }]) => {
    const clauses = [...link(spec['1.0'], '1.0'), ...link(spec['0.x'], '0.x')];
    return `| \`${code}\` | ${severity} | ${title} | ${next} | ${clauses.join(' ') || 'good sense'} |`;
  }),
);

const profiles = Object.values<Profile>(PROFILES).map(
  ({ name, description, requiredExpressions, severities, budget }) => {
    const weighs = Object.entries(severities).map(([code, severity]) => `\`${code}\`: ${severity}`);
    const limits = Object.entries(budget ?? {}).map(([what, most]) => `${what} ${most}`);
    return `| \`${name}\` | ${description} | ${requiredExpressions.join(' ') || '–'} | ${weighs.join(', ') || '–'} | ${limits.join(', ') || '–'} |`;
  },
);

const text = `# What a check finds

<!-- Made by \`node scripts/rules.ts\` from src/core/vrm. Do not edit. -->

\`avatar-forge validate FILE|URL… [--profile spec|app|web|FILE.json] [--json|--sarif]\`, the tool \`vrm_check\`, *Check VRM* in the
editor and the gate of a promotion hold models against the same rules, for VRM 0.x and 1.0; the gate has some for movements (.vrma),
too. Khronos' validator is asked, too; its
codes begin with \`gltf:\`. A profile can weigh any code anew or silence it, and ask for expressions, custom ones too; a code that
does not exist is refused (\`bad-profile\`). One of your own is JSON, and serves \`validate\`, \`promote\` and, as
\`avatarForge.validation.profile\`, the editor:

\`\`\`json
{
  "name": "studio",
  "requiredExpressions": ["aa", "blink", "wink"],
  "severities": { "licence-no-redistribution": "error", "gltf:UNUSED_OBJECT": "off" },
  "budget": { "triangles": 40000, "materials": 8, "bones": 150, "textureMiB": 60 }
}
\`\`\`

What is missing is as in \`spec\`.

| code | weighs | what is wrong | what to do | clause |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

## Profiles

| profile | what for | expressions that must move | codes that weigh otherwise | budget |
| --- | --- | --- | --- | --- |
${profiles.join('\n')}
`;

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== text) {
    console.error('docs/rules.md does not say what the rules say: run node --run reference');
    process.exit(1);
  }
} else {
  writeFileSync(file, text);
}
