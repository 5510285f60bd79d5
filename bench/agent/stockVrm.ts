/**
 * How an able agent makes a VRM 1.0 with Python alone and no VRM add-on: Blender's glTF exporter, then the extension written
 * into the file's JSON. It has neither MToon, look-at nor thumbnail; the file is valid without.
 */
export interface VrmWish {
  readonly name: string;
  readonly authors: readonly string[];
  /** More of the meta, by VRM's names. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** VRM bone: bone of the rig. */
  readonly bones: Readonly<Record<string, string>>;
  /** VRM expression: shape keys. */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
  /** Joints by chain: first bone, how many. */
  readonly springs?: Readonly<Record<string, number>>;
}

/** Of figures that our scaffold made. */
export const companionBones: Readonly<Record<string, string>> = Object.fromEntries([
  ...['hips', 'spine', 'chest', 'neck', 'head'].map((bone) => [bone, bone] as const),
  ...['Shoulder', 'UpperArm', 'LowerArm', 'Hand', 'UpperLeg', 'LowerLeg', 'Foot', 'Toes', 'Eye'].flatMap(
    (part) => {
      const bone = `${part[0]?.toLowerCase() ?? ''}${part.slice(1)}`;
      return [[`left${part}`, `${bone}.L`] as const, [`right${part}`, `${bone}.R`] as const];
    },
  ),
]);

export const companionKeys: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['aa', 'ih', 'ou', 'ee', 'oh', 'happy', 'angry', 'sad', 'relaxed', 'surprised'].map((key) => [
      key,
      [key],
    ]),
  ),
  blink: ['blink.L', 'blink.R'],
};

export function exportVrm({ name, authors, meta = {}, bones, keys = {}, springs = {} }: VrmWish): string {
  const whole = { name, version: '1', authors, licenseUrl: 'https://vrm.dev/licenses/1.0/', ...meta };
  const swaying = Object.keys(springs).length > 0;
  return `
import bpy, json, os, struct
path = "{exports}/${name}.vrm"
for o in bpy.context.scene.objects:
    o.select_set(o.type == "ARMATURE" or o.find_armature() is not None)
bpy.ops.export_scene.gltf(filepath=path + ".glb", export_format="GLB", use_selection=True, export_animations=False)
with open(path + ".glb", "rb") as file:
    data = file.read()
os.remove(path + ".glb")
length = struct.unpack_from("<I", data, 12)[0]
gltf, rest = json.loads(data[20 : 20 + length]), data[20 + length :]
node = {n["name"]: i for i, n in enumerate(gltf["nodes"])}
bones = json.loads('''${JSON.stringify(bones)}''')
keys = json.loads('''${JSON.stringify(keys)}''')
preset = {}
for i, n in enumerate(gltf["nodes"]):
    names = gltf["meshes"][n["mesh"]].get("extras", {}).get("targetNames", []) if "mesh" in n else []
    for name, wanted in keys.items():
        for key in wanted:
            if key in names:
                bind = {"node": i, "index": names.index(key), "weight": 1.0}
                preset.setdefault(name, {"morphTargetBinds": []})["morphTargetBinds"].append(bind)
gltf["extensions"] = {**gltf.get("extensions", {}), "VRMC_vrm": {
    "specVersion": "1.0",
    "meta": json.loads('''${JSON.stringify(whole)}'''),
    "humanoid": {"humanBones": {human: {"node": node[bone]} for human, bone in bones.items()}},
    "expressions": {"preset": preset},
}}
gltf["extensionsUsed"] = [*gltf.get("extensionsUsed", []), "VRMC_vrm"${swaying ? ', "VRMC_springBone"' : ''}]
${swaying ? springPart(springs) : ''}text = json.dumps(gltf).encode()
text += b" " * (-len(text) % 4)
with open(path, "wb") as file:
    file.write(struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest)))
    file.write(struct.pack("<I4s", len(text), b"JSON") + text + rest)
print(len(bones), "bones,", sorted(preset), os.path.getsize(path), "bytes")
`;
}

function springPart(springs: Readonly<Record<string, number>>): string {
  return `chains = []
for first, count in json.loads('''${JSON.stringify(springs)}''').items():
    at, joints = node[first], []
    for _ in range(count):
        joints.append({"node": at, "hitRadius": 0.02, "stiffness": 1.0, "gravityPower": 0.1, "dragForce": 0.4})
        below = gltf["nodes"][at].get("children", [])
        if not below:
            break
        at = below[0]
    chains.append({"name": first, "joints": joints})
gltf["extensions"]["VRMC_springBone"] = {"specVersion": "1.0", "springs": chains}
`;
}
