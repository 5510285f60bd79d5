import type { Glb } from '../glb.ts';
import type { Gltf } from '../gltf.ts';
import { defineRule } from '../rule.ts';
import { gltfClause } from '../specLinks.ts';

export interface ContainerSubject {
  readonly glb: Glb;
  readonly gltf: Gltf;
  /** The whole file is at hand, not only its beginning. */
  readonly complete: boolean;
}

const GLB = gltfClause('glb-file-format-specification');
const EXPORT_AGAIN = 'Export or download the file again.';

export const container = defineRule({
  name: 'container',
  codes: {
    'glb-not-glb': {
      severity: 'error',
      title: 'Not a GLB file',
      next: 'Give a .vrm file; a .gltf with separate buffers must be packed first.',
      spec: GLB,
    },
    'glb-version': {
      severity: 'error',
      title: 'GLB of another version than 2',
      next: 'Export it again as glTF 2.0.',
      spec: GLB,
    },
    'glb-truncated': {
      severity: 'error',
      title: 'The end of the file is missing',
      next: EXPORT_AGAIN,
      spec: GLB,
    },
    'glb-length': {
      severity: 'warning',
      title: 'Bytes after the end of the GLB',
      next: 'Export the file again: nothing may follow the last chunk.',
      spec: GLB,
    },
    'glb-json-missing': { severity: 'error', title: 'No JSON chunk', next: EXPORT_AGAIN, spec: GLB },
    'glb-json-invalid': {
      severity: 'error',
      title: 'JSON chunk cannot be parsed',
      next: EXPORT_AGAIN,
      spec: GLB,
    },
    'glb-bin-short': {
      severity: 'error',
      title: 'Binary chunk shorter than the buffer',
      next: EXPORT_AGAIN,
      spec: gltfClause('binary-buffer'),
    },
  },
  check({ glb, gltf, complete }: ContainerSubject, report) {
    for (const { code, message } of glb.problems) report(code, { message });
    const declared = gltf.declaredBinBytes ?? 0;
    const there = glb.bin?.length ?? 0;
    if (complete && declared > there) {
      report('glb-bin-short', {
        message: `The buffer is declared with ${declared} bytes, its chunk has ${there}.`,
        where: { pointer: '/buffers/0' },
      });
    }
  },
});
