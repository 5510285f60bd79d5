/** The sample with its mesh compressed by Draco's own encoder. */
import assert from 'node:assert/strict';
import { createEncoderModule } from 'draco3d';
import { packGlb } from './glb.ts';
import { edited } from './json.ts';
import { sampleVrm } from './sampleVrm.ts';

interface Document {
  readonly bufferViews: readonly { readonly byteOffset: number; readonly byteLength: number }[];
  readonly extensionsUsed: readonly string[];
  readonly accessors: readonly { readonly bufferView: number; readonly count: number }[];
  readonly meshes: readonly {
    readonly primitives: readonly {
      readonly indices: number;
      readonly attributes: Readonly<Record<'POSITION' | 'JOINTS_0' | 'WEIGHTS_0', number>>;
    }[];
  }[];
}

/** https://github.com/KhronosGroup/glTF/blob/main/extensions/2.0/Khronos/KHR_draco_mesh_compression/README.md */
export async function dracoVrm(): Promise<Uint8Array> {
  const { document, bin } = sampleVrm('1.0');
  const { accessors, bufferViews, extensionsUsed, meshes } = document as Document;
  const primitive = meshes[0]?.primitives[0];
  assert(primitive);
  const { indices, attributes } = primitive;
  const bytesOf = (accessor: number): ArrayBuffer => {
    const { byteOffset, byteLength } = bufferViews[accessors[accessor]?.bufferView ?? -1] ?? {
      byteOffset: 0,
      byteLength: 0,
    };
    return Uint8Array.from(bin.subarray(byteOffset, byteOffset + byteLength)).buffer;
  };
  const draco = await createEncoderModule();
  const [builder, mesh, encoder, out] = [
    new draco.MeshBuilder(),
    new draco.Mesh(),
    new draco.Encoder(),
    new draco.DracoInt8Array(),
  ];
  const count = accessors[attributes.POSITION]?.count ?? 0;
  const faces = new Uint16Array(bytesOf(indices));
  builder.AddFacesToMesh(mesh, faces.length / 3, faces);
  const [position, joints, weights] = [
    builder.AddFloatAttribute(mesh, draco.POSITION, count, 3, new Float32Array(bytesOf(attributes.POSITION))),
    builder.AddUInt8Attribute(mesh, draco.GENERIC, count, 4, new Uint8Array(bytesOf(attributes.JOINTS_0))),
    builder.AddFloatAttribute(mesh, draco.GENERIC, count, 4, new Float32Array(bytesOf(attributes.WEIGHTS_0))),
  ];
  // The shape keys lie beside it, vertex by vertex: their order must stay.
  encoder.SetEncodingMethod(draco.MESH_SEQUENTIAL_ENCODING);
  const length = encoder.EncodeMeshToDracoBuffer(mesh, out);
  assert(length > 0);
  const stream = Uint8Array.from({ length }, (_, n) => out.GetValue(n) & 255);
  for (const one of [out, encoder, mesh, builder]) draco.destroy(one);
  const compressed = {
    bufferView: bufferViews.length,
    attributes: { POSITION: position, JOINTS_0: joints, WEIGHTS_0: weights },
  };
  const whole = new Uint8Array(Buffer.concat([bin, stream]));
  return packGlb(
    edited(document, [
      { at: '/extensionsUsed', value: [...extensionsUsed, 'KHR_draco_mesh_compression'] },
      { at: '/extensionsRequired', value: ['KHR_draco_mesh_compression'] },
      { at: '/bufferViews/-', value: { buffer: 0, byteOffset: bin.length, byteLength: length } },
      { at: '/meshes/0/primitives/0/extensions', value: { KHR_draco_mesh_compression: compressed } },
      ...[indices, ...Object.values(attributes)].map((at) => ({ at: `/accessors/${at}/bufferView` })),
      { at: '/buffers/0/byteLength', value: whole.length },
    ]),
    whole,
  );
}
