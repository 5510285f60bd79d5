/**
 * Preset expressions, by their names in 1.0.
 * https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/expressions.md#preset-expressions
 */

export const VISEMES = ['aa', 'ih', 'ou', 'ee', 'oh'] as const;

export const LOOK_PRESETS: readonly string[] = ['lookUp', 'lookDown', 'lookLeft', 'lookRight'];

export const PRESETS: readonly string[] = [
  ...['happy', 'angry', 'sad', 'relaxed', 'surprised', 'neutral'],
  ...VISEMES,
  ...['blink', 'blinkLeft', 'blinkRight'],
  ...LOOK_PRESETS,
];

const PRESET_OF_VRM0: Readonly<Record<string, string>> = {
  a: 'aa',
  i: 'ih',
  u: 'ou',
  e: 'ee',
  o: 'oh',
  joy: 'happy',
  angry: 'angry',
  sorrow: 'sad',
  fun: 'relaxed',
  neutral: 'neutral',
  blink: 'blink',
  blink_l: 'blinkLeft',
  blink_r: 'blinkRight',
  lookup: 'lookUp',
  lookdown: 'lookDown',
  lookleft: 'lookLeft',
  lookright: 'lookRight',
};

/** The 1.0 name of a 0.x preset; `null` for `unknown` and anything else, which make a custom expression. */
export function presetFromVrm0(presetName: string | null): string | null {
  return PRESET_OF_VRM0[presetName?.toLowerCase() ?? ''] ?? null;
}
