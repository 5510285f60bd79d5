import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const kept = 16;

/** One-time tokens: each lets one bearer in, once. Of those never used the last 16 stay good. */
export class Tickets {
  #digests: readonly Buffer[] = [];

  issue(): string {
    const token = randomBytes(32).toString('base64url');
    this.#digests = [...this.#digests, digest(token)].slice(-kept);
    return token;
  }

  /** True once for each token; compares in constant time. */
  take(token: string): boolean {
    const offered = digest(token);
    const matches = this.#digests.map((known) => timingSafeEqual(known, offered));
    this.#digests = this.#digests.filter((_, index) => matches[index] !== true);
    return matches.includes(true);
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
