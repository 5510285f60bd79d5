/**
 * The relay: where a workstation's agent and its users meet (docs/relay.md is the contract). Both dial out to it. Everything
 * here travels over HTTPS and WebSockets; the API key goes in the `Authorization` header of the request that opens them.
 */

export const relayPaths = {
  /** The agent's control connection: JSON messages as text, for as long as the workstation is up. */
  agent: '/agent',
  /** One data connection of the agent: `/agent/session/<id>`, the id of an {@link RelayOrder}. */
  session: '/agent/session/',
  /** A client's connection: `/instances/<name or id>`, bytes as on port 9876. */
  instances: '/instances/',
} as const;

/** The most bytes in one message of a data connection; 64 KiB are a good size. */
export const MAX_RELAY_MESSAGE = 4_194_304;
/** The most bytes in one message of a control connection. */
export const MAX_CONTROL_MESSAGE = 16_384;
/** A client may say which of the key's users it is, so that two editors with one key do not share a lease. */
export const clientHeader = 'avatar-forge-client';

/** What an agent sends over the control connection. */
export type AgentMessage =
  /** First, and once. `instance` stays the same for a workstation; `name` is a wish. */
  | { readonly hello: { readonly instance: string; readonly name: string; readonly version: string } }
  /** The data connection that was asked for cannot be had. */
  | { readonly failed: { readonly session: string; readonly code: string; readonly message: string } };

/** What the relay sends over the control connection. */
export type RelayOrder =
  /** The answer to hello: the name is the one it has now. */
  | { readonly welcome: { readonly instance: string; readonly name: string } }
  /** A client is there: open a data connection with this id, which counts once and for a few seconds. */
  | { readonly open: { readonly session: string } };

/** Why a WebSocket was closed, beside 1000; the reason is the code of an error. */
export const closeCodes = {
  /** The key is revoked or expired, or the grant is taken back. */
  accessEnded: 4401,
  /** The message was not one of the contract, or the allow-list could not be applied. */
  badMessage: 4400,
  /** The session was idle for too long, or has lasted too long. */
  timedOut: 4408,
  /** The same instance has connected anew. */
  replaced: 4409,
  /** The relay goes down. */
  shuttingDown: 4503,
} as const;

/** The body of a refusal (RFC 9457), media type `application/problem+json`. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  /** What happened. */
  readonly detail: string;
  readonly code: string;
  /** What to do about it. */
  readonly next: string;
}
