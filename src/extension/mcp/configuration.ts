import type { Installation } from '../../adapters/home.ts';
import type { BlenderEndpoint } from '../../core/ports.ts';
import { isWebSocket, urlOf } from '../workstations/endpoint.ts';

/** The server for clients outside this window: alone, from its environment (table in README.md). */
export interface StandaloneServer {
  readonly installation: Pick<Installation, 'cli'>;
  readonly execPath: string;
  readonly home: string;
  /** Null: Blender on the client's machine, when needed. Its token is never written. */
  readonly endpoint: BlenderEndpoint | null;
}

const tokenInput = 'avatar-forge-token';

/** `.vscode/mcp.json`: the token, where one is needed, is asked for and kept by the editor. */
export function editorConfiguration(server: StandaloneServer): string {
  const needsToken = server.endpoint?.token !== undefined;
  const entry = entryFor(server, needsToken ? `\${input:${tokenInput}}` : null);
  return toText({
    ...(needsToken
      ? {
          inputs: [
            { type: 'promptString', id: tokenInput, description: 'Token of the Blender', password: true },
          ],
        }
      : {}),
    servers: { 'avatar-forge': { type: 'stdio', ...entry } },
  });
}

/** What most other clients read: the token is for the user to fill in. */
export function clientConfiguration(server: StandaloneServer): string {
  const entry = entryFor(server, server.endpoint?.token === undefined ? null : '');
  return toText({ mcpServers: { 'avatar-forge': entry } });
}

function entryFor({ installation, execPath, home, endpoint }: StandaloneServer, token: string | null) {
  const fingerprint = endpoint?.tunnel?.fingerprint;
  const isTunnel = endpoint !== null && isWebSocket(endpoint);
  return {
    command: execPath,
    args: [installation.cli, 'mcp'],
    env: {
      ELECTRON_RUN_AS_NODE: '1',
      AVATAR_FORGE_HOME: home,
      ...(endpoint === null ? {} : { AVATAR_FORGE_URL: urlOf(endpoint) }),
      ...(fingerprint === undefined ? {} : { AVATAR_FORGE_FINGERPRINT: fingerprint }),
      ...(token === null ? {} : { [isTunnel ? 'AVATAR_FORGE_TUNNEL_TOKEN' : 'AVATAR_FORGE_TOKEN']: token }),
    },
  };
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
