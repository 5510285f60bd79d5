import { connectBlender } from '../adapters/blender/connect.ts';
import { ReplaceableBlender } from '../adapters/blender/replaceable.ts';
import { ControlClient, type ControlAddress } from '../adapters/control/controlClient.ts';
import type { Installation } from '../adapters/home.ts';
import { LocalWorkstation } from '../adapters/workstations/local.ts';
import type { BlenderPort } from '../core/ports.ts';
import type { Endpoint, ServiceKeys } from '../protocol/control.ts';
import { type Approval, EditorApproval } from './approval.ts';
import type { ServerConfig } from './config.ts';
import type { Observer } from './observer.ts';

/** What the server works for: an editor that says where Blender is, or nobody, and then the environment says it. */
export interface Host {
  readonly blender: BlenderPort;
  /** Where Blender is, for the audit. */
  readonly where: () => string;
  readonly approval?: Approval | undefined;
  readonly observer?: Observer | undefined;
  /** Of services on the web, asked for when one is called. */
  readonly serviceKeys: () => Promise<ServiceKeys>;
  /** One line for people. */
  readonly summary: string;
  close(): Promise<void>;
}

/** Blender where the environment says, or on this machine when it is needed. */
export function standaloneHost(
  { endpoint, home, headless, services }: ServerConfig,
  installation: Installation,
  env: Readonly<Record<string, string | undefined>>,
): Host {
  const workstation = new LocalWorkstation({ bootScript: installation.bootScript, home, headless, env });
  const blender = connectBlender(endpoint ?? (() => workstation.launch()), {
    client: `avatar-forge/${installation.version}`,
    library: installation.addon,
    onState: ({ is }) => {
      if (is === 'connected') workstation.observe({ type: 'connected' });
      if (is === 'disconnected') workstation.observe({ type: 'connection-lost' });
    },
  });
  const place = endpoint === null ? null : `${endpoint.host}:${endpoint.port}`;
  return {
    blender,
    where: () => place ?? 'this machine',
    serviceKeys: () => Promise.resolve(services.keys),
    summary: place === null ? 'Blender on this machine, when needed' : `Blender at ${place}`,
    close: async () => {
      await blender.close();
      await workstation.stop();
    },
  };
}

/** Blender where the editor says, asked again for each connection: it may be another one each time. */
export async function editorHost(
  address: ControlAddress,
  { codePolicy }: Pick<ServerConfig, 'codePolicy'>,
  installation: Installation,
): Promise<Host> {
  let last: Endpoint | null = null;
  const editor = await ControlClient.connect(address, { onReplaced: () => void blender.replace() });
  const blender = new ReplaceableBlender(() =>
    Promise.resolve(
      connectBlender(async () => (last = await editor.endpoint()), {
        client: `avatar-forge/${installation.version}`,
        library: installation.addon,
      }),
    ),
  );
  return {
    blender,
    where: () => last?.label ?? 'not connected',
    approval: new EditorApproval(codePolicy, editor),
    observer: (news, params) => editor.tell(news, params),
    serviceKeys: () => editor.serviceKeys(),
    summary: 'Blender where the editor says',
    close: async () => {
      await blender.close();
      editor.close();
    },
  };
}
