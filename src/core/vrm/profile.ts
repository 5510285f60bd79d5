/** What a check is held against, as data: a profile can be written by a user in JSON. */
import type { Severity } from './finding.ts';
import { VISEMES } from './presets.ts';

/** What a model may cost the program that shows it; what is left out costs nothing. */
export interface Budget {
  readonly triangles?: number | undefined;
  readonly materials?: number | undefined;
  /** Joints of skins. */
  readonly bones?: number | undefined;
  /** On the graphics chip, with mipmaps: unpacked, but for KTX2. */
  readonly textureMiB?: number | undefined;
}

export interface Profile {
  readonly name: string;
  readonly description: string;
  /** Expressions (1.0 names of presets, or custom ones) that must be there and must do something. */
  readonly requiredExpressions: readonly string[];
  /** Codes that weigh other than the rule, or Khronos' validator (`gltf:…`), says; `off` silences one. */
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  readonly budget?: Budget | undefined;
}

export const PROFILES = {
  spec: {
    name: 'spec',
    description: 'What the VRM specification asks, and plain faults.',
    requiredExpressions: [],
    severities: {},
  },
  app: {
    name: 'app',
    description: 'What the companion app needs: visemes, blink and happy that move, upright and in metres.',
    requiredExpressions: [...VISEMES, 'blink', 'happy'],
    severities: {
      'height-implausible': 'error',
      'feet-off-ground': 'error',
      'thumbnail-missing': 'warning',
      'licence-no-redistribution': 'warning',
    },
    budget: { triangles: 70_000 },
  },
  web: {
    name: 'web',
    description: 'What a page can show on a phone of some years ago, too.',
    requiredExpressions: [...VISEMES, 'blink'],
    severities: {},
    budget: { triangles: 70_000, materials: 8, bones: 150, textureMiB: 75 },
  },
} satisfies Record<string, Profile>;
