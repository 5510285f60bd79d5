import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEntry } from '../../../src/core/audit.ts';
import type { Editor } from './editor.ts';

/** The audit log as it lies on the disk, oldest first. */
export async function auditOf({ home }: Editor): Promise<readonly AuditEntry[]> {
  const text = await readFile(join(home, 'avatar-forge/audit.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEntry);
}
