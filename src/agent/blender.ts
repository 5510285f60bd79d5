import type { Socket } from 'node:net';
import { z } from 'zod';
import { type Environment, parsed } from '../adapters/environment.ts';
import { withinDeadline } from '../adapters/transports/attempt.ts';
import { connectTcp, type Place } from '../adapters/transports/place.ts';
import { deadlines } from '../core/wire/deadlines.ts';

/** Where Blender listens on this machine. Error: `bad-config`. */
export function blenderPlace(env: Environment): Place {
  const port = z.coerce.number().int().min(1).max(65_535);
  return { host: '127.0.0.1', port: parsed(env, 'AVATAR_FORGE_BLENDER_PORT', port, 9876) };
}

/** A connection to the add-on, for somebody from outside. Its errors end it and are told by its close. */
export async function reachBlender(place: Place): Promise<Socket> {
  const socket = await withinDeadline('Blender', { timeoutMs: deadlines.connectMs }, (until) =>
    connectTcp(place, until),
  );
  return socket.on('error', () => undefined);
}
