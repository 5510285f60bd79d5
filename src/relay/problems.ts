import { STATUS_CODES } from 'node:http';
import { ForgeError, toForgeError } from '../core/errors.ts';
import type { Problem } from '../protocol/relay.ts';

const statuses: Readonly<Record<string, number>> = {
  'bad-request': 400,
  'bad-name': 400,
  'bad-key': 400,
  unauthorized: 401,
  'scope-missing': 403,
  'not-allowed': 403,
  'instance-refused': 403,
  'foreign-origin': 403,
  'no-such-path': 404,
  'no-such-user': 404,
  'no-such-key': 404,
  'no-such-grant': 404,
  'no-such-instance': 404,
  'no-such-session': 404,
  'instance-ambiguous': 409,
  'name-taken': 409,
  'instance-busy': 409,
  'instance-online': 409,
  'too-large': 413,
  'foreign-host': 421,
  'too-fast': 429,
  'too-many': 429,
  'too-many-failures': 429,
  'blender-unreachable': 502,
  'instance-offline': 503,
  'agent-silent': 504,
  'deadline-exceeded': 504,
  'audit-failed': 503,
};

/** A refusal as it is told over HTTP; what is not ours to tell becomes `internal`. */
export function problemOf(thrown: unknown): Problem {
  const known = thrown instanceof ForgeError;
  const error = known
    ? thrown
    : new ForgeError(
        'internal',
        'The relay failed at this.',
        'Try again; its operator finds the reason in its log.',
      );
  const status = statuses[error.code] ?? (known ? 502 : 500);
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: error.message,
    code: error.code,
    next: error.next,
  };
}

export function headersOf(problem: Problem): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  };
  if (problem.status === 401) headers['www-authenticate'] = 'Bearer';
  if (problem.status === 429) headers['retry-after'] = '5';
  return headers;
}

/** For the log: what no client is told. */
export function defect(thrown: unknown): string | null {
  if (thrown instanceof ForgeError && thrown.code !== 'internal') return null;
  return toForgeError(thrown, 'internal', 'relay', '').message;
}

export function noSuchPath(): ForgeError {
  return new ForgeError('no-such-path', 'There is nothing at this address.', 'Look at GET /v1/openapi.json.');
}
