import { instanceNameOf, type RelayWay } from './ways.ts';

export interface SessionNeeds {
  /** The origin of Kasm, which requests through its proxy name as theirs. */
  readonly origin: string;
  /** Lets into the agent. */
  readonly agentToken: string;
  /** Proved to the add-on, never sent. */
  readonly blenderToken: string;
  /** The relay that the agent is to go out to; by the key of the image or workspace, where none is told (docs/kasm.md). */
  readonly relay?: Pick<RelayWay, 'url' | 'agentKey'> | undefined;
  /** Without a client for so long, the agent saves and ends; 0: never. */
  readonly idleMinutes?: number | undefined;
}

/** What a session is told when it is asked for: the variables of docs/remote.md. */
export function sessionEnvironment(needs: SessionNeeds): Readonly<Record<string, string>> {
  const { origin, agentToken, blenderToken, relay, idleMinutes = 0 } = needs;
  return {
    AVATAR_FORGE_AGENT_TOKEN: agentToken,
    AVATAR_FORGE_AGENT_ORIGINS: origin,
    AVATAR_FORGE_TOKEN: blenderToken,
    ...(relay === undefined
      ? {}
      : { AVATAR_FORGE_RELAY_URL: relay.url, AVATAR_FORGE_INSTANCE_NAME: instanceNameOf(agentToken) }),
    ...(relay?.agentKey === undefined ? {} : { AVATAR_FORGE_RELAY_KEY: relay.agentKey }),
    AVATAR_FORGE_IDLE_MINUTES: String(idleMinutes), // 0, too: the image has a number of its own
  };
}
