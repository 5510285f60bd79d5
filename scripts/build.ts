/**
 * Builds dist/: the extension, the command line (which is the MCP server, too), the agent as one file, the pages, what they
 * load as WebAssembly, the add-on as a ZIP for Blender. `--watch` goes on building the bundles; `--release` minifies and
 * leaves the source maps out.
 */
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { build, context, type BuildOptions, type Plugin } from 'esbuild';
import { zipSync, type Zippable } from 'fflate';
import { copyPreviewFiles, previewBundles } from './previewBundle.ts';

const { values: flags } = parseArgs({
  options: { watch: { type: 'boolean', default: false }, release: { type: 'boolean', default: false } },
});

/** Zod's messages in fifty languages, of which nobody asks for any but this one: a third of what the extension loads. */
const englishOnly: Plugin = {
  name: 'zod in English',
  setup: (it) =>
    it.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    })),
};

const common: BuildOptions = {
  bundle: true,
  format: 'esm',
  minify: flags.release,
  sourcemap: !flags.release,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [englishOnly],
};

const onNode: BuildOptions = {
  ...common,
  platform: 'node',
  target: 'node22', // the oldest editor that package.json allows has it, too
  // Some packages are CommonJS inside and ask for require, which an ES module does not have.
  banner: {
    js: "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);",
  },
};

const bundles: BuildOptions[] = [
  {
    ...onNode,
    entryPoints: { cli: 'src/cli/main.ts', extension: 'src/extension/main.ts' },
    outdir: 'dist',
    splitting: true, // what nobody uses is not loaded
    chunkNames: 'chunks/[name]-[hash]',
    // Its CommonJS face loses its names when it is a chunk that is loaded on use; the other one keeps them.
    alias: { 'gltf-validator': 'gltf-validator/module.mjs' },
    external: ['playwright-core', 'vscode'],
  },
  { ...onNode, entryPoints: ['src/cli/agentMain.ts'], outfile: 'dist/agent.js' }, // one file, for the image
  {
    ...common,
    entryPoints: ['media/plan/main.ts'],
    outfile: 'dist/media/plan.js',
    platform: 'browser',
    target: 'es2022',
  },
  ...previewBundles('dist/media').map((bundle) => ({
    ...bundle,
    minify: flags.release,
    sourcemap: !flags.release,
  })),
];

/** One folder inside: Blender takes that as a legacy add-on and as an extension. The same input gives the same bytes. */
function packAddon(): void {
  const files = globSync('blender-addon/{LICENSE,avatar_forge/**/*.{py,toml}}').sort();
  const entries: Zippable = {};
  for (const path of files) {
    const name = relative('blender-addon', path).replace(/^LICENSE$/, 'avatar_forge/LICENSE');
    entries[name] = readFileSync(path);
  }
  writeFileSync('dist/avatar_forge.zip', zipSync(entries, { level: 9, mtime: '1980-01-01 00:00:00' }));
}

/** WebAssembly that packages load from files: `src/adapters/wasm.ts` reads it. */
function copyWasm(): void {
  mkdirSync('dist/wasm', { recursive: true });
  for (const file of [
    'web-tree-sitter/web-tree-sitter.wasm',
    'tree-sitter-go/tree-sitter-go.wasm',
    'tree-sitter-javascript/tree-sitter-javascript.wasm',
    '@jsquash/png/codec/pkg/squoosh_png_bg.wasm',
    '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm',
    '@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm',
    '@jsquash/webp/codec/enc/webp_enc_simd.wasm',
  ])
    copyFileSync(`node_modules/${file}`, `dist/wasm/${basename(file)}`);
}

if (flags.release) rmSync('dist', { recursive: true, force: true });
mkdirSync('dist', { recursive: true });
copyPreviewFiles('dist/media');
for (const page of globSync('media/plan/*.{html,css}')) copyFileSync(page, `dist/media/${basename(page)}`);
copyWasm();
packAddon();
if (flags.watch) {
  for (const bundle of bundles) await (await context({ ...bundle, logLevel: 'info' })).watch();
} else {
  const results = await Promise.allSettled(bundles.map((bundle) => build(bundle)));
  if (results.some(({ status }) => status === 'rejected')) process.exitCode = 1; // esbuild has said why
}
