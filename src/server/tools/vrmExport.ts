import { z } from 'zod';
import type { BlenderPort, CallOptions, ReceivedBlob } from '../../core/ports.ts';
import { exportUri, vrmMimeType } from '../exportUri.ts';
import { fileName } from '../schemas.ts';
import { defineTool } from '../tool.ts';
import { picture } from './getScreenshot.ts';

const written = z.looseObject({ name: z.string(), size: z.int(), sha256: z.string() });
const exported = z.looseObject({ file: written, clips: z.array(written).optional() });

/** From all round, small: some 500 tokens. */
async function sheetOf(blender: BlenderPort, options: CallOptions): Promise<ReceivedBlob> {
  const { image } = picture.parse(
    await blender.call('get_screenshot', { view: 'turntable', max_size: 640 }, options),
  );
  return image;
}

export const vrmExport = defineTool({
  name: 'vrm_export',
  title: 'Export VRM',
  description:
    'Writes the rigged figure to exports/ as .vrm (and its .blend to projects/). Fails with what is missing; then vrm_check the file.',
  deadlineMs: 300_000,
  input: {
    name: fileName.describe('without ending'),
    version: z.enum(['1.0', '0.x']).optional(),
    armature: z.string().optional(),
    // Blender knows the members, their choices and defaults, and names them where one is wrong.
    meta: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('of VRM 1.0: {authors: [], avatarPermission, commercialUsage …}'),
    writer: z.enum(['auto', 'own', 'addon']).optional(),
    clips: z.array(z.string()).optional().describe('idle wave talk nod, or an action: NAME-idle.vrma …'),
  },
  output: {
    file: written,
    clips: z.array(written).optional(),
    bones: z.array(z.string()),
    expressions: z.array(z.string()),
    writer: z.string(),
  },
  run: async (input, { blender, showsApps, ...options }) => {
    const result = exported.parse(await blender.call('vrm_export', input, options));
    const { name, size, sha256 } = result.file;
    // A client that shows the avatar itself needs no picture. An export is none the worse without one.
    const sheet = showsApps ? null : await sheetOf(blender, options).catch(() => null);
    return {
      structured: result,
      ...(sheet === null ? {} : { images: [sheet] }),
      files: [result.file, ...(result.clips ?? [])].map((file) => ({
        uri: exportUri(file.name),
        name: file.name,
        size: file.size,
        mimeType: vrmMimeType,
      })),
      exported: { name, size, sha256 },
    };
  },
});
