import { connectBlender } from '../adapters/blender/connect.ts';
import type { Environment } from '../adapters/environment.ts';
import { findInstallation } from '../adapters/home.ts';
import { type AgentOptions, runAgent } from './agent.ts';
import { openCertificate } from './certificate.ts';
import { type DialFlags, type ListenFlags, readAgentConfig, readWorkstationConfig } from './config.ts';
import { dialEntrance, readDialConfig } from './dial.ts';
import { blenderPath, listenEntrance } from './listener.ts';
import { Metrics } from './metrics.ts';
import { Readiness } from './readiness.ts';
import { supervise } from './supervise.ts';

export type { DialFlags, ListenFlags } from './config.ts';

interface Process<Flags> {
  readonly env: Environment;
  readonly flags: Flags;
  /** For people. */
  readonly log: (line: string) => void;
  /** Ends it, beside SIGTERM and SIGINT. */
  readonly signal?: AbortSignal | undefined;
}

/** Opens Blender's port to the outside, behind TLS and a token, until a signal or idleness ends it. Resolves to the exit code. */
export async function listen(process: Process<ListenFlags>): Promise<number> {
  const { env, flags, log } = process;
  const config = readAgentConfig(env, flags);
  const dialConfig = flags.dial ? readDialConfig(env) : null;
  const certificate = await openCertificate(config.certificate, config.host);
  return serve(process, ({ version, metrics, readiness }) => {
    const onListening = (port: number): void => {
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
    };
    return [
      listenEntrance({ config, certificate, metrics, readiness, log }, onListening),
      ...(dialConfig === null ? [] : [dialEntrance({ ...dialConfig, version, traffic: metrics, env, log })]),
    ];
  });
}

/** Keeps the Blender of this machine connected to a relay until a signal or idleness ends it. Resolves to the exit code. */
export function dial(process: Process<DialFlags>): Promise<number> {
  const { env, log } = process;
  const config = readDialConfig(env);
  return serve(process, ({ version, metrics }) => [
    dialEntrance({ ...config, version, traffic: metrics, env, log }),
  ]);
}

interface Parts {
  readonly version: string;
  readonly metrics: Metrics;
  readonly readiness: Pick<Readiness, 'check'>;
}

async function serve(
  { env, flags, log, signal }: Process<DialFlags>,
  entrances: (parts: Parts) => AgentOptions['entrances'],
): Promise<number> {
  const workstation = readWorkstationConfig(env);
  const { version, addon, bootScript } = findInstallation(import.meta.dirname);
  const client = `avatar-forge-agent/${version}`;
  const asked = new Readiness(workstation.blender, client);
  const supervised = flags.supervise
    ? supervise({ workstation, bootScript, readiness: asked, env, log })
    : null;
  const supervisor = supervised?.supervisor ?? null;
  const readiness = { check: async () => supervisor?.obstacle() ?? asked.check() };
  const metrics = new Metrics(Date.now(), supervisor);
  const blender = connectBlender(workstation.blender, { client, library: addon });
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.on('SIGTERM', end).on('SIGINT', end); // a second one does not cut the last save short
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted === true) end();
  try {
    supervisor?.start();
    return await runAgent({
      entrances: entrances({ version, metrics, readiness }),
      idleMs: workstation.idleMs,
      blender,
      log,
      signal: ending.signal,
      endsBlender: () => supervisor?.state.is === 'up',
      onUnsaved: (isUnsaved) => (metrics.sceneUnsaved = isUnsaved),
    });
  } finally {
    process.off('SIGTERM', end).off('SIGINT', end);
    signal?.removeEventListener('abort', end);
    await blender.close();
    await supervised?.stop();
  }
}
