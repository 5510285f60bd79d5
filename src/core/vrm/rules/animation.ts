import { listIn, objectIn, objectOrNull } from '../json.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';
import type { ContainerSubject } from './container.ts';

const SPEC = clauses('VRMC_vrm_animation-1.0/README.md#json-schema', null);

export const animation = defineRule({
  name: 'animation',
  codes: {
    'animation-extension': {
      severity: 'error',
      title: 'No VRM animation extension',
      next: 'Export the movement as VRM animation (.vrma), not as plain glTF.',
      spec: SPEC,
    },
    'animation-hips': {
      severity: 'error',
      title: 'An animation without hips',
      next: 'Map the hips: a movement is carried over by them.',
      spec: SPEC,
    },
    'animation-empty': {
      severity: 'error',
      title: 'An animation in which nothing moves',
      next: 'Export it with its keyframes.',
      spec: SPEC,
    },
  },
  check({ glb, gltf }: Pick<ContainerSubject, 'glb' | 'gltf'>, report) {
    if (glb.json === undefined) return; // the container rule has said so
    const extension = objectOrNull(gltf.extensions['VRMC_vrm_animation']);
    if (extension === null) {
      report('animation-extension', { message: 'VRMC_vrm_animation is not among its extensions.' });
      return;
    }
    const pointer = '/extensions/VRMC_vrm_animation';
    if (objectOrNull(objectIn(objectIn(extension['humanoid'])['humanBones'])['hips']) === null) {
      report('animation-hips', {
        message: 'Its humanoid has no hips.',
        where: { pointer: `${pointer}/humanoid` },
      });
    }
    const [first] = listIn(objectIn(glb.json)['animations']);
    if (listIn(objectIn(first)['channels']).length === 0) {
      report('animation-empty', { message: 'It has no keyframes.', where: { pointer: '/animations' } });
    }
  },
});
