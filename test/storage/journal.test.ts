import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JournalFolder } from '../../src/adapters/storage/journalFile.ts';
import { parseRemotePath } from '../../src/adapters/storage/rcloneCommands.ts';
import type { PromotionOutcome } from '../../src/core/promotion/promote.ts';
import { Rig } from './rig.ts';
import { Promoter, type PromoterTask, sha256 } from './support.ts';

const nobody = 2 ** 22 - 1; // no process has it: Linux counts to that and starts again

describe('a promotion that is killed', function () {
  this.timeout(600_000);
  let rig: Rig;
  before(async () => {
    rig = await Rig.start();
  });
  after(() => rig.close());
  beforeEach(() => rig.fresh());

  const mirror = 'quobyte:avatar-models';

  /** What there is afterwards, wherever it was ended in between. */
  async function shown({ folder, state, name }: PromoterTask, bytes: Uint8Array): Promise<void> {
    assert.deepEqual((await readdir(folder)).sort(), [name, `${name}.sha256`]);
    assert.deepEqual(await readFile(join(folder, name)), bytes);
    assert.equal((await stat(join(folder, name))).mode & 0o777, 0o444);
    const found = await rig.rclone.stat(parseRemotePath(`${mirror}/${name}`));
    assert.deepEqual([found.sealed, found.mime], [sha256(bytes), 'model/gltf-binary']);
    assert.equal(await rig.target(mirror).digest(name, 'sha256'), sha256(bytes));
    assert.deepEqual(await readdir(join(state, 'staging')), []);
  }

  /** One that dies there, and one that is run after it; false where the first lived to its end. */
  async function dieAndGoOn(line: number, when: 'before' | 'after'): Promise<boolean> {
    const remotes = [rig.s3.remote('quobyte')];
    const name = `Killed-${line}${when}.vrm`;
    const source = await rig.scratch.file(name);
    const bytes = await readFile(source);
    const [folder, state] = await Promise.all([rig.scratch.folder(), rig.scratch.folder()]);
    const task = { source, folder, state, name, exact: true, mirror };
    const dying = new Promoter({ ...task, dieAt: { line, when } }, remotes);
    await dying.ready();
    const lived = await dying.go().then(
      () => true,
      () => false,
    );
    if (!lived) {
      assert.equal(await dying.end(), 'SIGKILL');
      const visible = (await readdir(folder)).filter((one) => !one.startsWith('.') && one.endsWith('.vrm'));
      for (const one of visible) assert.deepEqual(await readFile(join(folder, one)), bytes);
      const next = new Promoter(task, remotes);
      await next.ready();
      const done = (await next.go()) as PromotionOutcome;
      assert.equal(done.name, name, JSON.stringify(done));
      // The journal knows of it from its first line to its last.
      const isKnown = done.resumed || done.outcome === 'already-promoted';
      assert.equal(isKnown, line > 1 || when === 'after', `line ${line} ${when}: ${JSON.stringify(done)}`);
    }
    await shown(task, bytes);
    return !lived;
  }

  it('at any line of its journal, before or after it, leaves nothing half and goes on when it is run again', async () => {
    let line = 1;
    while ((await Promise.all([dieAndGoOn(line, 'before'), dieAndGoOn(line, 'after')])).every(Boolean))
      line++;
    assert.ok(line > 12, `its journal had ${line - 1} lines`);
  });
});

describe('the journal of a promotion', function () {
  this.timeout(60_000);
  let rig: Rig;
  before(async () => {
    rig = await Rig.start();
  });
  after(() => rig.close());
  beforeEach(() => rig.fresh());

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
