import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { AuditLog } from '../adapters/auditLog.ts';
import { findInstallation } from '../adapters/home.ts';
import { readAppPage } from '../adapters/preview/appPage.ts';
import { KhronosValidator } from '../adapters/vrm/khronos.ts';
import { readConfig } from './config.ts';
import { editorHost, standaloneHost } from './host.ts';
import { outsideOf } from './outside.ts';
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
  const { version } = installation;
  const ended = new Promise<void>((resolve) => {
    process.stdin.once('end', resolve).once('close', resolve);
    process.once('SIGTERM', () => resolve()).once('SIGINT', () => resolve());
  });
  const host =
    config.control === null
      ? standaloneHost(config, installation, env)
      : await editorHost(config.control, config, installation);
  const server = createServer({
    ...host,
    version,
    config,
    validator: new KhronosValidator(),
    outside: outsideOf(config.services, version, host.serviceKeys),
    audit: new AuditLog(config.auditFile),
    viewerPage: () => readAppPage(installation.media),
  });

  await server.mcp.connect(
    new StdioServerTransport(process.stdin, process.stdout, { maxBufferSize: 64 << 20 }),
  );
  log(`Avatar Forge ${version}: ${host.summary}`);
  await ended;
  await server.close();
  await host.close();
}

export { readConfig } from './config.ts';
