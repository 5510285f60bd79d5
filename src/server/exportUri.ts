export const vrmMimeType = 'model/gltf-binary';

/** The URI under which a client reads an exported model as a resource. */
export function exportUri(name: string): string {
  return `avatar-forge://exports/${encodeURIComponent(name)}`;
}
