import { spawnSync } from 'node:child_process';
import { execa } from 'execa';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const sample = join(import.meta.dirname, '../fixtures/companion');

/** Why the sample app's own tests cannot run here; null where they can. */
export function goMissing(): string | null {
  return spawnSync('go', ['version']).status === 0 ? null : 'Go is not there: apt-get install golang-go';
}

/** A copy of the sample companion app, to be changed. */
export class CompanionApp {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async copy(): Promise<CompanionApp> {
    const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-companion-'));
    await cp(sample, folder, { recursive: true });
    return new CompanionApp(folder);
  }

  /** Its own tests, in Go and in JavaScript; rejects with what they printed. */
  async test(): Promise<void> {
    await execa('go', ['vet', './...'], { cwd: this.folder });
    await execa('go', ['test', './...'], { cwd: this.folder });
    await execa(process.execPath, ['--test'], { cwd: join(this.folder, 'static/js') });
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
