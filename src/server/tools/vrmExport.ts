import { z } from 'zod';
import { exportUri, vrmMimeType } from '../exportUri.ts';
import { fileName } from '../schemas.ts';
import { defineTool } from '../tool.ts';

const exported = z.looseObject({
  file: z.looseObject({ name: z.string(), size: z.number(), sha256: z.string() }),
});

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
  },
  output: {
    file: z.looseObject({ name: z.string(), size: z.int(), sha256: z.string() }),
    bones: z.array(z.string()),
    expressions: z.array(z.string()),
    writer: z.string(),
  },
  run: async (input, { blender, ...options }) => {
    const result = exported.parse(await blender.call('vrm_export', input, options));
    const { name, size, sha256 } = result.file;
    return {
      structured: result,
      files: [{ uri: exportUri(name), name, size, mimeType: vrmMimeType }],
      exported: { name, size, sha256 },
    };
  },
});
