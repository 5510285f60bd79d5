import type { MeshCompressor } from '../../core/vrm/optimise/views.ts';

/** The version of the streams that EXT_meshopt_compression holds. */
const streams = 0;

/** meshoptimizer's encoder; loaded on use. */
export function meshCompressor(): MeshCompressor {
  return {
    async compress(bytes, count, stride, mode) {
      const { MeshoptEncoder } = await import('meshoptimizer/encoder');
      await MeshoptEncoder.ready;
      return MeshoptEncoder.encodeGltfBuffer(bytes, count, stride, mode, streams);
    },
  };
}
