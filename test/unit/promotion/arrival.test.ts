import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, chmod, mkdtemp, open, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderTarget } from '../../../src/adapters/storage/folder.ts';
import { LocalSource } from '../../../src/adapters/storage/localSource.ts';
import { StagingFolder } from '../../../src/adapters/storage/staging.ts';
import type { KnownBytes, Staged } from '../../../src/core/promotion/ports.ts';

const bytes = randomBytes(3_000_001); // more than two readings of a file, and no whole number of them
const sha256 = createHash('sha256').update(bytes).digest('hex');

async function* inPieces(whole: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < whole.length; at += size) yield await Promise.resolve(whole.subarray(at, at + size));
}

describe('what arrived in a folder, beside the source', () => {
  let folder: string;
  let production: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'avatar-forge-arrival-'));
    production = await mkdtemp(join(folder, 'production-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const stage = (whole: Uint8Array): Promise<Staged> =>
    new FolderTarget(production).stage('A.vrm', inPieces(whole, 700_000));
  // A hash that nobody computed: where it comes back, the bytes were compared.
  const known = (whole: Uint8Array, size = 444_443): KnownBytes => ({
    sha256: 'as planned',
    read: () => inPieces(whole, size),
  });

  it('is compared, whatever pieces it comes in', async () => {
    const staged = await stage(bytes);
    for (const size of [bytes.length, 1 << 20, 65_536, 444_443])
      assert.equal(await staged.sha256({}, known(bytes, size)), 'as planned');
    assert.equal(await staged.sha256(), sha256);
  });

  it('is hashed where one byte differs, the last is missing, or one is too many', async () => {
    const staged = await stage(bytes);
    for (const at of [0, 1_048_576, bytes.length - 1]) {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      assert.equal(await staged.sha256({}, known(flipped)), sha256, `byte ${at}`);
    }
    assert.equal(await staged.sha256({}, known(bytes.subarray(0, -1))), sha256);
    assert.equal(await staged.sha256({}, known(Buffer.concat([bytes, Buffer.from([0])]))), sha256);
    assert.equal(await staged.sha256({}, known(new Uint8Array())), sha256);
  });

  it('is told as it reads back from the disk, whatever pieces it comes in', async () => {
    const staging = new StagingFolder(join(folder, 'staging'));
    for (const size of [bytes.length, 1 << 20, 65_536, 444_443]) {
      const hash = createHash('sha256');
      const kept = await staging.keep('A.vrm', inPieces(bytes, size), (piece) => hash.update(piece));
      assert.equal(hash.digest('hex'), sha256);
      assert.deepEqual(await readFile(kept.path), bytes);
      await kept.discard();
    }
    assert.deepEqual(await readdir(join(folder, 'staging')), []);
  });

  it('leaves nothing where its source fails in the middle', async () => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield* inPieces(bytes, 700_000);
      throw new Error('cut');
    };
    await assert.rejects(new FolderTarget(production).stage('A.vrm', failing()), {
      code: 'production-failed',
    });
    assert.deepEqual(await readdir(production), []);
  });

  it('shows what was damaged after it was written', async () => {
    const staged = await stage(bytes);
    await chmod(staged.path, 0o600);
    const handle = await open(staged.path, 'r+');
    await handle.write(Buffer.from([(bytes[10] ?? 0) ^ 255]), 0, 1, 10);
    await handle.close();
    assert.notEqual(await staged.sha256({}, known(bytes)), 'as planned');
    assert.deepEqual((await readdir(production)).length, 1);
  });

  it('is not compared with a file that changed: its mark tells, though size and time are set back', async () => {
    const file = join(folder, 'A.vrm');
    await writeFile(file, bytes);
    const source = new LocalSource(file);
    const before = await source.mark();
    assert.equal(await source.mark(), before);
    const then = new Date(1_700_000_000_000);
    await utimes(file, then, then);
    const dated = await source.mark();
    const handle = await open(file, 'r+');
    await handle.write(Buffer.from([1]), 0, 1, 5);
    await handle.close();
    await utimes(file, then, then);
    assert.notEqual(await source.mark(), dated);
    await appendFile(file, 'more');
    assert.equal(new Set([before, dated, await source.mark()]).size, 3);
  });
});
