import { companionBones, exportVrm } from '../stockVrm.ts';
import { look, python, type Exported, type Task } from '../task.ts';

const bystander = 'seeds.add("cube", "Prop", (2, 0, 0.5), size=1)\n';
const ofTheRig = /^(object|mesh|armature) (Rig|Body) /;
const meta = { authors: ['Bench'] };
const bonesOf = (rig: string): string => `
import bpy
rig = bpy.data.objects["${rig}"]
print(rig.matrix_world)
for b in rig.data.bones:
    print(b.name, b.parent and b.parent.name, [round(v, 2) for v in rig.matrix_world @ b.head_local])
`;

const parts = ['Shoulder', 'UpperArm', 'LowerArm', 'Hand', 'UpperLeg', 'LowerLeg', 'Foot'] as const;
type Names = Readonly<Record<(typeof parts)[number], string>>;
const sided = (left: Names, right: Names): Record<string, string> =>
  Object.fromEntries(
    parts.flatMap((part) => [
      [`left${part}`, left[part]],
      [`right${part}`, right[part]],
    ]),
  );

const mixamoSide = (side: string): Names => ({
  Shoulder: `mixamorig:${side}Shoulder`,
  UpperArm: `mixamorig:${side}Arm`,
  LowerArm: `mixamorig:${side}ForeArm`,
  Hand: `mixamorig:${side}Hand`,
  UpperLeg: `mixamorig:${side}UpLeg`,
  LowerLeg: `mixamorig:${side}Leg`,
  Foot: `mixamorig:${side}Foot`,
});
const mixamo = {
  hips: 'mixamorig:Hips',
  spine: 'mixamorig:Spine',
  head: 'mixamorig:Head',
  ...sided(mixamoSide('Left'), mixamoSide('Right')),
};
const vroidSide = (side: string): Names =>
  Object.fromEntries(parts.map((part) => [part, `J_Bip_${side}_${part}`])) as Names;
const vroid = {
  hips: 'J_Bip_C_Hips',
  spine: 'J_Bip_C_Spine',
  head: 'J_Bip_C_Head',
  ...sided(vroidSide('L'), vroidSide('R')),
};
/** Read off the table of places that `bonesOf` prints. */
const nonsense = {
  hips: 'Bone.020',
  spine: 'Bone.041',
  head: 'Bone.072',
  ...sided(
    {
      Shoulder: 'Bone.008',
      UpperArm: 'Bone.005',
      LowerArm: 'Bone.044',
      Hand: 'Bone.061',
      UpperLeg: 'Bone.012',
      LowerLeg: 'Bone.025',
      Foot: 'Bone.009',
    },
    {
      Shoulder: 'Bone.046',
      UpperArm: 'Bone.034',
      LowerArm: 'Bone.047',
      Hand: 'Bone.018',
      UpperLeg: 'Bone.031',
      LowerLeg: 'Bone.049',
      Foot: 'Bone.033',
    },
  ),
};

const assigned =
  (wanted: Readonly<Record<string, string>>) =>
  ({ bones }: Exported): string[] =>
    Object.entries(wanted).flatMap(([bone, name]) => {
      const found = bones.get(bone);
      return found === name ? [] : [`${bone} is ${found ?? 'missing'}, not ${name}`];
    });

const ours = (name: string) => [
  { tool: 'vrm_rig', arguments: {} },
  { tool: 'vrm_export', arguments: { name, meta } },
];

/** Objects that come scaled and turned have to be made plain before. */
const makePlain = `
import bpy
from mathutils import Matrix
rig = bpy.data.objects["Rig"]
places = {o: o.matrix_world.copy() for o in rig.children}
rig.data.transform(rig.matrix_world)
rig.matrix_world = Matrix()
bpy.context.view_layer.update()
for o, place in places.items():
    o.matrix_parent_inverse = Matrix()
    o.matrix_world = place
bpy.context.view_layer.update()
print(rig.dimensions)
`;

const mmdKeys: Readonly<Record<string, string>> = {
  aa: 'あ',
  ih: 'い',
  ou: 'う',
  ee: 'え',
  oh: 'お',
  'blink.L': 'ウィンク',
  'blink.R': 'ウィンク右',
};
const hairChains = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`hair_back${n}_1`, 4]));
const skirtChains = Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => [`skirt_${n}_1`, 2]));

