import assert from 'node:assert/strict';
import { execa } from 'execa';
import { mkdir, mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog } from '../../src/adapters/auditLog.ts';
import { minimalVrm } from '../fixtures/minimalVrm.ts';
import { CompanionApp, goMissing } from '../support/companionApp.ts';
import { skip } from '../support/skip.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');
const goFile = 'internal/database/database.go';
const jsFile = 'static/js/avatar.js';

interface Answer {
  readonly outcome?: string;
  readonly diff?: string;
  readonly registered?: readonly string[];
  readonly newerListed?: string | null;
  readonly files?: readonly { readonly after: readonly string[]; readonly copied: readonly string[] }[];
  readonly error?: { readonly code: string; readonly next: string };
}

describe('avatar-forge register, unregister, rollback', function () {
  this.timeout(60_000);
  let app: CompanionApp;
  let home: string;

  beforeEach(async () => {
    app = await CompanionApp.copy();
    home = await mkdtemp(join(tmpdir(), 'avatar-forge-register-'));
  });
  afterEach(async () => {
    await app.remove();
    await rm(home, { recursive: true, force: true });
  });

  async function cli(
    ...args: string[]
  ): Promise<{ exitCode: number | undefined; stdout: string; stderr: string; json: Answer }> {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [main, ...args, '--app', app.folder], {
      env: { AVATAR_FORGE_HOME: home },
      reject: false,
    });
    return { exitCode, stdout, stderr, json: (stdout.startsWith('{') ? JSON.parse(stdout) : {}) as Answer };
  }
  const both = (): Promise<string[]> =>
    Promise.all([goFile, jsFile].map((file) => readFile(join(app.folder, file), 'utf8')));

  it('a new model stands in both lists, and the app still passes its own tests', async function () {
    const missing = goMissing();
    if (missing !== null) skip(this, missing);
    for (const [command, name] of [
      ['register', 'Companion-A.vrm'],
      ['register', 'Companion-A-v2.vrm'],
      ['register', 'Robin-v2.vrm'],
      ['register', 'Zoë (b) +1.vrm'],
      ['rollback', 'Companion-A'],
      ['unregister', 'Mira.vrm'],
    ] as const) {
      const to = command === 'rollback' ? ['--to', 'Companion-A.vrm'] : [];
      const { exitCode, stderr } = await cli(command, name, ...to);
      assert.equal(exitCode, 0, stderr);
    }
    await app.test();
    const { json } = await cli('register', 'Companion-A.vrm', '--json');
    assert.equal(json.outcome, 'already-so');
    assert.deepEqual(
      json.files?.map(({ after }) => after),
      [
        ['Robin-v2.vrm', 'Companion-A.vrm', 'Zoë (b) +1.vrm'],
        ['Robin-v2.vrm', 'Companion-A.vrm', 'Zoë (b) +1.vrm'],
      ],
    );
    const audit = await new AuditLog(join(home, 'audit.jsonl')).lines();
    assert.deepEqual(
      audit.map(({ what, note, outcome }) => [what, note, outcome]),
      [
        ['register', 'Companion-A.vrm', 'ok'],
        ['register', 'Companion-A-v2.vrm', 'ok'],
        ['register', 'Robin-v2.vrm', 'ok'],
        ['register', 'Zoë (b) +1.vrm', 'ok'],
        ['rollback', 'Companion-A-v2.vrm → Companion-A.vrm', 'ok'],
        ['unregister', 'Mira.vrm', 'ok'],
      ],
    );
  });

  it('is what a promotion does last, where it is given a checkout', async () => {
    const production = join(home, 'production');
    await mkdir(production);
    const model = join(home, 'Companion-A.vrm');
    await writeFile(model, minimalVrm('Companion A'));
    const promote = (...more: string[]) =>
      cli('promote', model, '--production', production, '--profile', 'none', ...more);
    assert.match(
      (await promote('--dry-run')).stderr,
      /^\+\t"Companion-A\.vrm": true,$[^]*^\+ {2}\{ file: 'Companion-A\.vrm'/m,
    );
    const first = await promote('--yes', '--json');
    assert.deepEqual([first.json.outcome, first.json.registered], ['promoted', [goFile, jsFile]]);
    const { json } = await promote('--yes', '--json');
    assert.deepEqual([json.outcome, json.registered], ['already-promoted', []]);
    for (const text of await both()) assert.match(text, /Companion-A\.vrm/);
  });

  it('leaves a newer version in the lists where old bytes are promoted once more, and says so', async () => {
    const production = join(home, 'production');
    await mkdir(production);
    const promote = async (title: string, ...more: string[]) => {
      const model = join(home, 'Companion-A.vrm');
      await writeFile(model, minimalVrm(title));
      return cli('promote', model, '--production', production, '--profile', 'none', ...more);
    };
    await promote('first', '--yes');
    await promote('second', '--yes');
    const before = await both();
    for (const text of before) assert.match(text, /Companion-A-v2\.vrm/);
    const again = await promote('first', '--yes', '--json');
    assert.equal(again.exitCode, 0, again.stderr);
    assert.deepEqual(
      [again.json.outcome, again.json.registered, again.json.newerListed],
      ['already-promoted', [], 'Companion-A-v2.vrm'],
    );
    const spoken = await promote('first', '--yes');
    assert.match(spoken.stderr, /^lists +left as they are, for they name Companion-A-v2\.vrm/m);
    assert.match(spoken.stdout, /^allowlists: left as they are, for they name Companion-A-v2\.vrm/m);
    assert.deepEqual(await both(), before);
    assert.equal((await cli('register', 'Companion-A.vrm', '--json')).json.outcome, 'changed');
  });

  it('shows a unified diff that git applies, and writes nothing, with --dry-run', async () => {
    const before = await both();
    const { exitCode, stdout } = await cli('register', 'Companion-A', '--dry-run');
    assert.equal(exitCode, 0);
    assert.deepEqual(await both(), before);
    assert.match(stdout, /^--- a\/internal\/database\/database\.go\n\+\+\+ b\/internal/);
    assert.match(stdout, /^\+\t"Companion-A.vrm": true,$/m);
    const { json } = await cli('register', 'Companion-A', '--dry-run', '--json');
    await execa('git', ['apply', '-'], { cwd: app.folder, input: json.diff ?? '' });
    assert.equal((await cli('register', 'Companion-A', '--json')).json.outcome, 'already-so');
  });

  it('rolls back to the newest version before among the published, gaps or not', async () => {
    const production = join(home, 'production');
    await mkdir(production);
    for (const name of ['Robin.vrm', 'Robin-v2.vrm', 'Robin-v5.vrm', 'Robin-v2.vrm.sha256', 'Mira-v3.vrm'])
      await writeFile(join(production, name), '');
    await cli('register', 'Robin-v5.vrm');
    for (const expected of ['Robin-v2.vrm', 'Robin.vrm']) {
      const { json } = await cli('rollback', 'Robin', '--production', production, '--json');
      assert.deepEqual(
        json.files?.map(({ after }) => after[0]),
        [expected, expected],
      );
    }
    const { exitCode, json } = await cli('rollback', 'Robin', '--production', production, '--json');
    assert.deepEqual([exitCode, json.error?.code], [1, 'no-version-before']);
  });

  it('rolls back to no other model', async () => {
    await cli('register', 'Robin-v2.vrm');
    const before = await both();
    for (const [other, code] of [
      ['Mira.vrm', 'other-model'],
      ['Robin.vrma', 'not-a-model'],
      ['Robin-two.vrm', 'other-model'],
    ] as const) {
      const { exitCode, json } = await cli('rollback', 'Robin', '--to', other, '--json');
      assert.deepEqual([exitCode, json.error?.code], [2, code], other);
    }
    assert.deepEqual(await both(), before);
  });

  it('rolls back to nothing that comes after, and to nothing that production does not have', async () => {
    await cli('register', 'Robin-v2.vrm');
    const before = await both();
    const forward = await cli('rollback', 'Robin', '--to', 'Robin-v9.vrm');
    assert.equal(forward.exitCode, 1);
    assert.match(forward.stderr, /Robin-v9\.vrm comes after Robin-v2\.vrm.*\n→ Register Robin-v9\.vrm/);
    const production = join(home, 'production');
    await mkdir(production);
    await writeFile(join(production, 'Robin-v2.vrm'), '');
    for (const args of [
      ['rollback', 'Robin', '--to', 'Robin.vrm'],
      ['register', 'Robin-v3.vrm'],
    ]) {
      const { exitCode, json } = await cli(...args, '--production', production, '--json');
      assert.deepEqual([exitCode, json.error?.code], [1, 'not-published'], args.join(' '));
      assert.match(json.error?.next ?? '', /^Name one that is: Robin-v2\.vrm/);
    }
    const wrong = await cli('rollback', 'Robin', '--production', 'production:');
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.stderr, /"production:" is no path in a remote/);
    assert.deepEqual(await both(), before);
    assert.equal((await cli('register', 'Robin-v2.vrm', '--production', production)).exitCode, 0);
  });

  it('takes no animation into the lists, nor out of them', async () => {
    for (const command of ['register', 'unregister']) {
      const { exitCode, stderr } = await cli(command, 'Wave.vrma');
      assert.equal(exitCode, 2);
      assert.match(stderr, /not-a-model: Wave\.vrma is an animation/);
    }
    for (const text of await both()) assert.doesNotMatch(text, /Wave/);
  });

  it('says what is so already', async () => {
    assert.equal((await cli('register', 'Robin.vrm')).stdout, 'Both lists name Robin.vrm already.');
    await cli('register', 'Robin-v2.vrm');
    assert.equal(
      (await cli('unregister', 'Robin.vrm')).stdout,
      'Neither list names Robin.vrm, but Robin-v2.vrm.',
    );
    assert.equal((await cli('unregister', 'Nobody.vrm')).stdout, 'Neither list names Nobody.vrm.');
  });

  const refusals: readonly (readonly [string, number, string, () => Promise<void>])[] = [
    ['a file that is not there', 1, 'allowlist-missing', () => unlink(join(app.folder, jsFile))],
    [
      'a list that is not there',
      1,
      'list-not-found',
      () => writeFile(join(app.folder, jsFile), 'export const x = 1;\n'),
    ],
    [
      'a conflict left in a file',
      1,
      'syntax-error',
      () => writeFile(join(app.folder, jsFile), '<<<<<<< HEAD\nconst models = ["A.vrm"];\n'),
    ],
    [
      'a list that is there twice',
      1,
      'list-found-twice',
      () => writeFile(join(app.folder, jsFile), 'const a = ["A.vrm"]; const b = ["B.vrm"];\n'),
    ],
  ];
  for (const [title, exit, code, spoil] of refusals) {
    it(`${title} is refused, and the other file stays as it was`, async () => {
      await spoil();
      const before = await readFile(join(app.folder, goFile));
      const { exitCode, json } = await cli('register', 'Companion-A.vrm', '--json');
      assert.deepEqual([exitCode, json.error?.code], [exit, code]);
      assert.deepEqual(await readFile(join(app.folder, goFile)), before);
    });
  }

  it('a bad name, or no checkout, is usage', async () => {
    assert.equal((await cli('register', '../x.vrm')).exitCode, 2);
    const { exitCode } = await execa(process.execPath, [main, 'register', 'x.vrm'], { reject: false });
    assert.equal(exitCode, 2);
  });
});
