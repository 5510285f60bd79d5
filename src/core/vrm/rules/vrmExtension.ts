import type { Glb } from '../glb.ts';
import type { Gltf } from '../gltf.ts';
import { objectIn, textIn } from '../json.ts';
import type { VrmVersion } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

export interface ExtensionSubject {
  readonly glb: Glb;
  readonly gltf: Gltf;
  readonly version: VrmVersion | null;
}

/** What viewers take; drafts before `1.0` itself had other layouts. */
const KNOWN_1 = ['1.0', '1.0-beta'];

export const vrmExtension = defineRule({
  name: 'vrm-extension',
  codes: {
    'vrm-missing': {
      severity: 'error',
      title: 'No VRM extension',
      next: 'Export the model as VRM, not as plain glTF.',
      spec: clauses('VRMC_vrm-1.0/README.md#json-schema', '#json-extension'),
    },
    'vrm-undeclared': {
      severity: 'error',
      title: 'VRM extension not in extensionsUsed',
      next: 'Add the extension to extensionsUsed: viewers look there first and would open a plain glTF.',
      spec: clauses('VRMC_vrm-1.0/README.md#json-schema', '#json-extension'),
    },
    'vrm-version-unknown': {
      severity: 'error',
      title: 'Unknown version of the VRM specification',
      next: 'Export it as VRM 1.0.',
      spec: clauses('VRMC_vrm-1.0/README.md#version-of-vrmc_vrm-specification', null),
    },
    'vrm-two-versions': {
      severity: 'info',
      title: 'VRM 0.x and 1.0 in one file',
      next: 'Keep one of the two extensions; viewers read 1.0.',
      spec: clauses(null, null),
    },
  },
  check({ glb, gltf, version }: ExtensionSubject, report) {
    if (glb.json === undefined) return; // the container rule has said so
    if (version === null) {
      report('vrm-missing', {
        message: 'The glTF has neither VRMC_vrm (1.0) nor VRM (0.x) among its extensions.',
      });
      return;
    }
    const name = version === '1.0' ? 'VRMC_vrm' : 'VRM';
    if (!gltf.extensionsUsed.includes(name)) {
      report('vrm-undeclared', {
        message: `${name} is not listed in extensionsUsed.`,
        where: { pointer: '/extensionsUsed' },
      });
    }
    const declared = textIn(objectIn(gltf.extensions[name])['specVersion']);
    const known = version === '1.0' ? KNOWN_1.includes(declared ?? '') : (declared ?? '0.0').startsWith('0.');
    if (!known) {
      report('vrm-version-unknown', {
        message: `specVersion is ${declared === null ? 'missing' : JSON.stringify(declared)}.`,
        where: { pointer: `/extensions/${name}/specVersion` },
      });
    }
    if ('VRM' in gltf.extensions && 'VRMC_vrm' in gltf.extensions) {
      report('vrm-two-versions', {
        message: 'Both VRM and VRMC_vrm are there.',
        where: { pointer: '/extensions' },
      });
    }
  },
});
