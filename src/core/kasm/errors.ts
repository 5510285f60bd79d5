import { ForgeError } from '../errors.ts';
import { plainText } from '../untrusted.ts';
import type { TriedWay } from './ways.ts';

/** What a call of the API is called, and the permissions that a key needs for it. */
export const permissions = {
  request_kasm: 'User and Users Auth Session',
  get_kasm_status: 'User and Users Auth Session',
  get_kasms: 'Sessions View',
  keepalive: 'User and Users Auth Session',
  pause_kasm: 'User and Users Auth Session',
  resume_kasm: 'User and Users Auth Session',
  destroy_kasm: 'User and Users Auth Session',
  get_images: 'Images View',
  get_users: 'Users View',
} as const;

export type KasmCall = keyof typeof permissions;

/** An answer that is none, as it came over HTTP. `text` must hold no secret any more. */
export interface KasmRefusal {
  readonly call: KasmCall;
  readonly status: number;
  /** What the body says; null: the body was no JSON. */
  readonly text: string | null;
  /** What a key needs for the call. */
  readonly permission: string;
}

/** A row: when it holds, and what is told. The first that holds counts. */
interface Row {
  readonly code: string;
  readonly holds: (refusal: KasmRefusal) => boolean;
  readonly says: (refusal: KasmRefusal) => string;
  readonly next: string | ((refusal: KasmRefusal) => string);
}

const said = (pattern: RegExp) => (refusal: KasmRefusal) => pattern.test(refusal.text ?? '');

const rows: readonly Row[] = [
  {
    code: 'kasm-session-access',
    holds: said(/unauthorized session access/i),
    says: () => 'Kasm does not let this user into the session.',
    next: 'Start the workstation again; if it stays so, have the administrator check the auth domain of the zone.',
  },
  {
    code: 'kasm-permission',
    holds: ({ status, text }) => status === 401 || status === 403 || /^unauthorized$/i.test(text ?? ''),
    says: ({ call }) => `Kasm refuses ${call} to this API key.`,
    next: ({ permission }) =>
      `Check the key (Set Kasm API key), and have it granted ${permission}: what its owner may do does not count.`,
  },
  {
    code: 'kasm-no-resources',
    holds: said(
      /no (agent|resource|server)s?\b.*\bavailable|^no-resources\b|resources.*(exhausted|exceeded)|maximum .*(kasm|session)/i,
    ),
    says: () => 'Kasm has no resources left for another session.',
    next: 'End a session that is not needed, or have the administrator add an agent or raise the limit; then start again.',
  },
  {
    code: 'kasm-image-not-found',
    holds: said(/no default image found|image .*not (found|exist)|invalid image/i),
    says: () => 'Kasm does not know the image of the workstation.',
    next: 'Set avatarForge.kasm.image to the name or the id of an image that this user may launch.',
  },
  {
    code: 'kasm-not-deletable',
    holds: ({ call, status, text }) =>
      /not in a valid state to be deleted/i.test(text ?? '') || (call === 'destroy_kasm' && status === 409),
    says: () => 'Kasm cannot delete the session in the state it is in.',
    next: 'Wait for it to settle and stop it again, or delete it on the page Sessions of the administrator.',
  },
  {
    code: 'kasm-session-gone',
    holds: ({ call, status, text }) =>
      call !== 'request_kasm' &&
      (/(kasm|session).*(not found|does not exist|not exist|unknown)|invalid kasm/i.test(text ?? '') ||
        (status === 404 && text !== null)),
    says: () => 'The session is no more.',
    next: 'Start the workstation again.',
  },
  {
    code: 'kasm-launch-choice',
    holds: said(
      /^(launch-config|egress-selection|rdp-client)-required\b|^persistent-profile-mode-unavailable\b/,
    ),
    says: ({ text }) => `Kasm wants something chosen before it launches this image: ${quoted(text)}`,
    next: 'Have the administrator set it for the image or the group, so that a launch asks for nothing.',
  },
  {
    code: 'kasm-too-often',
    holds: ({ status }) => status === 429,
    says: ({ call }) => `Kasm takes no more calls for now (${call}).`,
    next: 'Wait a few minutes; if it stays so, ask the administrator of Kasm for a higher limit.',
  },
  {
    code: 'kasm-not-found',
    holds: ({ status, text }) => status === 404 && text === null,
    says: ({ call }) => `There is no ${call} of Kasm's API at this address.`,
    next: 'Correct avatarForge.kasm.url: the address of Kasm without a path; avatarForge.kasm.api chooses the revision of its API.',
  },
  {
    code: 'kasm-redirected',
    holds: ({ status }) => status >= 300 && status < 400,
    says: () => 'Kasm sends the call elsewhere, where the API key does not follow.',
    next: 'Set avatarForge.kasm.url to the address that the browser ends up at.',
  },
  {
    code: 'kasm-not-json',
    holds: ({ text }) => text === null,
    says: ({ call, status }) => `Kasm answered ${call} by a page in place of data (HTTP ${status}).`,
    next: 'Try again in a moment; if it stays so, look for a proxy in front of Kasm, and in the log of its API server.',
  },
  {
    code: 'kasm-server-error',
    holds: ({ status }) => status >= 500,
    says: ({ call, status, text }) => `Kasm failed at ${call} (HTTP ${status}): ${quoted(text)}`,
    next: 'Try again in a moment; if it stays so, look in the log of its API server.',
  },
  {
    code: 'kasm-refused',
    holds: () => true,
    says: ({ call, text }) => `Kasm refused ${call}: ${quoted(text)}`,
    next: 'Do as it says, or ask the administrator of Kasm.',
  },
];

