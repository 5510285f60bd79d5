import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Rules {
  readonly token: string;
  readonly origins: readonly string[];
}

/** Why a request is not let in; null: it is. */
export type Refusal = { readonly status: 401 | 403; readonly reason: 'token' | 'origin' } | null;

/** For ways on which a proxy puts an Authorization of its own, as Kasm's does: it counts before that one. */
const tokenHeader = 'x-avatar-forge-token';

/** A browser's page says where it comes from: it is refused even with the token, unless it is allowed by name. */
export function judge({ headers }: Pick<IncomingMessage, 'headers'>, { token, origins }: Rules): Refusal {
  const { origin, authorization } = headers;
  if (origin !== undefined && !origins.includes(origin)) return { status: 403, reason: 'origin' };
  const offered = headers[tokenHeader] ?? /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  return timingSafeEqual(digest(String(offered)), digest(token)) ? null : { status: 401, reason: 'token' };
}

/** Of equal length for every token, so that the comparison tells nothing of it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
