import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const folder = join(import.meta.dirname, '../../../kasm-image');
const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));

/** Fields as kasmtech/workspaces_registry_template has them, in its newer form. */
const workspace = z.strictObject({
  friendly_name: z.string().min(1),
  name: z.string().min(1),
  description: z.string().min(1),
  image_src: z.string().regex(/\.(png|svg)$/),
  docker_registry: z.string(),
  architecture: z.array(z.enum(['amd64', 'arm64'])).min(1),
  compatibility: z
    .array(
      z.strictObject({
        version: z.string().regex(/^\d+\.\d+\.x$/),
        image: z.string().regex(/:[\w.-]+$/),
        uncompressed_size_mb: z.number().int().positive(),
        available_tags: z.array(z.string()).min(1),
      }),
    )
    .min(1),
  categories: z.array(z.string()).min(1).max(3),
  cores: z.number().positive(),
  memory: z.number().int().positive(),
  gpu_count: z.number().int().min(0),
  cpu_allocation_method: z.enum(['Inherit', 'Quotas', 'Shares']),
  run_config: z.looseObject({ environment: z.record(z.string(), z.string()).optional() }),
  exec_config: z.looseObject({}),
  notes: z.string(),
});

describe('what Kasm’s administrator is given', () => {
  it('is an entry of a registry, with its icon', () => {
    const at = 'registry/workspaces/AvatarForge';
    const { image_src, compatibility } = workspace.parse(read(`${at}/workspace.json`));
    assert.ok(existsSync(join(folder, at, image_src)));
    for (const { image, available_tags } of compatibility)
      assert.ok(available_tags.includes(image.split(':').at(-1) ?? ''), image);
  });

  it('is a storage mapping for the user of the image, without anybody’s keys', () => {
    const mapping = z.object({ driver: z.literal('rclone'), driver_opts: z.record(z.string(), z.string()) });
    const { driver_opts: options } = mapping.parse(read('storage-mapping.json'));
    assert.deepEqual(
      [options['type'], options['uid'], options['gid'], options['allow_other']],
      ['s3', '1000', '1000', 'true'],
    );
    assert.match(options['path'] ?? '', /\{user_id\}/);
    assert.deepEqual([options['s3-access-key-id'], options['s3-secret-access-key']], ['', '']);
  });
});
