/** What a check is held against, as data: a profile can be written by a user in JSON. */
import type { Severity } from './finding.ts';
import { VISEMES } from './presets.ts';

export interface Profile {
  readonly name: string;
  readonly description: string;
  /** Expressions (1.0 names) that must be there and must do something. */
  readonly requiredExpressions: readonly string[];
  /** Codes that weigh other than the rule says; `off` silences one. */
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
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
    severities: { 'height-implausible': 'error', 'feet-off-ground': 'error', 'thumbnail-missing': 'warning' },
  },
} satisfies Record<string, Profile>;
