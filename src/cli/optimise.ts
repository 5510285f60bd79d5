import { basename, dirname, extname, join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { optimiseFile } from '../adapters/vrm/optimiseFile.ts';
import type { Optimised, OptimiseWishes } from '../core/vrm/optimise/optimise.ts';

interface Flags {
  readonly out?: string;
  readonly textures: number;
  readonly format: OptimiseWishes['textureFormat'];
  readonly quantise: boolean;
  readonly meshopt: boolean;
  readonly force: boolean;
  readonly json: boolean;
}

const more = `
The model itself is never changed, and what each expression moves is compared. Nodes, meshes, materials, textures, shape keys and every VRM extension keep their indices.
With --meshopt the page must give three's GLTFLoader a MeshoptDecoder; all else every loader of glTF 2.0 with WebP reads.

Exit codes: 0 written; 1 failed; 2 usage.`;

/** `avatar-forge optimise`: a lighter copy for the web. */
export function registerOptimise(program: Command, print: (text: string) => void): void {
  program
    .command('optimise')
    .description('write a lighter copy of a VRM for the web')
    .argument('<model>', 'a .vrm file')
    .option('--out <file>', 'where the copy goes (default: NAME.web.vrm beside it)')
    .option('--textures <pixels>', 'longest side of a texture', pixels, 1024)
    .addOption(
      new Option('--format <format>', 'of textures').choices(['webp', 'png', 'keep']).default('webp'),
    )
    .option('--no-quantise', 'leave UVs, weights, indices and shape keys as they are stored')
    .option('--meshopt', 'compress meshes by EXT_meshopt_compression', false)
    .option('--force', 'replace a copy that is there', false)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', more)
    .action(async (model: string, flags: Flags) => {
      const out = flags.out ?? join(dirname(model), `${basename(model, extname(model))}.web.vrm`);
      const made = await optimiseFile(model, out, {
        textureSize: flags.textures,
        textureFormat: flags.format,
        quantise: flags.quantise,
        meshopt: flags.meshopt,
        replace: flags.force,
      });
      const { before, after, expressions } = made;
      print(
        flags.json ? `${JSON.stringify({ model, out, before, after, expressions })}\n` : textOf(out, made),
      );
    });
}

function textOf(out: string, { before, after, expressions }: Optimised): string {
  const row = (name: string, key: keyof Optimised['before']): string =>
    `  ${name.padEnd(9)} ${kib(before[key])} → ${kib(after[key])}\n`;
  const rows = [row('file', 'file'), row('pictures', 'pictures'), row('meshes', 'meshes')];
  return `${out}\n${rows.join('')}  ${expressions} expressions move as before\n`;
}

function kib(bytes: number): string {
  return `${Math.ceil(bytes / 1024).toLocaleString('en')} KiB`.padStart(12);
}

function pixels(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size >= 16 && size <= 8192) return size;
  throw new InvalidArgumentError('a number of pixels, 16 to 8192');
}
