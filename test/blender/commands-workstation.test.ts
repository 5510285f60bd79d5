import assert from 'node:assert/strict';
import { mkdir, readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { startTestBlender, type TestBlender } from './support/blender.ts';
import { connectBlender } from '../../src/adapters/blender/connect.ts';
import type { BlenderPort } from '../../src/core/ports.ts';
import { addon } from './support/workstation.ts';

const info = z.object({
  blender: z.string().regex(/^\d+\.\d+/),
  home: z.string(),
  writable: z.boolean(),
  reason: z.string().nullable(),
  free_mib: z.number().min(1),
  vrm_addon: z.string().nullable(),
});

describe('workstation_info', () => {
  let process: TestBlender;
  let blender: BlenderPort;

  before(async () => {
    process = await startTestBlender();
    blender = connectBlender({ host: '127.0.0.1', port: process.port }, { client: 'test/0', library: addon });
  });
  after(async () => {
    await blender.close();
    await process.stop();
  });

  const look = async () => info.parse(await blender.call('workstation_info', {}));

  it('tells of the folder of the workstation, and leaves nothing in it', async () => {
    const { home, writable, reason, vrm_addon } = await look();
    assert.deepEqual([home, writable, reason, vrm_addon], [process.home, true, null, null]);
    assert.deepEqual(
      (await readdir(home)).filter((name) => name.startsWith('.')),
      [],
    );
  });

  it('says why the folder cannot be written', async () => {
    const inTheWay = join(process.home, `.avatar-forge-${process.pid}`);
    await mkdir(inTheWay);
    const { writable, reason } = await look();
    await rmdir(inTheWay);
    assert.deepEqual([writable, reason], [false, 'Is a directory']);
  });

  it('takes no parameters', async () => {
    await assert.rejects(blender.call('workstation_info', { folder: '/' }), { code: 'bad-params' });
  });
});
