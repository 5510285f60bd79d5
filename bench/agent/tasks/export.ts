import { companionBones, companionKeys, exportVrm } from '../stockVrm.ts';
import { look, python, type Task } from '../task.ts';

const bystander = 'seeds.add("cube", "Prop", (2, 0, 0.5), size=1)\n';
const bonesAndKeys = `
import bpy
for o in bpy.context.scene.objects:
    if o.type == "ARMATURE":
        print(o.name, [b.name for b in o.data.bones])
    elif o.type == "MESH" and o.data.shape_keys:
        print(o.name, o.data.shape_keys.key_blocks.keys())
`;
const licence = {
  authors: ['Ada', 'Ben'],
  version: '2.1',
  avatarPermission: 'everyone',
  commercialUsage: 'personalProfit',
  modification: 'prohibited',
  allowRedistribution: true,
  creditNotation: 'required',
};
const { authors, ...moreOfIt } = licence;
const propsOnly = `
import bpy
for o in bpy.context.scene.objects:
    o.select_set(o.name in {"Chair", "Table"})
bpy.ops.export_scene.gltf(filepath="{exports}/props.glb", export_format="GLB", use_selection=True)
print("written")
`;

export const exports: readonly Task[] = [
  {
    name: 'export',
    kind: 'export',
    prompt:
      'Export her as VRM 1.0 for the app, as Companion. She has to speak, blink and smile in it. Author: Bench.',
    figure: 'companion',
    seed: bystander,
    ours: [
      { tool: 'vrm_export', arguments: { name: 'Companion', meta: { authors: ['Bench'] } } },
      { tool: 'vrm_check', arguments: { file: 'Companion.vrm' } },
    ],
    stock: [
      look,
      python(bonesAndKeys),
      python(
        exportVrm({ name: 'Companion', authors: ['Bench'], bones: companionBones, keys: companionKeys }),
      ),
    ],
    file: { name: 'Companion.vrm', profile: 'app' },
    mayChange: [],
  },
  {
    name: 'licence',
    kind: 'export',
    prompt: `Export her as Mika, version 2.1, by Ada and Ben: anyone may use her, also for profit as a person, and pass her on, with credit, unchanged.`,
    figure: 'companion',
    seed: bystander,
    ours: [{ tool: 'vrm_export', arguments: { name: 'Mika', meta: { name: 'Mika', ...licence } } }],
    stock: [
      look,
      python(bonesAndKeys),
      python(
        exportVrm({ name: 'Mika', authors, meta: moreOfIt, bones: companionBones, keys: companionKeys }),
      ),
    ],
    file: {
      name: 'Mika.vrm',
      profile: 'app',
      wrong: ({ vrm }) => {
        const meta = vrm['meta'] as Readonly<Record<string, unknown>>;
        return Object.entries({ name: 'Mika', ...licence }).flatMap(([name, wanted]) =>
          JSON.stringify(meta[name]) === JSON.stringify(wanted)
            ? []
            : [`meta.${name}: ${JSON.stringify(meta[name])}`],
        );
      },
    },
    mayChange: [],
  },
  {
    name: 'mend-and-export',
    kind: 'export',
    prompt: 'Export her as Mended for the app. If something is in the way, mend it. Author: Bench.',
    figure: 'companion',
    seed: `${bystander}
import json
rig = bpy.data.objects["Companion"]
for old, new in (("hips", "Bone.001"), ("head", "Bone.002"), ("upperArm.L", "Bone.003")): rig.data.bones[old].name = new
told = json.loads(rig["avatar_forge_vrm"])
for member in ("humanoid", "springs", "colliders"): del told[member]
rig["avatar_forge_vrm"] = json.dumps(told)`,
    ours: [
      { tool: 'vrm_export', arguments: { name: 'Mended', meta: { authors: ['Bench'] } }, fails: true },
      { tool: 'vrm_rig', arguments: {} },
      { tool: 'vrm_export', arguments: { name: 'Mended', meta: { authors: ['Bench'] } } },
      { tool: 'vrm_check', arguments: { file: 'Mended.vrm' } },
    ],
    stock: [
      look,
      python(bonesAndKeys),
      python(
        exportVrm({
          name: 'Mended',
          authors: ['Bench'],
          bones: { ...companionBones, hips: 'Bone.001', head: 'Bone.002', leftUpperArm: 'Bone.003' },
          keys: companionKeys,
        }),
      ),
    ],
    file: { name: 'Mended.vrm', profile: 'app' },
    mayChange: [/^object Companion avatar_forge_vrm /],
  },
  {
    name: 'plain-gltf',
    kind: 'export',
    prompt: 'Export Chair and Table, and nothing else, as glTF: {exports}/props.glb.',
    seed: 'for i, name in enumerate(("Chair", "Table", "Wall")): seeds.add("cube", name, (2 * i, 0, 0.5), size=1)',
    // Neither server has a tool for it.
    ours: [python(propsOnly)],
    stock: [python(propsOnly)],
    check: `
import json, os
if not os.path.exists("{exports}/props.glb"): wrong.append("no file")
else:
    data = open("{exports}/props.glb", "rb").read()
    gltf = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
    names = sorted(node["name"] for node in gltf["nodes"])
    if names != ["Chair", "Table"]: wrong.append(f"has {names}")
    os.remove("{exports}/props.glb")
`,
    mayChange: [],
  },
];
