import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { AuditLog } from '../adapters/auditLog.ts';
import { connectBlender } from '../adapters/blender/connect.ts';
import { findInstallation } from '../adapters/home.ts';
import { KhronosValidator } from '../adapters/vrm/khronos.ts';
import { LocalWorkstation } from '../adapters/workstations/local.ts';
import type { BlenderPort } from '../core/ports.ts';
import { readConfig, type ServerConfig } from './config.ts';
import { createServer } from './server.ts';

export interface ServerProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For people: stdout belongs to the protocol. */
  readonly log: (line: string) => void;
}

/** Serves MCP on stdin and stdout until the client closes stdin, or a signal ends the process; then puts Blender away. */
export async function serveStdio({ env, log }: ServerProcess): Promise<void> {
  const config = readConfig(env);
  const installation = findInstallation(import.meta.dirname);
  const workstation = new LocalWorkstation({
    bootScript: installation.bootScript,
    ...workstationOptions(config, env),
  });
  const { endpoint } = config;
  const blender: BlenderPort = connectBlender(endpoint ?? (() => workstation.launch()), {
    client: `avatar-forge/${installation.version}`,
    library: installation.addon,
    onState: ({ is }) => {
      if (is === 'connected') workstation.observe({ type: 'connected' });
      if (is === 'disconnected') workstation.observe({ type: 'connection-lost' });
    },
  });
  const mcp = createServer({
    version: installation.version,
    config,
    blender,
    validator: new KhronosValidator(),
    where: () => (endpoint === null ? 'this machine' : `${endpoint.host}:${endpoint.port}`),
    audit: new AuditLog(config.auditFile),
  });

  const ended = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve).once('close', resolve);
    process.once('SIGTERM', () => resolve()).once('SIGINT', () => resolve());
  });
  await mcp.connect(new StdioServerTransport());
  log(
    `Avatar Forge ${installation.version}: ${endpoint === null ? 'Blender on this machine, when needed' : `Blender at ${endpoint.host}:${endpoint.port}`}`,
  );
  await ended;
  await mcp.close();
  await blender.close();
  await workstation.stop();
}

function workstationOptions({ home, headless }: ServerConfig, env: ServerProcess['env']) {
  return { home, headless, env };
}
