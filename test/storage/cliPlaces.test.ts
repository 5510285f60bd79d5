import assert from 'node:assert/strict';
import { appendFile, chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { partialName, thisPromoter } from '../../src/adapters/storage/partials.ts';
import { rcloneEnvironment } from '../../src/adapters/storage/rcloneCommands.ts';
import { minimalVrm } from '../fixtures/minimalVrm.ts';
import { skip } from '../support/skip.ts';
import { inRig, type Rig } from './rig.ts';
import { sha256 } from './support.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

describe('avatar-forge promote, status and gc with mirror and CDN', function () {
  this.timeout(120_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  const cli = (...args: string[]) => run([], args);

  /** `wrapper`: a program that starts it, with its arguments. */
  async function run(wrapper: readonly string[], args: readonly string[]) {
    const { options } = rig.s3.remote('any');
    const s3 = (role: string): Record<string, string> => ({
      [`AVATAR_FORGE_S3_${role}_ENDPOINT`]: options['endpoint'] ?? '',
      [`AVATAR_FORGE_S3_${role}_ACCESS_KEY_ID`]: options['access_key_id'] ?? '',
      [`AVATAR_FORGE_S3_${role}_SECRET_ACCESS_KEY`]: options['secret_access_key'] ?? '',
    });
    const [program = '', ...rest] = [...wrapper, process.execPath, main, ...args];
    const { exitCode, stdout, stderr } = await execa(program, rest, {
      env: {
        ...rcloneEnvironment(process.env, []),
        ...s3('MIRROR'),
        ...s3('CDN'),
        AVATAR_FORGE_HOME: rig.state,
      },
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
    });
    const json = (stdout.startsWith('{') ? JSON.parse(stdout) : {}) as Record<string, never>;
    return { exitCode, stdout, stderr, json };
  }
  const roles = (): string[] => [
    ...['--production', rig.folder, '--mirror', 'mirror:avatar-models', '--cdn', 'cdn:cdn'],
    ...['--cdn-url', rig.s3.publicUrl('cdn', '')],
  ];

  it('takes S3 settings from the environment, and ends with one object that says all', async () => {
    const file = join(await rig.scratch.folder(), 'Everywhere.vrm');
    await writeFile(file, minimalVrm('one'));
    const plan = await cli('promote', file, ...roles(), '--profile', 'none', '--dry-run');
    assert.equal(plan.exitCode, 0, plan.stderr);
    assert.match(plan.stderr, /^mirror +mirror:avatar-models \(a name is given once: the server refuses/m);
    assert.match(plan.stderr, /^left out +no checkout of the companion app/m);
    const done = await cli('promote', file, ...roles(), '--profile', 'none', '--yes', '--json');
    assert.equal(done.exitCode, 0, done.stdout + done.stderr);
    const { outcome, copies, served, leftOut, ...rest } = done.json as Record<string, unknown>;
    assert.equal(outcome, 'promoted');
    assert.deepEqual(
      (copies as { role: string; state: string }[]).map(({ role, state }) => [role, state]),
      [
        ['production', 'published'],
        ['mirror', 'published'],
        ['cdn', 'published'],
      ],
    );
    assert.equal((served as { status: number }).status, 200);
    assert.deepEqual(leftOut, ['register']);
    assert.equal(rest['sha256'], sha256(await readFile(file)));

    const whole = await cli('status', ...roles());
    assert.equal(whole.exitCode, 0, whole.stdout + whole.stderr);
    assert.equal(whole.stdout, 'Everywhere.vrm: production yes, mirror yes, cdn yes, served (same size)');
    await writeFile(join(rig.folder, 'Alone.vrm'), 'x');
    await chmod(join(rig.folder, 'Everywhere.vrm'), 0o644);
    await appendFile(join(rig.folder, 'Everywhere.vrm'), 'x');
    const partly = await cli('status', ...roles(), '--json');
    assert.equal(partly.exitCode, 1);
    const [alone] = partly.json['files'] as unknown as {
      name: string;
      cdn: boolean;
      served: { status: number };
    }[];
    assert.deepEqual([alone?.name, alone?.cdn, alone?.served.status], ['Alone.vrm', false, 404]);
    const [said, other] = (await cli('status', ...roles())).stdout.split('\n');
    assert.equal(said, 'Alone.vrm: production yes, mirror MISSING, cdn MISSING, NOT SERVED (404)');
    assert.match(other ?? '', /SERVED WITH ANOTHER SIZE \((\d+) bytes, not \d+\)$/);
  });

  it('forgets a promotion that was ended once another has done what it was to do', async () => {
    const file = join(await rig.scratch.folder(), 'Mended.vrm');
    await writeFile(file, minimalVrm('three'));
    const promoted = (cdnUrl: string, ...more: string[]) =>
      cli(
        ...['promote', file, '--production', rig.folder, '--cdn', 'cdn:cdn', '--cdn-url', cdnUrl],
        ...['--profile', 'none', '--yes', ...more],
      );
    const places = ['--production', rig.folder, '--cdn', 'cdn:cdn'];
    const [wrong, right] = [rig.s3.publicUrl('cdn', 'wrong/'), rig.s3.publicUrl('cdn', '')];
    assert.equal((await promoted(wrong)).exitCode, 1);
    assert.equal((await promoted(wrong, '--name', 'Named')).exitCode, 1);
    const { stderr: left } = await cli('status', ...places);
    assert.match(left, /^Mended\.vrm: ended at cdn-check .*; promote \S*Mended\.vrm again/m);
    assert.match(left, /^Named\.vrm: ended at cdn-check .*; promote \S*Mended\.vrm --name Named\.vrm again/m);
    assert.equal((await promoted(right, '--name', 'Named')).exitCode, 0);
    assert.equal((await promoted(right)).exitCode, 0);
    assert.doesNotMatch((await cli('status', ...places)).stderr, /Mended/);
    const { journals } = (await cli('gc', ...places, '--json')).json as Record<string, string[]>;
    assert.equal(journals?.length, 4);
  });

  it('says that nothing is published yet', async () => {
    const { exitCode, stdout, stderr } = await cli('status', '--production', rig.folder);
    assert.deepEqual([exitCode, stdout, stderr], [0, '', `Nothing is published in ${rig.folder}.`]);
  });

  it('shows no secret of a connection string, which it refuses', async () => {
    const { exitCode, stderr } = await cli('status', '--production', ':s3,secret_access_key=hunter22:b');
    assert.equal(exitCode, 2);
    assert.doesNotMatch(stderr, /hunter22/);
  });

  it('sweeps what the dead left, and no more', async () => {
    const file = join(await rig.scratch.folder(), 'Kept.vrm');
    await writeFile(file, minimalVrm('two'));
    const only = ['--production', rig.folder];
    assert.equal((await cli('promote', file, ...only, '--profile', 'none', '--yes')).exitCode, 0);
    const { host } = thisPromoter();
    const dead = partialName('Dead.vrm', { host, pid: 2 ** 22 - 1 });
    const alive = partialName('Alive.vrm', { host, pid: process.pid });
    for (const name of [dead, alive]) await writeFile(join(rig.folder, name), 'half');
    const swept = await cli('gc', ...only, '--json');
    assert.equal(swept.exitCode, 0, swept.stderr);
    const { partials, journals } = swept.json as Record<string, string[]>;
    assert.deepEqual([partials, journals?.length], [[dead], 1]);
    assert.deepEqual(
      (await readdir(rig.folder)).toSorted(),
      [alive, 'Kept.vrm', 'Kept.vrm.sha256'].toSorted(),
    );
  });

  it('says that this machine has no room for what it fetches, or may not be written', async function () {
    const inNamespace = ['unshare', '-rm', 'sh', '-c'];
    if ((await execa('unshare', ['-rm', 'true'], { reject: false })).failed)
      skip(this, 'this machine lets nobody mount in a namespace of their own (unshare -rm)');
    await rig.upload(await rig.scratch.file('Large.vrm', 2_000_000));
    const source = rig.at('Large.vrm', 'mirror');
    const mount = 'mount -t tmpfs -o "$1" none "$AVATAR_FORGE_HOME" && shift && exec "$@"';
    for (const options of ['size=1m', 'ro']) {
      const { exitCode, json, stderr } = await run(
        [...inNamespace, mount, 'sh', options],
        ['promote', source, '--production', rig.folder, '--profile', 'none', '--yes', '--json'],
      );
      const { error } = json as unknown as { error: { code: string; next: string } };
      assert.deepEqual([exitCode, error.code], [1, 'staging-failed'], stderr);
      assert.match(error.next, /AVATAR_FORGE_HOME/);
    }
    assert.deepEqual(await readdir(rig.folder), []);
  });

  it('ends with 2 for settings that are not whole', async () => {
    const bare = await execa(process.execPath, [main, 'status', '--production', rig.folder], {
      env: { AVATAR_FORGE_HOME: rig.state, AVATAR_FORGE_S3_MIRROR_ENDPOINT: 'https://s3.example' },
      reject: false,
    });
    assert.equal(bare.exitCode, 2);
    assert.match(bare.stderr, /^avatar-forge: bad-s3-settings: /);
    assert.equal(
      (await cli('promote', 'x.vrm', '--production', rig.folder, '--cdn-url', 'ftp://x')).exitCode,
      2,
    );
    assert.equal((await cli('gc')).exitCode, 2);
    for (const wrong of [['promot'], ['relay', 'nope'], ['doctor', '--nope'], ['register']])
      assert.equal((await cli(...wrong)).exitCode, 2, wrong.join(' '));
  });
});
