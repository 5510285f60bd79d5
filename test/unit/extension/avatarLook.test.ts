import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkVrm } from '../../../src/core/vrm/check.ts';
import { PROFILES } from '../../../src/core/vrm/profile.ts';
import { lookInto } from '../../../src/extension/avatars/look.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { edited } from '../../support/vrm/json.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';

describe('a look into an avatar', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'avatar-look-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const look = async (glb: Uint8Array) => {
    const path = join(folder, 'a.vrm');
    await writeFile(path, glb);
    return lookInto(path, PROFILES.app, folder, 'a');
  };

  it('counts what the gate of a promotion would find, Khronos’ validator’s errors among it', async () => {
    const { document, bin } = sampleVrm('1.0');
    const glb = packGlb(edited(document, [{ at: '/accessors/0/max', value: [9, 9, 9] }]), bin);
    const ours = checkVrm(glb, { profile: PROFILES.app }).counts.errors;
    assert.ok((await look(glb)).counts.errors > ours);
    assert.equal((await look(sampleVrm('1.0').glb)).counts.errors, 0);
  });
});
