import { ForgeError } from '../errors.ts';

/** What a file is by its first bytes; its name and what a server calls it do not count. `page`: HTML or XML. */
export type FileKind =
  'png' | 'jpeg' | 'webp' | 'hdr' | 'exr' | 'glb' | 'json' | 'blend' | 'zip' | 'page' | 'data';

const signatures: readonly (readonly [FileKind, number, readonly number[]])[] = [
  ['png', 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['jpeg', 0, [0xff, 0xd8, 0xff]],
  ['webp', 8, ascii('WEBP')],
  ['hdr', 0, ascii('#?RADIANCE')],
  ['hdr', 0, ascii('#?RGBE')],
  ['exr', 0, [0x76, 0x2f, 0x31, 0x01]],
  ['glb', 0, ascii('glTF')],
  ['blend', 0, ascii('BLENDER')],
  ['zip', 0, ascii('PK')],
];

export function fileKind(bytes: Uint8Array): FileKind {
  const found = signatures.find(([, at, magic]) => magic.every((byte, i) => bytes[at + i] === byte));
  if (found !== undefined) return found[0];
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  if (start.startsWith('<')) return 'page';
  return start.startsWith('{') ? 'json' : 'data';
}

/** Error: `asset-wrong-type`. */
export function checkKind(name: string, bytes: Uint8Array, wanted: readonly FileKind[]): FileKind {
  const kind = fileKind(bytes);
  if (wanted.includes(kind)) return kind;
  throw new ForgeError(
    'asset-wrong-type',
    `${name} is ${names[kind]}, not ${wanted.map((one) => names[one]).join(' or ')}. Nothing was imported.`,
    kind === 'page'
      ? 'Something on the way (a proxy, a login page) answers in place of the service: see that its hosts can be reached.'
      : 'Choose another asset or resolution.',
  );
}

const names: Readonly<Record<FileKind, string>> = {
  png: 'a PNG picture',
  jpeg: 'a JPEG picture',
  webp: 'a WebP picture',
  hdr: 'a Radiance HDR picture',
  exr: 'an OpenEXR picture',
  glb: 'a GLB model',
  json: 'a JSON text',
  blend: 'a .blend file',
  zip: 'an archive',
  page: 'a web page',
  data: 'data of no known kind',
};

function ascii(text: string): readonly number[] {
  return [...new TextEncoder().encode(text)];
}
