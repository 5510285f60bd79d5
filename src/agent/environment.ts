import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ForgeError, reasonOf } from '../core/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where Blender listens on this machine. */
export function blenderPort(env: Environment): number {
  return numberOf(env, 'AVATAR_FORGE_BLENDER_PORT', z.coerce.number().int().min(1).max(65_535), 9876);
}

/** A file that a variable names. */
export function read(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw badConfig(name, `the file cannot be read (${reasonOf(thrown)})`);
  }
}

/** A variable; undefined where it is empty, too. */
export function given(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}

export function numberOf(
  env: Environment,
  name: string,
  schema: z.ZodType<number>,
  otherwise: number,
): number {
  const text = given(env, name);
  if (text === undefined) return otherwise;
  const { success, data, error } = schema.safeParse(text);
  if (success) return data;
  throw badConfig(name, `it is ${JSON.stringify(text)}: ${error.issues[0]?.message ?? 'another value'}`);
}

export function badConfig(name: string, what: string): ForgeError {
  return new ForgeError('bad-config', `${name}: ${what}.`, `Correct ${name} and start again.`);
}
