import assert from 'node:assert/strict';
import { type DoctorOptions, gatherFacts } from '../../src/adapters/doctor.ts';
import { diagnose } from '../../src/core/doctor/diagnose.ts';
import { type S3Emulator, startS3 } from '../emulators/s3.ts';

describe('the doctor, of a remote whose key the editor keeps', function () {
  this.timeout(60_000);
  let s3: S3Emulator;
  before(async () => {
    s3 = await startS3(['exports']);
  });
  after(() => s3.close());

  const look = async (remotes: DoctorOptions['remotes'], production: string | null = null) =>
    gatherFacts({
      version: '0.0.0',
      env: process.env,
      network: process.env,
      remotes,
      local: false,
      blender: undefined,
      headless: true,
      home: '/nowhere',
      production,
      remote: 'source:exports/avatars',
      blenderPort: null,
      endpoint: null,
    });

  it('lists it as the views do', async () => {
    const { remote } = await look([s3.remote('source')]);
    assert.deepEqual(remote, { is: 'found', value: { folder: 'source:exports/avatars', files: 0 } });
    assert.equal((await look([])).remote?.is, 'failed', 'rclone itself knows no such remote');
  });

  it('lists production, too, where that is a remote', async () => {
    const facts = await look([s3.remote('source'), s3.remote('production')], 'production:exports');
    assert.deepEqual(facts.production, { is: 'found', value: { folder: 'production:exports', files: 0 } });
    const said = diagnose(facts).find(({ subject }) => subject === 'Production');
    assert.match(said?.says ?? '', /^production:exports can be read; files in it: 0\./);
    assert.equal((await look([], 'production:exports')).production.is, 'failed');
  });
});
