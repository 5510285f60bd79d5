import { z } from 'zod';
import type { AuditLine } from '../../core/audit.ts';
import {
  type ApiKey,
  type Instance,
  type Lease,
  leaseModes,
  scopes,
  type User,
} from '../../core/relay/records.ts';

/** The rows of the relay's tables, as both databases have them. */

const json = z.string().transform((text): unknown => JSON.parse(text));
const time = z.number().nullable();

export const userRow: z.ZodType<User> = z.object({ id: z.string(), name: z.string() });
export const keyRow: z.ZodType<ApiKey> = z.object({
  id: z.string(),
  user: z.string(),
  hash: z.string(),
  scopes: json.pipe(z.array(z.enum(scopes))),
  allow: json.pipe(z.array(z.string())).nullable(),
  expiresAt: time,
  revokedAt: time,
  lastUsedAt: time,
});
export const instanceRow: z.ZodType<Instance> = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  lease: z.enum(leaseModes),
});
export const leaseRow: z.ZodType<Lease> = z.object({
  instance: z.string(),
  holder: z.string(),
  until: z.number(),
});
export const auditRow = z.object({ line: json.transform((value) => value as AuditLine) }); // ours; `audit verify` checks it

/** A key's columns, in the order of its table. */
export function keyValues(it: ApiKey): (string | number | null)[] {
  const allow = it.allow === null ? null : JSON.stringify(it.allow);
  return [
    it.id,
    it.user,
    it.hash,
    JSON.stringify(it.scopes),
    allow,
    it.expiresAt,
    it.revokedAt,
    it.lastUsedAt,
  ];
}
