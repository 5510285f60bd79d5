/**
 * `docs/transcripts.md`: what ./demo wrote last, and the table of what its four prompts come to elsewhere.
 *
 *     node scripts/transcripts.ts                     takes over out/demo/transcript.md; the table stays
 *     node scripts/transcripts.ts --play [BLENDER…]   plays the prompts on each Blender and writes the table anew; without any,
 *                                                     on the machine's and those of the trees there are. By the VRM add-on,
 *                                                     too, where AVATAR_FORGE_VRM_ADDON names its folder io_scene_vrm.
 *     node scripts/transcripts.ts --check             fails where the page has other prompts or calls than the script, or no table
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { play, type Result, resultsTable } from './demo/results.ts';
import { fourPrompts } from './demo/script.ts';
import { scriptedLines } from './demo/transcript.ts';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/transcripts.md');
const options = { check: { type: 'boolean' }, play: { type: 'boolean' } } as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });

const HEADING = '## What they come to';
const TABLE = new RegExp(`\n${HEADING}\n[^]*$`);
const tableOf = (text: string): string => TABLE.exec(text)?.[0] ?? '';

if (values.check === true) check(readFileSync(page, 'utf8'));
else if (values.play === true) await playAll(positionals.length > 0 ? positionals : blenders());
else {
  const table = tableOf(readFileSync(page, 'utf8'));
  writeFileSync(page, readFileSync(join(root, 'out/demo/transcript.md'), 'utf8') + table);
}

function check(text: string): void {
  let from = 0;
  const wrong = [...scriptedLines(fourPrompts()), HEADING].find((wanted) => {
    from = text.indexOf(wanted, from);
    if (from >= 0) from += wanted.length;
    return from < 0;
  });
  if (wrong === undefined) return;
  const mend = wrong === HEADING ? '--play' : '(after ./demo)';
  console.error(`docs/transcripts.md lacks what follows: node scripts/transcripts.ts ${mend}\n${wrong}`);
  process.exit(1);
}

function blenders(): string[] {
  const cache =
    process.env['AVATAR_FORGE_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'avatar-forge');
  const trees = ['trixie', 'sid'].map((suite) => join(cache, 'trees', `blender-${suite}`));
  return [process.env['AVATAR_FORGE_BLENDER'] ?? 'blender', ...trees.filter((tree) => existsSync(tree))];
}

async function playAll(chosen: readonly string[]): Promise<void> {
  const addon = process.env['AVATAR_FORGE_VRM_ADDON'];
  const results: Result[] = [];
  for (const blender of chosen)
    for (const by of addon === undefined ? [undefined] : [undefined, addon]) {
      const result = await play(blender, by);
      results.push(result);
      console.log(JSON.stringify(result));
    }
  const text = readFileSync(page, 'utf8').replace(TABLE, '');
  const about = `The same calls on other Blenders, by our writer and, where it is there, by the VRM add-on${addon === undefined ? '' : ` ${versionOf(addon)}`}: errors and
warnings are those of the export under the profile \`app\`, Khronos' validator among them. Written by \`node scripts/transcripts.ts --play\`;
\`./check\` plays them on 3.4, 4.3 and 5.2.`;
  writeFileSync(page, `${text}\n${HEADING}\n\n${about}\n\n${resultsTable(results)}\n`);
}

/** As the add-on's manifest says. */
function versionOf(addon: string): string {
  const manifest = readFileSync(join(addon, 'blender_manifest.toml'), 'utf8');
  return /^version = "(.*)"$/m.exec(manifest)?.[1] ?? '';
}
