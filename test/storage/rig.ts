import type { Rclone, RcloneRun } from '../../src/adapters/storage/rclone.ts';
import { FolderTarget } from '../../src/adapters/storage/folder.ts';
import { LocalSource } from '../../src/adapters/storage/localSource.ts';
import { isRemotePath } from '../../src/adapters/storage/rcloneCommands.ts';
import { RcloneSource } from '../../src/adapters/storage/rcloneSource.ts';
import { type UploadedExport, uploadExport } from '../../src/adapters/storage/uploadExport.ts';
import { planPromotion } from '../../src/core/promotion/plan.ts';
import type { Gate, Source } from '../../src/core/promotion/ports.ts';
import { promote, type PromotionOptions, type PromotionOutcome } from '../../src/core/promotion/promote.ts';
import { type FaultyProxy, startFaultyProxy } from '../emulators/faultyProxy.ts';
import { type S3Emulator, startS3 } from '../emulators/s3.ts';
import { MemoryAudit, openGate, Scratch, testRclone } from './support.ts';

const bucketFolder = 'kasm/blender-avatars/exports';

interface RunOptions extends PromotionOptions {
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
  audit = new MemoryAudit();

  private constructor(s3: S3Emulator, proxy: FaultyProxy, rclone: Rclone) {
    this.s3 = s3;
    this.proxy = proxy;
    this.rclone = rclone;
  }

  static async start(): Promise<Rig> {
    const s3 = await startS3(['kasm']);
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
    const { name, exact = true, gate = openGate, ...rest } = options;
    const source = typeof from === 'string' ? this.source(from) : from;
    const production = new FolderTarget(this.folder);
    const plan = await planPromotion({ name, exact, profile: 'none' }, { source, production }, rest.signal);
    return promote(plan, { source, production, gate, audit: this.audit, who: 'test' }, rest);
  }
}
