import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { rcloneEnvironment } from '../../src/adapters/storage/rcloneCommands.ts';
import { minimalVrm } from '../fixtures/minimalVrm.ts';
import { until } from '../vscode/support/until.ts';
import { inRig, type Rig } from './rig.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

describe('avatar-forge promote, interrupted', function () {
  this.timeout(60_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  const env = () => ({
    ...rcloneEnvironment(process.env, [
      rig.s3.remote('quobyte'),
      rig.s3.remote('damaged', rig.proxy.endpoint),
    ]),
    AVATAR_FORGE_HOME: rig.state,
  });
  /** The processes of rclone that fetch it. */
  async function fetching(name: string): Promise<string[]> {
    const all = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
    const lines = all.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
    return (await Promise.all(lines)).filter((line) => line.includes('\0cat\0') && line.includes(name));
  }
  const staging = () => readdir(join(rig.state, 'promotions/staging'));

  for (const [how, signal, all] of [
    ['by a signal', 'SIGTERM', false],
    ['by Ctrl-C, which rclone is sent too', 'SIGINT', true],
  ] as const) {
    it(`${how}, says so, ends rclone and leaves nothing`, async () => {
      const { place } = await rig.upload(await rig.scratch.file('Stalled.vrm', 2_000_000));
      rig.proxy.fault = { kind: 'stall', after: 1_000_000 };
      const carried = rig.proxy.carried;
      const from = place.replace('quobyte', 'damaged');
      const flags = ['--production', rig.folder, '--profile', 'none', '--yes', '--json'];
      const running = execa(process.execPath, [main, 'promote', from, ...flags], {
        env: env(),
        extendEnv: false,
        detached: true,
        reject: false,
      });
      await until('the stall', () => Promise.resolve(rig.proxy.carried - carried >= 1_000_000));
      assert.equal((await fetching('Stalled.vrm')).length, 1);
      process.kill(all ? -(running.pid ?? 0) : (running.pid ?? 0), signal);
      const { exitCode, stdout, stderr } = await running;
      assert.equal(exitCode, 1, stdout + stderr);
      const { error } = JSON.parse(stdout) as { error: { code: string } };
      assert.equal(error.code, 'cancelled');
      assert.deepEqual([await staging(), await readdir(rig.folder)], [[], []]);
      assert.deepEqual(await fetching('Stalled.vrm'), []);
    });
  }

  for (const [key, typed] of [
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ] as const) {
    it(`by ${key} where a person is asked, takes it for a no`, async () => {
      const file = join(await rig.scratch.folder(), 'Asked.vrm');
      await writeFile(file, minimalVrm('one'));
      const promoter = [main, 'promote', file, '--production', rig.folder, '--profile', 'none'];
      // Types when it is asked, as a person does.
      const person = [
        'import os, pty, sys',
        'pid, terminal = pty.fork()',
        'if pid == 0: os.execvp(sys.argv[2], sys.argv[2:])',
        'seen = b""',
        'try:',
        '    while b"[y/N]" not in seen: seen += os.read(terminal, 4096)',
        '    os.write(terminal, sys.argv[1].encode())',
        '    while part := os.read(terminal, 4096): seen += part',
        'except OSError: pass',
        'print(seen.decode())',
        'sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))',
      ].join('\n');
      const asked = ['-c', person, typed, process.execPath, ...promoter];
      const { exitCode, stdout } = await execa('python3', asked, { env: env(), reject: false });
      assert.match(stdout, /cancelled: Nothing was published\./);
      assert.equal(exitCode, 1);
      assert.deepEqual(await readdir(rig.folder), []);
    });
  }
});
