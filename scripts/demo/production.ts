import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditLog } from '../../src/adapters/auditLog.ts';
import { FolderTarget } from '../../src/adapters/storage/folder.ts';
import { JournalFolder } from '../../src/adapters/storage/journalFile.ts';
import { openRclone, type Rclone } from '../../src/adapters/storage/rclone.ts';
import { RcloneSource } from '../../src/adapters/storage/rcloneSource.ts';
import { StagingFolder } from '../../src/adapters/storage/staging.ts';
import { uploadExport } from '../../src/adapters/storage/uploadExport.ts';
import { vrmGate } from '../../src/adapters/storage/vrmGate.ts';
import { KhronosValidator } from '../../src/adapters/vrm/khronos.ts';
import { ForgeError } from '../../src/core/errors.ts';
import { draftPromotion } from '../../src/core/promotion/draft.ts';
import { promote, type PromotionOutcome } from '../../src/core/promotion/promote.ts';
import { startS3 } from '../../test/emulators/s3.ts';

const folder = 'quobyte:kasm/blender-avatars/exports';

export interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** The stores of the demo: a real S3 server in Quobyte's role, and a folder in gravenhollow's. */
export class Stores implements AsyncDisposable {
  readonly #rclone: Rclone;
  readonly #close: () => Promise<void>;
  readonly #audit: AuditLog;
  readonly #state: string;
  /** Gravenhollow's folder of avatars. */
  readonly production: string;

  private constructor(rclone: Rclone, close: () => Promise<void>, out: string, production: string) {
    this.#rclone = rclone;
    this.#close = close;
    this.#audit = new AuditLog(join(out, 'audit.jsonl'));
    this.#state = join(out, 'promotions');
    this.production = production;
  }

  static async open(out: string): Promise<Stores> {
    const production = join(out, 'gravenhollow', 'avatar-models');
    await mkdir(production, { recursive: true });
    const s3 = await startS3(['kasm'], join(out, 's3'));
    const rclone = await openRclone({ remotes: [s3.remote('quobyte')], env: process.env });
    return new Stores(rclone, () => s3.close(), out, production);
  }

  /** Puts an export into the bucket; tells where it is. */
  async upload(file: string): Promise<string> {
    return (await uploadExport(this.#rclone, file, folder)).place;
  }

  /** Publishes an uploaded export under this name or none. */
  async promote(place: string, name: string): Promise<PromotionOutcome> {
    const production = new FolderTarget(this.production);
    const places = { production, mirror: null, cdn: null, publicUrl: null };
    const ports = { places, gate: vrmGate(new KhronosValidator()), register: null };
    const staging = new StagingFolder(join(this.#state, 'staging'));
    const source = new RcloneSource(this.#rclone, place);
    const request = { name, exact: true, profile: 'app' } as const;
    const draft = await draftPromotion(request, { ...ports, source, staging });
    try {
      const journal = await new JournalFolder(this.#state).open(draft.plan);
      const told = { audit: this.#audit, who: 'demo' };
      return await promote(draft.plan, { ...ports, ...told, source: draft.source, journal });
    } finally {
      await draft.discard();
    }
  }

  /** Promotes what must be refused; that it is published after all is an error. */
  async refused(place: string, name: string): Promise<Refusal> {
    try {
      await this.promote(place, name);
    } catch (thrown) {
      if (thrown instanceof ForgeError && thrown.code === 'name-taken')
        return { code: thrown.code, message: thrown.message };
      throw thrown;
    }
    throw new Error(`${name} was overwritten in ${this.production}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}
