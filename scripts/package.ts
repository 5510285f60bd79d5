/** `npm run package`: builds what is released and packs it into out/avatar-forge.vsix; says how big it is. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { packVsix } from './vsix.ts';

const root = join(import.meta.dirname, '..');
const out = join(root, 'out/avatar-forge.vsix');

mkdirSync(join(root, 'out'), { recursive: true });
execFileSync(process.execPath, [join(root, 'scripts/build.ts'), '--release'], {
  cwd: root,
  stdio: 'inherit',
});
await packVsix(root, out);

const bytes = readFileSync(out);
const sizes = Object.entries(unzipSync(bytes)).map(([name, { length }]) => ({ name, length }));
const kB = (size: number): string => `${Math.ceil(size / 1000)} kB`;
for (const { name, length } of sizes.toSorted((a, b) => b.length - a.length).slice(0, 8)) {
  console.log(`${kB(length).padStart(9)}  ${name}`);
}
console.log(`${kB(bytes.length).padStart(9)}  out/avatar-forge.vsix, ${sizes.length} files`);
