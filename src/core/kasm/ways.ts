import { createHash } from 'node:crypto';
import { clientHeader, relayPaths } from '../../protocol/relay.ts';
import type { Tunnel } from '../../protocol/control.ts';

/** How a Blender in a Kasm session is reached, in the order they are tried. */
export type KasmWay = 'front proxy' | 'relay' | 'direct';

/** One way tried, for the doctor; without secrets. */
export interface TriedWay {
  readonly way: KasmWay;
  /** `reached`, the code of an error, or why there is no such way. */
  readonly outcome: string;
  /** What was said where it was tried in vain, and what mends it. */
  readonly failure?: { readonly message: string; readonly next: string };
}

export interface Candidate {
  readonly way: KasmWay;
  /** Null: this way does not exist here. */
  readonly tunnel: Tunnel | null;
  /** Why it does not. */
  readonly why: string;
}

/** What is known of a session that runs. */
export interface WayFacts {
  /** The origin of Kasm: `https://kasm.example.com`. */
  readonly origin: string;
  readonly username: string | null;
  readonly sessionToken: string | null;
  /** `desktop/<id>/vnc` and the port of the zone's proxy, as the status reports them; null: it reports none. */
  readonly desktop: { readonly path: string; readonly port: number | null } | null;
  /** The address of the container where its network can be routed to. */
  readonly containerIp: string | null;
  /** Lets into the agent. */
  readonly agentToken: string;
}

/** The token in the address of a session's page, `/#/connect/kasm/<session>/<user>/<token>`; null: it holds none. */
export function tokenOfPage(page: string | null): string | null {
  return /#\/connect\/kasm\/[^/?]+\/[^/?]+\/([^/?&]+)/.exec(page ?? '')?.[1] ?? null;
}

/** A relay that the session's agent goes out to (docs/relay.md). */
export interface RelayWay {
  /** `wss://relay.example.org`. */
  readonly url: string;
  /** Of scope `client`: a secret. Undefined: none is kept. */
  readonly key: string | undefined;
  /** Of scope `agent`, for the session's agent: a secret. Undefined: the image or the workspace has one. */
  readonly agentKey?: string | undefined;
}

export interface OtherWays {
  readonly relay?: RelayWay | undefined;
  /** The agent's own port, on the container's address. */
  readonly direct?: (Omit<Tunnel, 'url' | 'headers'> & { readonly port: number }) | undefined;
}

/** Kasm's proxy writes Authorization anew on the way in, so the agent's token travels in a header of its own as well. */
const agentTokenHeader = 'X-Avatar-Forge-Token';

export function waysTo(facts: WayFacts, { relay, direct }: OtherWays): readonly Candidate[] {
  return [frontProxy(facts), relayWay(facts, relay), directWay(facts, direct)];
}

function frontProxy({ origin, username, sessionToken, desktop, agentToken }: WayFacts): Candidate {
  const way = 'front proxy';
  if (desktop === null) return { way, tunnel: null, why: 'the session reports no path of its desktop' };
  if (username === null || sessionToken === null)
    return { way, tunnel: null, why: 'the token of the session is not known' };
  const url = new URL(origin);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  url.pathname = `${desktop.path.replace(/^\/+|\/+$/g, '')}/blender`; // never another host: the cookies are for this one
  if (desktop.port !== null) url.port = String(desktop.port);
  const headers = {
    Cookie: `username=${encodeURIComponent(username)}; session_token=${encodeURIComponent(sessionToken)}`,
    Origin: origin, // which the agent is told to expect
    Authorization: `Bearer ${agentToken}`,
    [agentTokenHeader]: agentToken,
  };
  return { way, tunnel: { url: url.href, headers }, why: '' };
}

/** Under which a relay knows the session's agent: random, as the token is, and telling nothing of it. */
export function instanceNameOf(agentToken: string): string {
  return `kasm-${createHash('sha256').update(agentToken).digest('hex').slice(0, 16)}`;
}

function relayWay({ agentToken }: WayFacts, relay: RelayWay | undefined): Candidate {
  const way = 'relay';
  if (relay === undefined) return { way, tunnel: null, why: 'none is set' };
  if (relay.key === undefined) return { way, tunnel: null, why: 'no key of the relay is kept' };
  const name = instanceNameOf(agentToken);
  const url = new URL(`${relayPaths.instances}${name}`, relay.url);
  // Windows and MCP servers of one session are one client: a lease of one keeps none of the others out.
  const headers = { Authorization: `Bearer ${relay.key}`, [clientHeader]: name };
  return { way, tunnel: { url: url.href, headers }, why: '' };
}

function directWay({ containerIp, agentToken }: WayFacts, direct: OtherWays['direct']): Candidate {
  const way = 'direct';
  if (direct === undefined) return { way, tunnel: null, why: 'no port of the agent is set' };
  if (containerIp === null) return { way, tunnel: null, why: 'the session reports no address of its own' };
  const { port, ...trust } = direct;
  const host = containerIp.includes(':') ? `[${containerIp}]` : containerIp;
  const headers = { Authorization: `Bearer ${agentToken}` };
  return { way, tunnel: { ...trust, url: `wss://${host}:${port}/blender`, headers }, why: '' };
}
