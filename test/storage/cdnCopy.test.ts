import assert from 'node:assert/strict';
import { execa } from 'execa';
import { mkdir, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rcloneEnvironment } from '../../src/adapters/storage/rcloneCommands.ts';
import { type S3Emulator, startS3 } from '../emulators/s3.ts';
import { Scratch } from './support.ts';

const script = join(import.meta.dirname, '../../deploy/kubernetes/cdn-copy.sh');

describe('the copy to the CDN, as the CronJob runs it', function () {
  this.timeout(60_000);
  const scratch = new Scratch();
  let s3: S3Emulator;
  let models: string;

  before(async () => {
    s3 = await startS3(['avatar-models']);
  });
  after(async () => {
    await s3.close();
    await scratch.clean();
  });
  beforeEach(async () => {
    models = await scratch.folder();
    await mkdir(join(models, 'animations'));
    await writeFile(join(models, 'Robin.vrm'), 'robin');
    await writeFile(join(models, 'Robin.vrm.sha256'), 'x');
    await writeFile(join(models, '.Mira.vrm.host.1.partial'), 'half a model');
    await writeFile(join(models, 'animations/wave.vrma'), 'wave');
  });

  async function copy(
    more: Record<string, string> = {},
  ): Promise<{ exitCode?: number; stdout: string; stderr: string }> {
    const env = { ...rcloneEnvironment(process.env, [s3.remote('cdn')]), RCLONE_CONFIG: '' };
    return execa('/bin/sh', [script], {
      env: { ...env, MODELS: models, CDN: 'cdn:avatar-models', ...more },
      extendEnv: false,
      reject: false,
    });
  }
  async function served(key: string): Promise<{ status: number; text: string; headers: Headers }> {
    const answer = await fetch(s3.publicUrl('avatar-models', key));
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  }

  it('brings models and animations with their headers, and nothing else', async () => {
    const first = await copy();
    assert.equal(first.exitCode, 0, first.stderr);
    assert.match(first.stdout, /^2 models are in cdn:avatar-models, 2 of them new\.$/m);
    for (const [key, text] of [
      ['Robin.vrm', 'robin'],
      ['animations/wave.vrma', 'wave'],
    ] as const) {
      const one = await served(key);
      assert.deepEqual([one.status, one.text], [200, text]);
      assert.equal(one.headers.get('content-type'), 'model/gltf-binary');
      assert.equal(one.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    }
    for (const key of ['Robin.vrm.sha256', '.Mira.vrm.host.1.partial'])
      assert.equal((await served(key)).status, 404);
    assert.match((await copy()).stdout, /2 models are in .*, 0 of them new/);
  });

  it('leaves the bucket untouched where the folder is empty, gone, or has lost models', async () => {
    await unlink(join(models, 'Robin.vrm'));
    const lost = await copy();
    assert.equal(lost.exitCode, 4);
    assert.match(lost.stderr, /lacks 1 models/);

    await rm(join(models, 'animations'), { recursive: true });
    const empty = await copy();
    assert.equal(empty.exitCode, 3);
    assert.match(empty.stderr, /has no models: is the share mounted\?/);

    assert.notEqual((await copy({ MODELS: join(models, 'not-mounted') })).exitCode, 0);
    assert.equal((await served('Robin.vrm')).text, 'robin');
    assert.equal((await served('animations/wave.vrma')).text, 'wave');
  });

  it('never replaces what is there, and says so', async () => {
    await writeFile(join(models, 'Robin.vrm'), 'other');
    await writeFile(join(models, 'Mira.vrm'), 'mira');
    const { exitCode } = await copy();
    assert.notEqual(exitCode, 0);
    assert.equal((await served('Robin.vrm')).text, 'robin');
  });

  it('finds other bytes of the same size in an object without an MD5, by fetching it', async () => {
    const env = rcloneEnvironment(process.env, [s3.remote('cdn')]);
    const put = async (text: string): Promise<void> => {
      const file = join(models, '.put');
      await writeFile(file, text);
      const inParts = ['--ignore-times', '--s3-upload-cutoff', '0', '--s3-disable-checksum'];
      await execa('rclone', ['copyto', ...inParts, file, 'cdn:avatar-models/Robin.vrm'], { env });
    };
    await put('nibor');
    const more = { MAX_LOST: '1' }; // of the tests before
    const other = await copy(more);
    assert.equal(other.exitCode, 6, other.stderr);
    assert.equal((await served('Robin.vrm')).text, 'nibor');
    await put('robin');
    assert.equal((await copy(more)).exitCode, 0);
  });

  it('fails where the CDN cannot be reached, rather than taking it for empty', async () => {
    const { exitCode, stdout } = await copy({
      RCLONE_CONFIG_CDN_ENDPOINT: 'http://127.0.0.1:9/s3',
      RCLONE_RETRIES: '1',
      RCLONE_LOW_LEVEL_RETRIES: '1',
    });
    assert.notEqual(exitCode, 0);
    assert.equal(stdout, '');
  });
});
