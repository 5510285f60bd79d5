/** What may differ after a round trip, as `differences` and `surfaceDifferences` tell it; docs/round-trips.md has each row in words. */
export interface Loss {
  /** The first cell of the row. */
  readonly row: string;
  readonly line: RegExp;
  readonly from0?: true;
  /** The files that may lose it; all, where it is not told. */
  readonly file?: RegExp;
}

export const LOSSES: readonly Loss[] = [
  { row: 'vertices', line: /^vertices: / },
  { row: 'thumbnail', line: /^thumbnail: undefined → true$/ },
  { row: 'normals of shape keys', line: /^surface .*, keyNormal / },
  { row: 'vertex colours', line: /^surface Body in Skin, colour: /, file: /^Rich$/ },
  {
    row: 'a fifth bone and more at a vertex',
    line: /^surface Body in Skin, weight of \w+: .* by 0\.0[0-4]/,
    file: /^Rich$/,
  },
  { row: 'filters for a picture made smaller', line: /^material .* made smaller: / },
  { row: 'texture transforms of MToon', line: /^material .* rotation: / },
  { row: 'node constraints (VRMC_node_constraint)', line: /^constraint of .*: true → undefined$/ },
  { row: "animations in the file, custom properties, extensions that are not VRM's", line: /^animation / },
  { row: "animations in the file, custom properties, extensions that are not VRM's", line: /^extras of / },
  { row: 'bones', line: /^bone .*: undefined → true$/ },
  {
    row: 'meshes that hang rigidly from bones',
    line: /^surface Root in \w+, weight of hips: .* by 1\.0/,
    file: /^blender_debug_robot/,
  },
  { row: 'licence', line: /^meta \w+: undefined → /, from0: true },
  { row: 'springs of a group', line: /^springs .*: undefined → /, from0: true },
  { row: 'springs of a group', line: /^spring end of .*: undefined → /, from0: true },
];
