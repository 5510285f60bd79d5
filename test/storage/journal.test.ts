import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JournalFolder } from '../../src/adapters/storage/journalFile.ts';
import { parseRemotePath } from '../../src/adapters/storage/rcloneCommands.ts';
import type { PromotionOutcome } from '../../src/core/promotion/promote.ts';
import { Rig } from './rig.ts';
import { Promoter, sha256 } from './support.ts';

describe('a promotion that is killed', function () {
  this.timeout(300_000);
  let rig: Rig;
  before(async () => {
    rig = await Rig.start();
  });
  after(() => rig.close());
  beforeEach(() => rig.fresh());

  /** What there is afterwards, wherever it was ended in between. */
  async function shown(bytes: Uint8Array, name: string): Promise<void> {
    const published = join(rig.folder, name);
    assert.deepEqual((await readdir(rig.folder)).sort(), [name, `${name}.sha256`]);
    assert.deepEqual(await readFile(published), bytes);
    assert.equal((await stat(published)).mode & 0o777, 0o444);
    const copy = await rig.target('quobyte:avatar-models').digest(name, 'sha256');
    assert.equal(copy, sha256(bytes));
    const found = await rig.rclone.stat(parseRemotePath(`quobyte:avatar-models/${name}`));
    assert.deepEqual([found.sha256, found.mime], [sha256(bytes), 'model/gltf-binary']);
    assert.deepEqual(await readdir(join(rig.state, 'staging')), []);
  }

  it('at any line of its journal, before or after it, leaves nothing half and goes on when it is run again', async () => {
    const remotes = [rig.s3.remote('quobyte')];
    let lines = 0;
    for (let line = 1; ; line++) {
      let lived = false;
      for (const when of ['before', 'after'] as const) {
        await rig.fresh();
        const name = `Killed-${line}${when}.vrm`;
        const source = await rig.scratch.file(name);
        const bytes = await readFile(source);
        const mirror = 'quobyte:avatar-models';
        const task = { source, folder: rig.folder, state: rig.state, name, exact: true, mirror };
        const dying = new Promoter({ ...task, dieAt: { line, when } }, remotes);
        await dying.ready();
        const answer = dying.go().then(
          () => true,
          () => false,
        );
        lived = await answer;
        if (!lived) {
          assert.equal(await dying.end(), 'SIGKILL');
          const half = (await readdir(rig.folder)).filter(
            (one) => !one.startsWith('.') && one.endsWith('.vrm'),
          );
          for (const one of half) assert.deepEqual(await readFile(join(rig.folder, one)), bytes);
          const next = new Promoter(task, remotes);
          await next.ready();
          const done = (await next.go()) as PromotionOutcome;
          assert.equal(done.name, name, JSON.stringify(done));
          // Only the line that says it ended, and that of the beginning, tell nothing of what was under way.
          const knew = !(line === 1 && when === 'before');
          const over = done.outcome === 'already-promoted';
          assert.ok(over || done.resumed === knew, `line ${line} ${when}: ${JSON.stringify(done)}`);
        }
        await shown(bytes, name);
      }
      if (lived) break;
      lines = line;
    }
    assert.ok(lines >= 12, `it died at ${lines} lines`);
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
    const lines = (await readFile(path, 'utf8')).split('\n');
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
