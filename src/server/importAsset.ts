import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ToolContext } from './tool.ts';

/** Where something came from; kept in Blender on all that is imported of it. */
export interface AssetSource {
  /** `polyhaven`, `hyper3d`. */
  readonly service: string;
  readonly id: string;
  readonly title: string;
  readonly url: string;
  /** An SPDX id, or the address of terms. */
  readonly licence: string;
  readonly authors: readonly string[];
}

export interface AssetFile {
  readonly role: string;
  /** `png`. */
  readonly format: string;
  readonly bytes: Uint8Array;
}

/** The name in uploads/: the same bytes never lie there twice. */
function uploadName(bytes: Uint8Array, format: string): string {
  return `asset-${createHash('sha256').update(bytes).digest('hex').slice(0, 24)}.${format}`;
}

const imported = z.record(z.string(), z.unknown());

/** Sends files to uploads/ by the ways of Blender's files; gives their names there, by role. */
export async function sendFiles(
  files: readonly AssetFile[],
  { blender, signal, deadlineMs, onProgress }: ToolContext,
): Promise<Record<string, string>> {
  const names: Record<string, string> = {};
  let sent = 0;
  for (const { role, format, bytes } of files) {
    const name = uploadName(bytes, format);
    onProgress?.({ fraction: 0.7 + (0.2 * sent) / files.length, message: `Sending ${role} to Blender` });
    await blender.writeFile('uploads', name, bytes, { signal, deadlineMs });
    names[role] = name;
    sent += 1;
  }
  return names;
}

/** Has `import_asset` take up files that were checked and sent (docs/commands.md). */
export async function importAsset(
  asset: {
    readonly kind: 'hdri' | 'texture' | 'model' | 'generated';
    readonly name: string;
    readonly source: AssetSource;
    /** Names in uploads/, by role. */
    readonly files: Readonly<Record<string, string>>;
    readonly height?: number | undefined;
    readonly triangles?: number | undefined;
  },
  { blender, signal, deadlineMs, onProgress }: ToolContext,
): Promise<Record<string, unknown>> {
  const onImport = ({ fraction, message }: { fraction: number | null; message: string }): void =>
    onProgress?.({ fraction: 0.9 + 0.1 * (fraction ?? 0), message });
  const result = await blender.call('import_asset', asset, { signal, deadlineMs, onProgress: onImport });
  return imported.parse(result);
}