export const rig: readonly Task[] = [
  {
    name: 'mixamo-rig',
    kind: 'rig',
    prompt: 'Make this Mixamo figure a VRM humanoid and export it as Mixamo.',
    figure: 'mixamo',
    seed: bystander,
    ours: ours('Mixamo'),
    stock: [
      look,
      python(bonesOf('Rig')),
      python(makePlain),
      python(exportVrm({ name: 'Mixamo', ...meta, bones: mixamo })),
    ],
    file: { name: 'Mixamo.vrm', profile: 'spec', wrong: assigned(mixamo) },
    mayChange: [ofTheRig],
  },
  {
    name: 'vroid-rig',
    kind: 'rig',
    prompt: 'Make this VRoid figure a VRM humanoid and export it as Vroid.',
    figure: 'vroid',
    seed: bystander,
    ours: ours('Vroid'),
    stock: [look, python(bonesOf('Rig')), python(exportVrm({ name: 'Vroid', ...meta, bones: vroid }))],
    file: { name: 'Vroid.vrm', profile: 'spec', wrong: assigned(vroid) },
    mayChange: [ofTheRig],
  },
  {
    name: 'nameless-rig',
    kind: 'rig',
    prompt:
      'This rig’s bones have no proper names. Make it a VRM humanoid all the same, and export it as Nameless.',
    figure: 'vroid-nonsense',
    seed: bystander,
    ours: ours('Nameless'),
    stock: [look, python(bonesOf('Rig')), python(exportVrm({ name: 'Nameless', ...meta, bones: nonsense }))],
    file: { name: 'Nameless.vrm', profile: 'spec', wrong: assigned(nonsense) },
    mayChange: [ofTheRig],
  },
  {
    name: 'mmd-face',
    kind: 'rig',
    prompt:
      'Her shape keys have MMD’s names. Set up VRM’s visemes and blink with them, and export her as Mmd.',
    figure: 'companion',
    seed: `${bystander}
import json
face, rig = bpy.data.objects["Face"], bpy.data.objects["Companion"]
for old, new in json.loads('''${JSON.stringify(mmdKeys)}''').items(): face.data.shape_keys.key_blocks[old].name = new
told = json.loads(rig["avatar_forge_vrm"])
del told["expressions"]
rig["avatar_forge_vrm"] = json.dumps(told)`,
    ours: [
      { tool: 'vrm_face', arguments: {} },
      { tool: 'vrm_export', arguments: { name: 'Mmd', meta } },
    ],
    stock: [
      look,
      python(`
import bpy
for o in bpy.context.scene.objects:
    if o.type == "MESH" and o.data.shape_keys:
        print(o.name, o.data.shape_keys.key_blocks.keys())
print([b.name for b in bpy.data.objects["Companion"].data.bones])
`),
      python(
        exportVrm({
          name: 'Mmd',
          ...meta,
          bones: companionBones,
          keys: {
            aa: ['あ'],
            ih: ['い'],
            ou: ['う'],
            ee: ['え'],
            oh: ['お'],
            blink: ['ウィンク', 'ウィンク右'],
            happy: ['happy'],
          },
        }),
      ),
    ],
    file: {
      name: 'Mmd.vrm',
      profile: 'app',
      wrong: ({ facts }) =>
        ['aa', 'ih', 'ou', 'ee', 'oh', 'blink'].filter(
          (name) => !((facts.expressions.find((one) => one.name === name)?.effect.maxDeltaM ?? 0) > 0.002),
        ),
    },
    mayChange: [/^object Companion avatar_forge_vrm /],
  },
  {
    name: 'sway',
    kind: 'rig',
    prompt: 'Her hair and skirt are stiff. Let them sway, and export her as Sway.',
    figure: 'companion',
    seed: `${bystander}
import json
rig = bpy.data.objects["Companion"]
told = json.loads(rig["avatar_forge_vrm"])
del told["springs"], told["colliders"]
rig["avatar_forge_vrm"] = json.dumps(told)`,
    ours: [
      { tool: 'vrm_physics', arguments: {} },
      { tool: 'vrm_export', arguments: { name: 'Sway', meta } },
    ],
    stock: [
      look,
      python(bonesOf('Companion')),
      python(
        exportVrm({
          name: 'Sway',
          ...meta,
          bones: companionBones,
          springs: { ...hairChains, ...skirtChains },
        }),
      ),
    ],
    file: {
      name: 'Sway.vrm',
      profile: 'spec',
      wrong: ({ facts }) => (facts.springJoints >= 40 ? [] : [`${facts.springJoints} joints sway`]),
    },
    mayChange: [/^object Companion avatar_forge_vrm /],
  },
];
