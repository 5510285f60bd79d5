/** Builds the preview page: once with what it loads on use beside it, and once in one piece for chats. */
import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { BuildOptions } from 'esbuild';

const root = join(import.meta.dirname, '..');
const libraries = join(root, 'node_modules/three/examples/jsm/libs');

/** For esbuild; `folder` gets `preview.js` and its chunks, and `viewer.js`, the same page without chunks. */
export function previewBundles(folder: string): readonly BuildOptions[] {
  const common: BuildOptions = {
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'warning',
  };
  const page = join(root, 'media/preview/main.ts');
  return [
    {
      ...common,
      entryPoints: { preview: page },
      outdir: folder,
      splitting: true,
      chunkNames: 'preview-[name]', // without a hash: the page asks for the one it needs at once by its name
    },
    // In a chat nothing is dropped, and decoders of textures cannot run, for its policy knows no workers: that keeps the page small.
    {
      ...common,
      entryPoints: { viewer: page },
      outdir: folder,
      external: ['./decoders.ts', '../../src/core/preview/report.ts'],
    },
  ];
}

/** What lies beside the bundle: page, style, and the programs of the decoders. */
export function copyPreviewFiles(folder: string): void {
  mkdirSync(join(folder, 'decoders'), { recursive: true });
  for (const file of globSync(join(root, 'media/preview/*.{html,css}')))
    copyFileSync(file, join(folder, basename(file)));
  for (const file of [
    'draco/draco_decoder.wasm',
    'draco/draco_wasm_wrapper.js',
    'basis/basis_transcoder.wasm',
  ])
    copyFileSync(join(libraries, file), join(folder, 'decoders', basename(file)));
  const transcoder = readFileSync(join(libraries, 'basis/basis_transcoder.js'), 'utf8');
  writeFileSync(join(folder, 'decoders/basis_transcoder.js'), withoutEval(transcoder));
}

/**
 * Emscripten's bindings write functions as text and have them compiled, which our policy forbids. The same two as closures: one
 * wires the arguments of a call into WebAssembly and takes them down again, the other reads those of a call out of it.
 */
const COMPILED: readonly (readonly [text: string, closure: string])[] = [
  [
    'let[args,invokerFnBody]=createJsInvoker(argTypes,isClassMethodFunc,returns,isAsync);args.push(invokerFnBody);' +
      'var invokerFn=newFunc(Function,args)(...closureArgs);',
    `var invokerFn = function (...given) {
      if (given.length !== argCount - 2) throwBindingError(humanName + ' takes ' + (argCount - 2) + ' arguments');
      var destructors = needsDestructorStack ? [] : null;
      var own = isClassMethodFunc ? [argTypes[1].toWireType(destructors, this)] : [];
      var wired = own.concat(given.map((one, i) => argTypes[i + 2].toWireType(destructors, one)));
      var rv = cppInvokerFunc(cppTargetFunc, ...wired);
      var first = isClassMethodFunc ? 1 : 2;
      if (needsDestructorStack) runDestructors(destructors);
      else wired.forEach((one, i) => argTypes[i + first].destructorFunction?.(one));
      return returns ? argTypes[0].fromWireType(rv) : undefined;
    };`,
  ],
  [
    'var invokerFunction=newFunc(Function,params)(...args);',
    `var invokerFunction = function (obj, func, destructorsRef, from) {
      var given = types.map((type) => {
        var one = type.readValueFromPointer(from);
        from += type.argPackAdvance;
        return one;
      });
      var rv = kind === 1 ? new func(...given) : kind === 0 ? func.call(obj, ...given) : func.call(...given);
      return retType.isVoid ? undefined : emval_returnValue(retType, destructorsRef, rv);
    };`,
  ],
];

function withoutEval(transcoder: string): string {
  return COMPILED.reduce((text, [compiled, closure]) => {
    if (text.split(compiled).length !== 2)
      throw new Error('The KTX2 transcoder is written otherwise than scripts/previewBundle.ts knows.');
    return text.replace(compiled, () => closure);
  }, transcoder);
}
