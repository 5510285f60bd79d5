import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Miniflare } from 'miniflare';
import { type RcloneRemote, s3Remote } from '../../src/adapters/storage/rcloneCommands.ts';

/** A real S3 server in the role of Quobyte, RustFS or R2: Cloudflare's R2 as it runs locally in Miniflare. */
export interface S3Emulator {
  readonly endpoint: string;
  /** Over plain HTTP without credentials, as a CDN serves it. */
  publicUrl(bucket: string, key: string): string;
  /** Its buckets as a remote of rclone's; `endpoint` may be a proxy's in front of it. */
  remote(name: string, endpoint?: string): RcloneRemote;
  close(): Promise<void>;
}

const accessKeyId = 'forge-test-key';
const secretAccessKey = 'forge-test-secret';

/** Starts it on a free port of this machine. `folder` keeps its objects; without one they end with it. */
export async function startS3(buckets: readonly string[], folder?: string): Promise<S3Emulator> {
  const kept = folder ?? (await mkdtemp(join(tmpdir(), 'avatar-forge-s3-')));
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    port: 0,
    cf: false,
    modules: true,
    script: 'export default { fetch() { return new Response() } }',
    r2Buckets: Object.fromEntries(
      buckets.map((bucket) => [bucket, { id: bucket, s3Credentials: { accessKeyId, secretAccessKey } }]),
    ),
    r2Persist: kept,
  });
  const base = new URL('/cdn-cgi/local/r2/', await miniflare.ready).href;
  const endpoint = `${base}s3`;
  return {
    endpoint,
    publicUrl: (bucket, key) => `${base}public/${bucket}/${key}`,
    remote: (name, through = endpoint) => s3Remote(name, { endpoint: through, accessKeyId, secretAccessKey }),
    close: async () => {
      await miniflare.dispose();
      if (folder === undefined) await rm(kept, { recursive: true, force: true });
    },
  };
}
