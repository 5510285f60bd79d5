/**
 * The bones of a VRM humanoid, by their names in 1.0.
 * https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/humanoid.md#list-of-humanoid-bones
 */

export interface BoneDefinition {
  readonly name: string;
  readonly parent: string | null;
  /** Versions that cannot do without it. */
  readonly required: readonly ('1.0' | '0.x')[];
  /** It may exist only where its parent does. */
  readonly needsParent: boolean;
}

const BOTH = ['1.0', '0.x'] as const;
const SIDES = ['left', 'right'] as const;

function bone(
  name: string,
  parent: string | null,
  options: { readonly required?: BoneDefinition['required']; readonly needsParent?: boolean } = {},
): BoneDefinition {
  return { name, parent, required: options.required ?? [], needsParent: options.needsParent ?? false };
}

function fingers(side: string): readonly BoneDefinition[] {
  const chain = (...names: readonly string[]): readonly BoneDefinition[] =>
    names.map((name, n) => {
      const before = names[n - 1];
      return before === undefined ? bone(name, `${side}Hand`) : bone(name, before, { needsParent: true });
    });
  return [
    ...chain(`${side}ThumbMetacarpal`, `${side}ThumbProximal`, `${side}ThumbDistal`),
    ...['Index', 'Middle', 'Ring', 'Little'].flatMap((finger) =>
      chain(`${side}${finger}Proximal`, `${side}${finger}Intermediate`, `${side}${finger}Distal`),
    ),
  ];
}

export const BONES: readonly BoneDefinition[] = [
  bone('hips', null, { required: BOTH }),
  bone('spine', 'hips', { required: BOTH }),
  bone('chest', 'spine', { required: ['0.x'] }),
  bone('upperChest', 'chest', { needsParent: true }),
  bone('neck', 'upperChest', { required: ['0.x'] }),
  bone('head', 'neck', { required: BOTH }),
  bone('leftEye', 'head'),
  bone('rightEye', 'head'),
  bone('jaw', 'head'),
  ...SIDES.flatMap((side) => [
    bone(`${side}UpperLeg`, 'hips', { required: BOTH }),
    bone(`${side}LowerLeg`, `${side}UpperLeg`, { required: BOTH }),
    bone(`${side}Foot`, `${side}LowerLeg`, { required: BOTH }),
    bone(`${side}Toes`, `${side}Foot`),
    bone(`${side}Shoulder`, 'upperChest'),
    bone(`${side}UpperArm`, `${side}Shoulder`, { required: BOTH }),
    bone(`${side}LowerArm`, `${side}UpperArm`, { required: BOTH }),
    bone(`${side}Hand`, `${side}LowerArm`, { required: BOTH }),
    ...fingers(side),
  ]),
];

export const BONES_BY_NAME: ReadonlyMap<string, BoneDefinition> = new Map(
  BONES.map((one) => [one.name, one]),
);

/** 0.x counts the thumb's bones one joint further out than 1.0. */
const THUMB_OF_VRM0: Readonly<Record<string, string>> = {
  ThumbProximal: 'ThumbMetacarpal',
  ThumbIntermediate: 'ThumbProximal',
};

/** The 1.0 name of a bone that a 0.x file names. */
export function boneFromVrm0(name: string): string {
  const side = SIDES.find((one) => name.startsWith(one)) ?? '';
  const thumb = THUMB_OF_VRM0[name.slice(side.length)];
  return thumb === undefined || side === '' ? name : side + thumb;
}
