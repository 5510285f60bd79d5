import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ForgeError, reasonOf } from '../core/errors.ts';
import { readFingerprint } from '../core/fingerprint.ts';

/** Reading what programs are told by their environment. Each error is a `bad-config` that names the variable. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable; undefined where it is empty, too. */
export function given(env: Environment, name: string): string | undefined {
  return env[name] === '' ? undefined : env[name];
}

/** A variable by a schema. Not for secrets: the error repeats the value. */
export function parsed<T>(env: Environment, name: string, schema: z.ZodType<T>, otherwise: T): T {
  const text = given(env, name);
  if (text === undefined) return otherwise;
  const { success, data, error } = schema.safeParse(text);
  if (success) return data;
  throw badConfig(name, `it is ${JSON.stringify(text)}: ${error.issues[0]?.message ?? 'another value'}`);
}

/** A file that a variable names. */
export function readNamed(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw badConfig(name, `the file cannot be read (${reasonOf(thrown)})`);
  }
}

/** What AVATAR_FORGE_CA and AVATAR_FORGE_FINGERPRINT say of whom to trust at the other end. */
export function trustOf(env: Environment): { readonly ca?: string; readonly fingerprint?: string } {
  const [file, pinned] = [given(env, 'AVATAR_FORGE_CA'), given(env, 'AVATAR_FORGE_FINGERPRINT')];
  return {
    ...(file === undefined ? {} : { ca: readCa(file) }),
    ...(pinned === undefined ? {} : { fingerprint: checkFingerprint(pinned) }),
  };
}

export function badConfig(name: string, what: string): ForgeError {
  return new ForgeError('bad-config', `${name}: ${what}.`, `Correct ${name} and start again.`);
}

function readCa(file: string): string {
  try {
    const pem = readFileSync(file, 'utf8');
    new X509Certificate(pem);
    return pem;
  } catch (thrown) {
    throw badConfig('AVATAR_FORGE_CA', `no certificate in PEM form can be read there (${reasonOf(thrown)})`);
  }
}

function checkFingerprint(text: string): string {
  const fingerprint = readFingerprint(text);
  if (fingerprint !== null) return fingerprint;
  throw badConfig('AVATAR_FORGE_FINGERPRINT', 'it is not the sha256 of a certificate, 64 hex digits');
}