/** What is told of a refusal: a stable code, and the mend. */
export function refusalError(refusal: KasmRefusal): ForgeError {
  const row = rows.find(({ holds }) => holds(refusal));
  if (row === undefined) throw new Error('The last row holds for everything.');
  const next = typeof row.next === 'string' ? row.next : row.next(refusal);
  return new ForgeError(row.code, row.says(refusal), next, {
    data: { call: refusal.call, status: refusal.status },
  });
}

/** Whether a call with this error may have been carried out all the same. */
export function isUnanswered(thrown: unknown): boolean {
  const unanswered = [
    'kasm-unreachable',
    'kasm-timeout',
    'kasm-not-json',
    'kasm-bad-answer',
    'kasm-server-error',
  ];
  return thrown instanceof ForgeError && unanswered.includes(thrown.code);
}

/** A call that never got an answer; `reason` is the code of the network's error. */
export function connectionError(host: string, reason: string): ForgeError {
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(reason)) {
    return untrusted(new Error(`The certificate of ${host} is not trusted (${reason}).`));
  }
  return new ForgeError(
    'kasm-unreachable',
    `No connection to ${host} (${reason}).`,
    'Correct avatarForge.kasm.url, or see to the network: VPN, DNS, proxy.',
  );
}

/** What is wrong with the certificate is in `cause`. */
export function untrusted(cause: Error): ForgeError {
  return new ForgeError(
    'kasm-tls',
    cause.message,
    'Have the certificate authority trusted by this machine, or give Kasm a certificate that is.',
    { cause },
  );
}

export function timeoutError(host: string, call: KasmCall, timeoutMs: number): ForgeError {
  return new ForgeError(
    'kasm-timeout',
    `Kasm at ${host} did not answer ${call} within ${timeoutMs / 1000} s.`,
    'Try again in a moment; if it stays so, look in the log of its API server.',
  );
}

export function cancelled(): ForgeError {
  return new ForgeError('cancelled', 'The call to Kasm was cancelled.', 'Call again when it is wanted.');
}

export function sessionGone(): ForgeError {
  return new ForgeError(
    'kasm-session-gone',
    'The session ended before its Blender could be reached.',
    'Start the workstation again; if it ends each time, look in the log of the session in Kasm.',
  );
}

export function startSlow(status: string, withinMs: number): ForgeError {
  return new ForgeError(
    'kasm-start-slow',
    `The session is not where it should be after ${Math.round(withinMs / 1000)} s; Kasm calls it ${quoted(status)}.`,
    'Look at the session on the pages of Kasm; an image that is fetched for the first time takes long, so start it again.',
  );
}

export function noWay(trace: readonly TriedWay[]): ForgeError {
  return new ForgeError(
    'kasm-no-way',
    `The session runs, but no way leads to its Blender (${trace.map(({ way, outcome }) => `${way}: ${outcome}`).join('; ')}).`,
    'Check that avatarForge.kasm.image is the image of Avatar Forge, and run the Doctor: it tells of each way what mends it.',
    { data: { trace } },
  );
}

export function destroyStuck(origin: string, kasmId: string, cause: unknown): ForgeError {
  return new ForgeError(
    'kasm-destroy-stuck',
    `Kasm has not ended session ${kasmId} yet.`,
    `It is tried again at the next start. If it stays, have the administrator delete it: ${origin}/#/sessions.`,
    cause === null ? {} : { cause },
  );
}

/** Text of theirs: bounded, one line, and marked as such. */
function quoted(text: string | null): string {
  return `“${plainText(text ?? '', 200).replaceAll('\n', ' ')}”`;
}
