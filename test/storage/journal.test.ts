import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JournalFolder } from '../../src/adapters/storage/journalFile.ts';
import { isRemotePath, parseRemotePath } from '../../src/adapters/storage/rcloneCommands.ts';
import type { PromotionOutcome } from '../../src/core/promotion/promote.ts';
import { CompanionApp } from '../support/companionApp.ts';
import { inRig, type Rig } from './rig.ts';
import { Promoter, type PromoterTask, sha256 } from './support.ts';

const nobody = 2 ** 22 - 1; // no process has it: Linux counts to that and starts again

describe('a promotion that is killed', function () {
  this.timeout(600_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  const cdn = 'quobyte:cdn';
  const headers = ['model/gltf-binary', 'public, max-age=31536000, immutable'];

  /** What there is afterwards, wherever it was ended in between. */
  async function shown({ folder, state, name, mirror, app }: PromoterTask, bytes: Uint8Array): Promise<void> {
    const buckets = [folder, mirror ?? '', cdn].filter((place) => isRemotePath(place));
    const folders = [folder, mirror ?? ''].filter((place) => !isRemotePath(place));
    for (const one of folders) {
      assert.deepEqual((await readdir(one)).sort(), [name, `${name}.sha256`]);
      assert.deepEqual(await readFile(join(one, name)), bytes);
      assert.equal((await stat(join(one, name))).mode & 0o777, 0o444);
    }
    for (const one of buckets) {
      const found = await rig.rclone.stat(parseRemotePath(`${one}/${name}`));
      assert.deepEqual([found.sealed, found.mime, found.cacheControl], [sha256(bytes), ...headers]);
      assert.equal(await rig.target(one).digest(name, 'sha256'), sha256(bytes));
    }
    for (const file of ['internal/database/database.go', 'static/js/avatar.js'])
      assert.equal((await readFile(join(app ?? '', file), 'utf8')).split(name).length, 2, file);
    assert.deepEqual(await readdir(join(state, 'staging')), []);
  }

  /** What everybody sees of it in production; null where that is nothing. */
  async function seen({ folder, name }: PromoterTask): Promise<Uint8Array | null> {
    if (!isRemotePath(folder)) return readFile(join(folder, name)).catch(() => null);
    const answer = await fetch(rig.s3.publicUrl('avatar-models', name));
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
  }

  /** One that dies there, and one that is run after it; false where the first lived to its end. */
  async function dieAndGoOn(isBucket: boolean, line: number, when: 'before' | 'after'): Promise<boolean> {
    const remotes = [rig.s3.remote('quobyte')];
    const name = `${isBucket ? 'Bucket' : 'Folder'}-${line}${when}.vrm`;
    const source = await rig.scratch.file(name);
    const bytes = await readFile(source);
    const [folder, state] = await Promise.all([rig.scratch.folder(), rig.scratch.folder()]);
    const places = [folder, 'quobyte:avatar-models'];
    const [production = '', mirror = ''] = isBucket ? places.toReversed() : places;
    const app = await CompanionApp.copy();
    const roles = { mirror, cdn, publicUrl: rig.s3.publicUrl('cdn', ''), app: app.folder };
    const task = { source, folder: production, state, name, exact: true, ...roles };
    const dying = new Promoter({ ...task, dieAt: { line, when } }, remotes);
    await dying.ready();
    const lived = await dying.go().then(
      () => true,
      () => false,
    );
    if (!lived) {
      assert.equal(await dying.end(), 'SIGKILL');
      const found = await seen(task);
      if (found !== null) assert.deepEqual(Buffer.from(found), bytes);
      const next = new Promoter(task, remotes);
      await next.ready();
      const done = (await next.go()) as PromotionOutcome;
      assert.equal(done.name, name, JSON.stringify(done));
      // The journal knows of it from its first line to its last.
      const isKnown = done.resumed || done.outcome === 'already-promoted';
      assert.equal(isKnown, line > 1 || when === 'after', `line ${line} ${when}: ${JSON.stringify(done)}`);
    }
    await shown(task, bytes);
    await app.remove();
    return !lived;
  }

  for (const [where, ...whens] of [
    ['a folder', 'before', 'after'],
    ['a bucket', 'before'],
  ] as const) {
    it(`at any line of its journal leaves nothing half and goes on when it is run again: ${where}, mirror, CDN, lists`, async () => {
      let line = 1;
      const died = () => Promise.all(whens.map((when) => dieAndGoOn(where === 'a bucket', line, when)));
      while ((await died()).every(Boolean)) line++;
      assert.ok(line > 19, `its journal had ${line - 1} lines`);
    });
  }
});

describe('the journal of a promotion', function () {
  this.timeout(60_000);
  let rig: Rig;
  inRig((opened) => {
    rig = opened;
  });

  async function onlyJournal(): Promise<string> {
    const [file] = (await readdir(rig.state)).filter((one) => one.endsWith('.jsonl'));
    return join(rig.state, file!);
  }

  it('goes on after a line that a crash tore', async () => {
    const file = await rig.scratch.file('Torn.vrm');
    await rig.run(file);
    const path = await onlyJournal();
    const lines = (await readFile(path, 'utf8')).replace(/"pid":\d+/, `"pid":${nobody}`).split('\n');
    const published = lines.findIndex((line) => line.includes('"done"') && line.includes('"publish"'));
    await writeFile(path, `${lines.slice(0, published + 1).join('\n')}\n{"kind":"done","at":"2026-0`);
    const journals = new JournalFolder(rig.state);
    const [left] = await journals.unfinished();
    assert.deepEqual([left?.name, left?.at, left?.done], ['Torn.vrm', 'publish', ['publish']]);
    const done = await rig.run(file);
    assert.deepEqual([done.outcome, done.resumed], ['promoted', true]);
    assert.deepEqual(await journals.unfinished(), []);
    for (const line of (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .slice(published + 2))
      assert.doesNotThrow(() => JSON.parse(line) as unknown, line);
  });

  it('is nobody else’s to go on with while its process is at it', async () => {
    const file = await rig.scratch.file('Alive.vrm');
    await rig.run(file);
    const path = await onlyJournal();
    const text = await readFile(path, 'utf8'); // of this process, which lives
    await writeFile(path, text.slice(0, text.lastIndexOf('{"kind":"end"')));
    const journals = new JournalFolder(rig.state);
    assert.deepEqual(await journals.unfinished(), []);
    const again = await rig.run(file);
    assert.deepEqual([again.outcome, again.resumed], ['already-promoted', false]);

    await writeFile(path, text.replace(/\{"kind":"end".*/, '{"kind":"stop","at":"2026-01-01T00:00:00Z"}'));
    assert.equal((await journals.unfinished()).length, 1, 'it failed');
  });

  it('ends where its promotion was refused before anything was published', async () => {
    const file = await rig.scratch.file('Refused.vrm');
    const cancel = new AbortController();
    const onProgress = ({ step }: { readonly step: string }): void => {
      if (step === 'compare') cancel.abort();
    };
    await assert.rejects(rig.run(file, { signal: cancel.signal, onProgress }), { code: 'cancelled' });
    const journals = new JournalFolder(rig.state);
    assert.match(await readFile(await onlyJournal(), 'utf8'), /\{"kind":"abandon","at":"[^"]*"\}\n$/);
    assert.deepEqual(await journals.unfinished(), []);
    const done = await rig.run(file);
    assert.deepEqual([done.outcome, done.resumed], ['promoted', false]);
    assert.equal((await journals.sweep()).length, 1);
  });

  it('is swept when its promotion is done with, and kept while it is not', async () => {
    await rig.run(await rig.scratch.file('Done.vrm'));
    const journals = new JournalFolder(rig.state);
    const first = await onlyJournal();
    await appendFile(join(rig.state, 'unreadable.jsonl'), 'nonsense\n');
    const text = await readFile(first, 'utf8');
    await writeFile(join(rig.state, 'open.jsonl'), text.slice(0, text.lastIndexOf('{"kind":"end"')));
    assert.equal((await journals.sweep()).length, 2);
    assert.deepEqual(
      (await readdir(rig.state)).filter((one) => one.endsWith('.jsonl')),
      ['open.jsonl'],
    );
  });
});
