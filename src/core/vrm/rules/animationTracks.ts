import { BONES, BONES_BY_NAME } from '../humanoid.ts';
import type { JsonObject } from '../json.ts';
import { indexIn, listIn, objectIn, objectOrNull, textIn } from '../json.ts';
import { LOOK_PRESETS, PRESETS } from '../presets.ts';
import { defineRule } from '../rule.ts';
import { Scene } from '../scene.ts';
import { clauses } from '../specLinks.ts';
import type { ContainerSubject } from './container.ts';

const FILE = 'VRMC_vrm_animation-1.0/README.md';
const POINTER = '/extensions/VRMC_vrm_animation';
/** The draft is read as 1.0 by three-vrm, with a warning. */
const KNOWN = ['1.0', '1.0-draft'];
const EYES = ['leftEye', 'rightEye'];

/** What a node of the file stands for, and by what it may be animated. */
interface Role {
  readonly what: string;
  readonly paths: readonly string[];
}

export const animationTracks = defineRule({
  name: 'animation-tracks',
  codes: {
    'animation-undeclared': {
      severity: 'error',
      title: 'VRMC_vrm_animation not in extensionsUsed',
      next: 'Add it to extensionsUsed: viewers look there first and would play nothing.',
      spec: clauses(`${FILE}#vrmc_vrm_animation`, null),
    },
    'animation-version': {
      severity: 'error',
      title: 'Unknown version of the VRM animation specification',
      next: 'Export it as VRMC_vrm_animation 1.0.',
      spec: clauses(`${FILE}#vrmc_vrm_animationspecversion-`, null),
    },
    'animation-node': {
      severity: 'error',
      title: 'A bone or expression points at no node',
      next: 'Export the movement again.',
      spec: clauses(`${FILE}#humanoidhumanboneshumanbonenode-`, null),
    },
    'animation-bone': {
      severity: 'warning',
      title: 'A bone that a movement cannot have',
      next: 'Take it out; the eyes are moved by lookAt.',
      spec: clauses(`${FILE}#humanoidhumanboneshumanoid-bone-name`, null),
    },
    'animation-bone-missing': {
      severity: 'warning',
      title: 'A required humanoid bone is not in the movement',
      next: 'Export it with all bones that VRM requires, moved or not.',
      spec: clauses(`${FILE}#humanoidhumanboneshumanoid-bone-name`, null),
    },
    'animation-expression': {
      severity: 'error',
      title: 'An expression that a movement cannot have',
      next: 'Move own expressions to custom, by names that are no preset’s; eyes are moved by lookAt.',
      spec: clauses(`${FILE}#expressions`, null),
    },
    'animation-path': {
      severity: 'error',
      title: 'Keyframes of a kind that may not be there',
      next: 'Keep rotations of bones and of lookAt, the translation of the hips, and that of expressions.',
      spec: clauses(`${FILE}#humanoid`, null),
    },
    'animation-rest': {
      severity: 'warning',
      title: 'The hips rest on the ground or below',
      next: 'Export it from a rig that stands at its height in the T-pose: players scale steps by it.',
      spec: clauses(`${FILE}#humanoid`, null),
    },
  },
  check({ glb, gltf }: Pick<ContainerSubject, 'glb' | 'gltf'>, report) {
    const extension = objectOrNull(gltf.extensions['VRMC_vrm_animation']);
    if (extension === null) return; // the animation rule has said so
    if (!gltf.extensionsUsed.includes('VRMC_vrm_animation')) {
      const where = { pointer: '/extensionsUsed' };
      report('animation-undeclared', {
        message: 'VRMC_vrm_animation is not listed in extensionsUsed.',
        where,
      });
    }
    const version = textIn(extension['specVersion']);
    if (version === null || !KNOWN.includes(version)) {
      const where = { pointer: `${POINTER}/specVersion` };
      report('animation-version', { message: `Its specVersion is ${version ?? 'missing'}.`, where });
    }

    const roles = new Map<number, Role>();
    const take = (owner: JsonObject, pointer: string, role: Role): void => {
      const node = indexIn(owner['node']);
      if (node !== null && node < gltf.nodes.length) roles.set(node, role);
      else report('animation-node', { message: `${role.what} has no node.`, where: { pointer } });
    };

    const bones = objectIn(objectIn(extension['humanoid'])['humanBones']);
    for (const [bone, owner] of Object.entries(bones)) {
      const pointer = `${POINTER}/humanoid/humanBones/${bone}`;
      if (!BONES_BY_NAME.has(bone) || EYES.includes(bone))
        report('animation-bone', { message: `The humanoid has ${bone}.`, where: { pointer, bone } });
      const paths = bone === 'hips' ? ['rotation', 'translation'] : ['rotation'];
      take(objectIn(owner), pointer, { what: bone, paths });
    }
    const missing = BONES.filter(({ name, required }) => required.includes('1.0') && !(name in bones));
    // Without hips there is no humanoid to speak of, which is said elsewhere.
    if ('hips' in bones && missing.length > 0) {
      const names = missing.map(({ name }) => name).join(', ');
      const where = { pointer: `${POINTER}/humanoid/humanBones` };
      report('animation-bone-missing', { message: `The humanoid lacks ${names}.`, where });
    }

    for (const kind of ['preset', 'custom']) {
      const table = objectIn(objectIn(extension['expressions'])[kind]);
      for (const [expression, owner] of Object.entries(table)) {
        const pointer = `${POINTER}/expressions/${kind}/${expression}`;
        const allowed =
          kind === 'custom'
            ? !PRESETS.includes(expression)
            : PRESETS.includes(expression) && !LOOK_PRESETS.includes(expression);
        if (!allowed)
          report('animation-expression', {
            message: `The ${kind} expressions have ${expression}.`,
            where: { pointer, expression },
          });
        take(objectIn(owner), pointer, { what: `the expression ${expression}`, paths: ['translation'] });
      }
    }
    const gaze = objectOrNull(extension['lookAt']);
    if (gaze !== null && 'node' in gaze)
      take(gaze, `${POINTER}/lookAt`, { what: 'lookAt', paths: ['rotation'] });

    const [first] = listIn(objectIn(glb.json)['animations']);
    for (const [at, channel] of listIn(objectIn(first)['channels']).entries()) {
      const target = objectIn(objectIn(channel)['target']);
      const [node, path] = [indexIn(target['node']), textIn(target['path'])];
      const role = node === null ? undefined : roles.get(node);
      if (role === undefined || path === null || role.paths.includes(path)) continue;
      const where = { pointer: `/animations/0/channels/${at}/target/path` };
      report('animation-path', { message: `${role.what} is animated by its ${path}.`, where });
    }

    const scene = new Scene(gltf);
    const hips = scene.existing(indexIn(objectIn(bones['hips'])['node']));
    const height = hips === null ? null : scene.world(hips).t[1];
    if (height !== null && height < 0.001) {
      const message = `The hips rest at a height of ${height.toFixed(2)} m.`;
      report('animation-rest', { message, where: { pointer: `/nodes/${hips}`, bone: 'hips' } });
    }
  },
});
