/** Addresses of clauses. The specification is pinned to the commit the rules were written from. */

const VRM =
  'https://github.com/vrm-c/vrm-specification/blob/3942748efbc803b258e288e0f6c993c6bb96cebf/specification';

/** The clause of each version; `null` where that version says nothing. */
export interface SpecLinks {
  readonly '1.0': string | null;
  readonly '0.x': string | null;
}

export const NO_CLAUSE: SpecLinks = { '1.0': null, '0.x': null };

/** `vrm1`: file and anchor below `specification/`; `vrm0`: anchor in 0.0's one document. */
export function clauses(vrm1: string | null, vrm0: string | null): SpecLinks {
  return {
    '1.0': vrm1 === null ? null : `${VRM}/${vrm1}`,
    '0.x': vrm0 === null ? null : `${VRM}/0.0/README.md${vrm0}`,
  };
}

/** A clause of glTF 2.0, which both versions build on. */
export function gltfClause(anchor: string): SpecLinks {
  const address = `https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html#${anchor}`;
  return { '1.0': address, '0.x': address };
}
