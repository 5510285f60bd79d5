/** What a mouth does to say a text: a rough reading of its letters, good enough to see whether visemes work together. */

export const VISEMES = ['aa', 'ih', 'ou', 'ee', 'oh'] as const;
export type Viseme = (typeof VISEMES)[number];

export interface VisemeSpan {
  readonly viseme: Viseme;
  readonly startS: number;
  readonly lengthS: number;
  /** 0 to 1. */
  readonly weight: number;
}

const VOWELS: Readonly<Record<string, Viseme>> = {
  a: 'aa',
  e: 'ee',
  i: 'ih',
  y: 'ih',
  o: 'oh',
  u: 'ou',
  w: 'ou',
};
const VOWEL_S = 0.14;
const CONSONANT_S = 0.06;
/** Lips meet for these. */
const CLOSED = new Set('mbp');
const PAUSE_S: Readonly<Record<string, number>> = {
  ' ': 0.07,
  ',': 0.25,
  ';': 0.25,
  '.': 0.4,
  '!': 0.4,
  '?': 0.4,
};

export function visemesOf(text: string): readonly VisemeSpan[] {
  const spans: VisemeSpan[] = [];
  let at = 0;
  // Accents fall off (é is e), and so do scripts that this reading does not know.
  for (const letter of text.normalize('NFD').toLowerCase()) {
    const viseme = VOWELS[letter];
    const last = spans.at(-1);
    if (viseme !== undefined) {
      if (last?.viseme === viseme && last.startS + last.lengthS === at) {
        spans[spans.length - 1] = { ...last, lengthS: last.lengthS + VOWEL_S / 2 };
        at += VOWEL_S / 2;
        continue;
      }
      spans.push({ viseme, startS: at, lengthS: VOWEL_S, weight: 1 });
      at += VOWEL_S;
    } else if (/[a-z]/.test(letter)) {
      if (!CLOSED.has(letter)) spans.push({ viseme: 'ih', startS: at, lengthS: CONSONANT_S, weight: 0.25 });
      at += CONSONANT_S;
    } else at += PAUSE_S[letter] ?? 0;
  }
  return spans;
}

/** Each viseme once, long enough to look at. */
export function visemeRun(): readonly VisemeSpan[] {
  return VISEMES.map((viseme, n) => ({ viseme, startS: n * 0.7, lengthS: 0.6, weight: 1 }));
}

/** When the mouth is closed again, in seconds. */
export function closedAt(spans: readonly VisemeSpan[]): number {
  return spans.reduce((end, { startS, lengthS }) => Math.max(end, startS + 1.2 * lengthS), 0);
}
