import { connectBlender } from '../adapters/blender/connect.ts';
import { findInstallation } from '../adapters/home.ts';
import { runAgent } from './agent.ts';
import { openCertificate } from './certificate.ts';
import { readAgentConfig, type ListenFlags } from './config.ts';
import { blenderPath } from './listener.ts';
import { Metrics } from './metrics.ts';
import { Readiness } from './readiness.ts';

export interface AgentProcess {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags: ListenFlags;
  /** For people. */
  readonly log: (line: string) => void;
}

/** Opens Blender's port to the outside, behind TLS and a token, until a signal or idleness ends it. Resolves to the exit code. */
export async function listen({ env, flags, log }: AgentProcess): Promise<number> {
  const config = readAgentConfig(env, flags);
  const certificate = await openCertificate(config.certificate, config.host);
  const { version, addon } = findInstallation(import.meta.dirname);
  const client = `avatar-forge-agent/${version}`;
  const blender = connectBlender(config.blender, { client, library: addon });
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once('SIGTERM', end).once('SIGINT', end);
  try {
    return await runAgent({
      config,
      certificate,
      metrics: new Metrics(Date.now()),
      readiness: new Readiness(config.blender, client),
      log,
      idleMs: config.idleMs,
      blender,
      signal: ending.signal,
      onListening: (port) => {
        const host = config.host.includes(':') ? `[${config.host}]` : config.host;
        const scheme = certificate === null ? 'ws' : 'wss';
        log(
          `Avatar Forge ${version}: agent at ${scheme}://${host}:${port}${blenderPath}, Blender at port ${config.blender.port}`,
        );
        if (certificate === null) return;
        log(`Fingerprint of the certificate (sha256): ${certificate.fingerprint}`);
        if (config.certificate.is !== 'self-signed') return;
        log(
          'Warning: the certificate is self-signed. Clients have to pin this fingerprint; nobody else vouches for it.',
        );
      },
    });
  } finally {
    process.off('SIGTERM', end).off('SIGINT', end);
    await blender.close();
  }
}

export { dial } from './dial.ts';
export type { ListenFlags } from './config.ts';
