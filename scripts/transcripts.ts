/** `docs/transcripts.md`: what ./demo wrote last. `--check` fails where the page has other prompts or calls than the script. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fourPrompts } from './demo/script.ts';
import { scriptedLines } from './demo/transcript.ts';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/transcripts.md');

if (process.argv.includes('--check')) {
  const text = readFileSync(page, 'utf8');
  let from = 0;
  for (const wanted of scriptedLines(fourPrompts())) {
    from = text.indexOf(wanted, from);
    if (from < 0) {
      console.error(
        `docs/transcripts.md lacks what scripts/demo/prompts.json has: ./demo && node scripts/transcripts.ts\n${wanted}`,
      );
      process.exit(1);
    }
    from += wanted.length;
  }
} else {
  writeFileSync(page, readFileSync(join(root, 'out/demo/transcript.md')));
}
