import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names of files that a promoter is still writing: `.NAME.HOST.PID.UUID.partial`. They say who writes, so that whoever comes later
 * can tell what a dead promoter left from what a living one is at.
 */

/** A process as others can tell it apart. */
export interface Promoter {
  /** Host, its start and process namespace: only there does the number mean this process. */
  readonly host: string;
  readonly pid: number;
}

const maxFileNameBytes = 255;
const pattern = /^\.(?<name>.+)\.(?<host>[^.]+)\.(?<pid>\d+)\.[0-9a-f-]{36}\.partial$/;

/** Nobody writes a model for a day without a byte. */
const untouchedMs = 24 * 3600 * 1000;

export function thisPromoter(): Promoter {
  const name = hostname()
    .replace(/[^A-Za-z0-9-]/g, '_')
    .slice(0, 32);
  return { host: `${name}-${bootId()}-${pidNamespace()}`, pid: process.pid };
}

/** Two machines may share a host name, as clones do, and outside containers all have one process namespace by number. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
      .replace(/[^0-9a-f]/g, '')
      .slice(0, 12);
  } catch {
    return '0'; // no Linux
  }
}

/** Two containers may share a host name, and count their processes apart. */
function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '0'; // no Linux, no namespaces
  }
}

/** A name nobody else uses, cut so that a directory takes it. */
export function partialName(name: string, { host, pid }: Promoter): string {
  const tail = `.${host}.${pid}.${randomUUID()}.partial`;
  const room = maxFileNameBytes - 1 - Buffer.byteLength(tail);
  let kept = '';
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > room) break;
    kept += character;
  }
  return `.${kept}${tail}`;
}

/** Who writes the file of that name; null where it is not a promoter's. */
export function promoterOf(fileName: string): Promoter | null {
  const groups = pattern.exec(fileName)?.groups;
  if (groups?.['host'] === undefined || groups['pid'] === undefined) return null;
  return { host: groups['host'], pid: Number(groups['pid']) };
}

/**
 * Whether nobody will go on writing a partial: its process ended here, or it lay untouched for a day, wherever it came from. The
 * time is that of the clock that wrote `modifiedMs`.
 */
export function isAbandoned(writer: Promoter, modifiedMs: number, nowMs: number, self: Promoter): boolean {
  if (nowMs - modifiedMs > untouchedMs) return true;
  return writer.host === self.host && !isAlive(writer.pid);
}

/** Whether a promoter that was last heard of then is still at work, on this machine; numbers of processes come round again. */
export function isRunning({ host, pid }: Promoter, heardMs: number, nowMs: number, self: Promoter): boolean {
  return nowMs - heardMs <= untouchedMs && host === self.host && isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
