import { chmod, mkdir, mkdtemp, open, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** A Linux as a process of this machine, with what few kernels have: an NFS server and its client. */

const modules = '/usr/lib/uml/modules';
const sbin = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

/** Why it cannot run here; null where it can. */
export async function umlMissing(): Promise<string | null> {
  const programs = ['linux.uml', 'exportfs', 'rpc.nfsd', 'mkfs.ext4', 'modprobe'];
  const script = programs.map((one) => `command -v ${one}`).join(' && ');
  const found = await execa('sh', ['-c', script], { reject: false, env: sbin });
  return found.failed
    ? 'User-Mode Linux with NFS is not here: apt-get install user-mode-linux nfs-kernel-server nfs-common kmod'
    : null;
}

/** Runs a shell script with /mnt/one and /mnt/other, two mounts of one NFS 4.2 export, and gives back what it printed. */
export async function runOnNfs(script: string, timeoutMs: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-nfs-'));
  try {
    const lib = join(folder, 'modules', 'lib', 'modules');
    await mkdir(lib, { recursive: true });
    await mkdir(join(folder, 'uml'));
    const [version = ''] = await readdir(modules);
    await symlink(join(modules, version), join(lib, version));
    const disk = await open(join(folder, 'disk'), 'w');
    await disk.truncate(2 ** 30);
    await disk.close();
    // Nothing is set aside for root, who is all there is: full is full.
    await execa('mkfs.ext4', ['-q', '-m', '0', join(folder, 'disk')], { env: sbin });
    await writeFile(
      join(folder, 'job.sh'),
      `#!/bin/sh\nexport NODE_COMPILE_CACHE=/dev/shm/compiled\n${script}\n`,
    );
    await chmod(join(folder, 'job.sh'), 0o755);
    const kernel = [
      'mem=2048M',
      'root=/dev/root',
      'rootfstype=hostfs',
      'rootflags=/',
      'ro',
      `ubda=${folder}/disk`,
      `init=${join(import.meta.dirname, 'init.sh')}`,
      'con=null',
      'con0=fd:0,fd:1',
      `uml_dir=${folder}/uml/`,
      `DIR=${folder}`,
    ];
    const ran = await execa('linux.uml', kernel, {
      stdin: 'ignore',
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      detached: true,
      reject: false,
    });
    if (ran.timedOut) throw new Error(`not done after ${timeoutMs} ms:\n${ran.stdout.slice(-4000)}`);
    return ran.stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
