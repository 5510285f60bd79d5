import type { PromotionPlan } from '../../../src/core/promotion/plan.ts';
import { differencesOf, type ModelSummary } from '../../../src/core/promotion/summary.ts';

const before: ModelSummary = {
  bytes: 9_100_000,
  triangles: 31_200,
  materials: 6,
  bones: 54,
  textures: 7,
  texturePixels: 9_437_184,
  expressions: ['aa', 'blink', 'ee', 'happy', 'ih', 'oh', 'ou', 'wink'],
  license: 'https://vrm.dev/licenses/1.0/',
  permissions: { allowRedistribution: true, modification: 'prohibited' },
};
const after: ModelSummary = {
  ...before,
  bytes: 7_400_000,
  triangles: 33_948,
  texturePixels: 6_291_456,
  expressions: ['aa', 'blink', 'ee', 'happy', 'ih', 'oh', 'ou', 'relaxed', 'surprised'],
  permissions: { allowRedistribution: true, modification: 'allowModification' },
};

/** A next version with a warning, to everywhere but the mirror. */
export const samplePlan: PromotionPlan = {
  kind: 'model',
  source: {
    place: '/home/me/avatar-forge/exports/Companion-A.vrm',
    size: after.bytes,
    sha256: 'ab'.repeat(32),
    stored: null,
  },
  name: 'Companion-A.vrm',
  exact: false,
  profile: 'app',
  expected: { state: 'free', name: 'Companion-A-v2.vrm' },
  copies: [
    { role: 'production', place: '/mnt/gravenhollow/models', guarantee: 'link' },
    { role: 'cdn', place: 'cdn:avatar-models', guarantee: 'conditional-put' },
  ],
  publicUrl: 'https://models.example.com/Companion-A-v2.vrm',
  leftOut: ['mirror'],
  findings: [
    {
      code: 'feet-off-ground',
      severity: 'warning',
      message: 'The lowest point is 4 cm above the ground.',
      next: 'Move the figure down, then export again.',
      where: {},
      spec: null,
    },
    {
      code: 'texture-not-power-of-two',
      severity: 'info',
      message: 'A texture is 1000 by 1000.',
      next: 'Make it 1024 by 1024.',
      where: {},
      spec: null,
    },
  ],
  model: after,
  previous: { name: 'Companion-A.vrm', model: before },
  differences: differencesOf(before, after),
  register: {
    place: '/home/me/companion',
    newer: null,
    edits: [
      {
        file: 'internal/database/database.go',
        before:
          'var AllowedAvatarModels = map[string]bool{\n\t"Companion-A.vrm": true,\n\t"Mira.vrm":        true,\n}\n',
        after:
          'var AllowedAvatarModels = map[string]bool{\n\t"Companion-A-v2.vrm": true,\n\t"Mira.vrm":           true,\n}\n',
      },
      {
        file: 'static/js/avatar.js',
        before: "export const AVATAR_MODELS = [\n  { file: 'Companion-A.vrm', label: 'Companion A' },\n];\n",
        after:
          "export const AVATAR_MODELS = [\n  { file: 'Companion-A-v2.vrm', label: 'Companion A' },\n];\n",
      },
    ],
  },
};
