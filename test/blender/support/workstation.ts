import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBlender, type ConnectOptions } from '../../../src/adapters/blender/connect.ts';
import { LocalWorkstation, type LocalWorkstationOptions } from '../../../src/adapters/workstations/local.ts';
import type { BlenderPort } from '../../../src/core/ports.ts';

export const addon = join(import.meta.dirname, '../../../blender-addon/avatar_forge');
export const bootScript = join(addon, '../boot.py');

/** A Blender of our own with the add-on in it, in a folder of its own; `end` leaves nothing behind. */
export interface TestWorkstation {
  readonly workstation: LocalWorkstation;
  readonly blender: BlenderPort;
  readonly home: string;
  /** Another client of the same Blender. */
  another(options?: Partial<ConnectOptions>): BlenderPort;
  end(): Promise<void>;
}

export async function testWorkstation(
  options: Partial<LocalWorkstationOptions> = {},
): Promise<TestWorkstation> {
  const home = await mkdtemp(join(tmpdir(), 'avatar-forge-home-'));
  const workstation = new LocalWorkstation({
    bootScript,
    home,
    env: process.env,
    headless: true,
    ...options,
  });
  const clients: BlenderPort[] = [];
  const another = (more: Partial<ConnectOptions> = {}): BlenderPort => {
    const client = connectBlender(() => workstation.launch(), { client: 'test/0', library: addon, ...more });
    clients.push(client);
    return client;
  };
  return {
    workstation,
    home,
    another,
    blender: another(),
    end: async () => {
      for (const client of clients) await client.close();
      await workstation.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
