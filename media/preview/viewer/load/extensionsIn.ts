/** Extensions that a GLB says it uses; none where its JSON cannot be read, which three then says better. */
export function extensionsIn(bytes: ArrayBuffer): readonly string[] {
  try {
    const view = new DataView(bytes);
    const json = new Uint8Array(bytes, 20, view.getUint32(12, true));
    const document: unknown = JSON.parse(new TextDecoder().decode(json));
    const used: unknown =
      typeof document === 'object' && document !== null ? Reflect.get(document, 'extensionsUsed') : [];
    return Array.isArray(used) ? used.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
