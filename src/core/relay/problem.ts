import { z } from 'zod';
import { ForgeError } from '../errors.ts';
import { plainText } from '../untrusted.ts';

/** The media type of a refusal (RFC 9457). */
export const problemType = 'application/problem+json';
/** None of ours is longer, in bytes. */
export const longestProblem = 16_384;

const said = z.object({
  code: z.string().regex(/^[a-z][a-z0-9-]{1,63}$/),
  detail: z.string().max(2_000),
  next: z.string().max(2_000),
  status: z.number().int().optional(),
});

/** The error that the body of a refusal is; null where it is none. Its texts are another program's: invisible characters are shown. */
export function readProblem(body: string): ForgeError | null {
  try {
    const { code, detail, next, status } = said.parse(JSON.parse(body));
    return new ForgeError(code, plainText(detail), plainText(next), { data: { status } });
  } catch {
    return null;
  }
}
