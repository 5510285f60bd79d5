/** What is taken out of text that goes to somebody else, such as a report bundle. */
export interface Scrubbed {
  /** Values that are known to be secret. */
  readonly secrets: readonly string[];
  /** The user's home folder: its path holds a name. */
  readonly home: string;
}

const patterns: readonly (readonly [RegExp, string])[] = [
  // scheme://user:password@host
  [/(:\/\/[^\s/:@]*:)[^\s/@]+@/g, '$1•••@'],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 •••'],
  // NAME_TOKEN=value, "apiKey": "value", --password value
  [
    /((?:token|secret|password|passwd|passphrase|api[_-]?key|access[_-]?key(?:[_-]?id)?|private[_-]?key|credentials?)["']?\s*[=:]\s*["']?|--(?:token|secret|password)[= ])[^\s"',;}]+/gi,
    '$1•••',
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, '•••'],
  // Keys that show by their form: AWS, GitHub, GitLab, OpenAI and the like, JSON web tokens.
  [
    /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bglpat-[\w-]{20,}|\bsk-[\w-]{20,}|\beyJ[\w-]+\.[\w-]+\.[\w-]+/g,
    '•••',
  ],
];

/** The shortest secret that is looked for by its value: a shorter one would blot out ordinary text. */
const shortest = 4;

/** Text without secrets, and with `~` in place of the home folder. */
export function scrub(text: string, { secrets, home }: Scrubbed): string {
  let clean = text;
  for (const secret of secrets) if (secret.length >= shortest) clean = clean.replaceAll(secret, '•••');
  for (const [pattern, instead] of patterns) clean = clean.replace(pattern, instead);
  return home.length > 1 ? clean.replaceAll(home, '~') : clean;
}
