import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { JournalFolder } from '../../src/adapters/storage/journalFile.ts';
import type { Rclone, RcloneRun } from '../../src/adapters/storage/rclone.ts';
import { FolderTarget } from '../../src/adapters/storage/folder.ts';
import { LocalSource } from '../../src/adapters/storage/localSource.ts';
import { isRemotePath, type RcloneRemote } from '../../src/adapters/storage/rcloneCommands.ts';
import { RcloneSource } from '../../src/adapters/storage/rcloneSource.ts';
import { RemoteTarget } from '../../src/adapters/storage/remoteTarget.ts';
import { StagingFolder } from '../../src/adapters/storage/staging.ts';
import { type UploadedExport, uploadExport } from '../../src/adapters/storage/uploadExport.ts';
import { draftPromotion } from '../../src/core/promotion/draft.ts';
import type { Gate, Places, Source } from '../../src/core/promotion/ports.ts';
import { promote, type PromotionOutcome } from '../../src/core/promotion/promote.ts';
import type { PromotionOptions } from '../../src/core/promotion/wiring.ts';
import { type FaultyProxy, startFaultyProxy } from '../emulators/faultyProxy.ts';
import { type S3Emulator, startS3 } from '../emulators/s3.ts';
import { MemoryAudit, openGate, Scratch, testRclone } from './support.ts';

const bucketFolder = 'kasm/blender-avatars/exports';

interface RunOptions extends PromotionOptions, Partial<Places> {
  readonly name?: string;
  /** Default: true. */
  readonly exact?: boolean;
  readonly gate?: Gate;
}

/**
 * Everything promotion meets, real: an S3 server with the bucket `kasm`, rclone, folders. The same bucket is reached as remote
 * `quobyte`, as `damaged` through a proxy, as `intruder` with a wrong secret; `nobody` is a server that is not there.
 */
export class Rig {
  readonly scratch = new Scratch();
  readonly s3: S3Emulator;
  readonly proxy: FaultyProxy;
  readonly rclone: Rclone;
  /** In gravenhollow's role; a new one for each test. */
  folder = '';
  /** What promotions remember; a new one for each test. */
  state = '';
  audit = new MemoryAudit();

  private constructor(s3: S3Emulator, proxy: FaultyProxy, rclone: Rclone) {
    this.s3 = s3;
    this.proxy = proxy;
    this.rclone = rclone;
  }

  static async start(): Promise<Rig> {
    const s3 = await startS3(['kasm', 'avatar-models', 'cdn']);
    const proxy = await startFaultyProxy(s3.endpoint);
    const intruder = s3.remote('intruder');
    const rclone = await testRclone([
      s3.remote('quobyte'),
      s3.remote('damaged', proxy.endpoint),
      s3.remote('nobody', 'http://127.0.0.1:9/s3'),
      { ...intruder, options: { ...intruder.options, secret_access_key: 'wrong' } },
    ]);
    return new Rig(s3, proxy, rclone);
  }

  async fresh(): Promise<void> {
    this.folder = await this.scratch.folder();
    this.state = await this.scratch.folder();
    this.audit = new MemoryAudit();
    this.proxy.fault = { kind: 'none', after: 0 };
  }

  async close(): Promise<void> {
    this.proxy.close();
    await this.s3.close();
    await this.scratch.clean();
  }

  /** `REMOTE:PATH` of an export. */
  at(name: string, remote = 'quobyte'): string {
    return `${remote}:${bucketFolder}/${name}`;
  }

  upload(file: string, run?: RcloneRun): Promise<UploadedExport> {
    return uploadExport(this.rclone, file, `quobyte:${bucketFolder}`, run);
  }

  source(place: string): Source {
    return isRemotePath(place) ? new RcloneSource(this.rclone, place) : new LocalSource(place);
  }

  /** Plans and promotes a file, an export or a source of the test's own. */
  async run(from: string | Source, options: RunOptions = {}): Promise<PromotionOutcome> {
    const { name, exact = true, gate = openGate, mirror, cdn, publicUrl, ...rest } = options;
    const source = typeof from === 'string' ? this.source(from) : from;
    const production = options.production ?? new FolderTarget(this.folder);
    const places = { production, mirror: mirror ?? null, cdn: cdn ?? null, publicUrl: publicUrl ?? null };
    const ports = { places, gate, register: null };
    const staging = new StagingFolder(join(this.state, 'staging'));
    const draft = await draftPromotion({ name, exact, profile: 'none' }, { ...ports, source, staging }, rest);
    try {
      const journal = await new JournalFolder(this.state).open(draft.plan);
      const told = { audit: this.audit, who: 'test', journal };
      return await promote(draft.plan, { ...ports, ...told, source: draft.source }, rest);
    } finally {
      await draft.discard();
      const left = await readdir(join(this.state, 'staging')).catch(() => []);
      assert.deepEqual(left, []);
    }
  }

  /** The same rig with one more remote, for as long as a test. */
  async withRemote(remote: RcloneRemote): Promise<Rig> {
    const other = new Rig(this.s3, this.proxy, await testRclone([remote]));
    return Object.assign(other, { folder: this.folder, state: this.state });
  }

  /** A folder of a bucket in a role. */
  target(place: string, below?: string): RemoteTarget {
    return new RemoteTarget(this.rclone, place, new StagingFolder(join(this.state, 'staging')), below);
  }
}

/** The rig of all tests of a suite, given to `opened` before the first; each begins with folders of its own. */
export function inRig(opened: (rig: Rig) => unknown): void {
  let rig: Rig | undefined;
  before(async () => {
    rig = await Rig.start();
    await opened(rig);
  });
  after(() => rig?.close());
  beforeEach(() => rig?.fresh());
}
