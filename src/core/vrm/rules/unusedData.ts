import type { Gltf } from '../gltf.ts';
import type { VrmModel } from '../model.ts';
import { defineRule } from '../rule.ts';
import { gltfClause } from '../specLinks.ts';

/** Less is what a writer leaves between two pieces. */
const LEAST_BYTES = 64;

export const unusedData = defineRule({
  name: 'unused-data',
  codes: {
    'unused-bytes': {
      severity: 'info',
      title: 'Bytes that nothing in the model uses',
      next: 'Export the model again, or let an optimiser leave them out.',
      spec: gltfClause('buffers-and-buffer-views-overview'),
    },
    'unused-image': {
      severity: 'info',
      title: 'A picture that nothing shows',
      next: 'Take the texture out of the model and export again.',
      spec: gltfClause('images'),
    },
    'unused-mesh': {
      severity: 'info',
      title: 'A mesh that no node shows',
      next: 'Delete the mesh, or put it into the scene.',
      spec: gltfClause('meshes-overview'),
    },
  },
  check({ gltf, thumbnail }: VrmModel, report) {
    const bytes = unusedBytes(gltf);
    if (bytes >= LEAST_BYTES) report('unused-bytes', { message: `${bytes} bytes belong to nothing.` });
    const meshes = new Set(gltf.nodes.map(({ mesh }) => mesh));
    gltf.meshes.forEach(({ name }, n) => {
      if (!meshes.has(n)) {
        report('unused-mesh', { message: `${name} is on no node.`, where: { pointer: `/meshes/${n}` } });
      }
    });
    // Other ways to name a texture's picture are extensions'; what they use is not known here.
    if (gltf.extensionsUsed.some((name) => /texture/i.test(name) && name !== 'KHR_texture_transform')) return;
    const shown = new Set([...gltf.textures, thumbnail]);
    gltf.images.forEach(({ name }, n) => {
      if (!shown.has(n)) {
        const where = { image: name, pointer: `/images/${n}` };
        report('unused-image', { message: `No texture shows ${name}.`, where });
      }
    });
  },
});

/** In buffer views that neither an accessor nor a picture lies in. */
function unusedBytes({ accessors, images, bufferViews, extensionsUsed }: Gltf): number {
  // Draco and its like refer to views from within extensions.
  if (extensionsUsed.some((name) => /draco|meshopt|gaussian/i.test(name))) return 0;
  const used = new Set([
    ...accessors.flatMap(({ bufferView, sparse }) => [
      bufferView,
      sparse?.indices.bufferView,
      sparse?.values.bufferView,
    ]),
    ...images.map(({ bufferView }) => bufferView),
  ]);
  return bufferViews.reduce((sum, { byteLength }, n) => (used.has(n) ? sum : sum + byteLength), 0);
}
