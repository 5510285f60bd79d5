import { indexIn, listIn, objectIn, textIn } from '../json.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { clauses } from '../specLinks.ts';

const FIRST_PERSON = clauses(
  'VRMC_vrm-1.0/firstPerson.md',
  '#vrm-extension-first-person-settings-jsonextensionsvrmfirstperson',
);
const TYPES: readonly string[] = ['auto', 'both', 'firstPersonOnly', 'thirdPersonOnly'];

export const firstPerson = defineRule({
  name: 'first-person',
  codes: {
    'first-person-mesh': {
      severity: 'error',
      title: 'A first-person setting for a mesh that is not there',
      next: 'Take the setting out, or choose its mesh again.',
      spec: FIRST_PERSON,
    },
    'first-person-type': {
      severity: 'error',
      title: 'A first-person setting that VRM does not know',
      next: `Choose one of ${TYPES.join(', ')}.`,
      spec: FIRST_PERSON,
    },
  },
  check({ version, gltf }: VrmModel, report) {
    const vrm = objectIn(gltf.extensions[version === '1.0' ? 'VRMC_vrm' : 'VRM']);
    const settings = objectIn(vrm['firstPerson']);
    const pointer = `/extensions/${version === '1.0' ? 'VRMC_vrm' : 'VRM'}/firstPerson/meshAnnotations`;
    listIn(settings['meshAnnotations']).forEach((item, n) => {
      const annotation = objectIn(item);
      const where = { pointer: `${pointer}/${n}` };
      const node = indexIn(annotation['node']) ?? -1;
      const mesh = version === '1.0' ? gltf.nodes[node]?.mesh : indexIn(annotation['mesh']);
      if (gltf.meshes[mesh ?? -1] === undefined) {
        report('first-person-mesh', { message: 'A first-person setting names no mesh of this file.', where });
      }
      const type = textIn(annotation[version === '1.0' ? 'type' : 'firstPersonFlag']) ?? '';
      const known = TYPES.includes(version === '1.0' ? type : type.slice(0, 1).toLowerCase() + type.slice(1));
      if (!known) {
        report('first-person-type', {
          message: `A mesh is shown ${JSON.stringify(type)} in first person.`,
          where,
        });
      }
    });
  },
});
