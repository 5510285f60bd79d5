import assert from 'node:assert/strict';
import { execa } from 'execa';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditLog } from '../../src/adapters/auditLog.ts';
import { rcloneEnvironment } from '../../src/adapters/storage/rcloneCommands.ts';
import { minimalVrm } from '../fixtures/minimalVrm.ts';
import { edited } from '../support/vrm/json.ts';
import { packGlb } from '../support/vrm/glb.ts';
import { sampleVrm } from '../support/vrm/sampleVrm.ts';
import { inRig, type Rig } from './rig.ts';
import { sha256 } from './support.ts';

const main = join(import.meta.dirname, '../../src/cli/main.ts');

interface Run {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The one object of --json. */
  readonly json: Record<string, unknown> & { error?: { code: string; next: string } };
}

describe('avatar-forge promote', function () {
  this.timeout(60_000);
  let rig: Rig;
  let auditFile: string;
  inRig(async (opened) => {
    rig = opened;
    auditFile = join(await rig.scratch.folder(), 'audit.jsonl');
  });

  async function cli(...args: string[]): Promise<Run> {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [main, 'promote', ...args], {
      env: {
        ...rcloneEnvironment(process.env, [rig.s3.remote('quobyte')]),
        AVATAR_FORGE_AUDIT: auditFile,
      },
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
    });
    const json = (stdout.startsWith('{') ? JSON.parse(stdout) : {}) as Run['json'];
    return { exitCode, stdout, stderr, json };
  }

  async function model(name: string, title: string, without?: string): Promise<string> {
    const file = join(await rig.scratch.folder(), name);
    await writeFile(file, minimalVrm(title, without));
    return file;
  }
  const flags = (...more: string[]): string[] => [
    '--production',
    rig.folder,
    '--profile',
    'none',
    '--yes',
    ...more,
  ];

  it('promotes an export from S3, then says that it is there', async () => {
    const file = await model('Companion-A.vrm', 'one');
    const { place } = await rig.upload(file);
    const first = await cli(place, ...flags('--json'));
    assert.equal(first.exitCode, 0, first.stdout + first.stderr);
    assert.equal(first.json['outcome'], 'promoted');
    assert.equal(first.json['name'], 'Companion-A.vrm');
    assert.equal(first.json['sha256'], sha256(await readFile(file)));
    assert.equal(first.json['size'], (await readFile(file)).length);
    assert.ok(Array.isArray(first.json['steps']));
    assert.deepEqual(await readFile(join(rig.folder, 'Companion-A.vrm')), await readFile(file));
    const second = await cli(place, ...flags('--json'));
    assert.equal(second.exitCode, 0);
    assert.equal(second.json['outcome'], 'already-promoted');
    assert.match(
      (await cli(place, ...flags())).stdout,
      /^Companion-A\.vrm: already there with the same bytes/,
    );
  });

  it('ends with 3 where --exact finds other bytes, and moves on without', async () => {
    await cli(await model('A.vrm', 'one'), ...flags());
    const other = await model('A.vrm', 'two');
    const refused = await cli(other, ...flags('--exact', '--json'));
    assert.equal(refused.exitCode, 3);
    assert.equal(refused.json.error?.code, 'name-taken');
    const inWords = await cli(other, ...flags('--exact'));
    assert.equal(inWords.exitCode, 3);
    assert.match(inWords.stderr, /name-taken: A\.vrm .* holds other bytes .*\n→ Promote without --exact/s);
    const rehearsed = await cli(other, ...flags('--exact', '--dry-run'));
    assert.equal(rehearsed.exitCode, 3);
    assert.match(rehearsed.stderr, /^→ Promote without --exact/m);
    assert.equal((await cli(other, ...flags('--json'))).json['name'], 'A-v2.vrm');
    const outcomes = (await new AuditLog(auditFile).lines()).map(({ outcome }) => outcome);
    const ended = outcomes.filter((outcome) => outcome !== 'started');
    assert.deepEqual(ended.slice(-4), ['ok', 'name-taken', 'name-taken', 'ok']);
  });

  it('ends with 4 where the gate finds an error, in a rehearsal too', async () => {
    const headless = await model('Headless.vrm', 'one', 'head');
    for (const more of [[], ['--dry-run']]) {
      const refused = await cli(headless, ...flags('--json', ...more));
      assert.equal(refused.exitCode, 4, refused.stdout);
      assert.equal(refused.json.error?.code, 'gate-refused');
      assert.match(refused.stdout, /head/);
    }
    // What the specification takes, the app does not: it has no visemes.
    const mute = await model('Mute.vrm', 'one');
    assert.equal((await cli(mute, '--production', rig.folder, '--yes')).exitCode, 4);
    assert.deepEqual(await readdir(rig.folder), []);
  });

  it('ends with 4 where production has it by another profile, and copies nothing on', async () => {
    const { place } = await rig.upload(await model('Known.vrm', 'mute')); // its sha256 is kept with it
    assert.equal((await cli(place, ...flags())).exitCode, 0);
    const strict = [
      '--production',
      rig.folder,
      '--profile',
      'app',
      '--cdn',
      'quobyte:cdn',
      '--yes',
      '--json',
    ];
    for (const more of [[], ['--dry-run']]) {
      const refused = await cli(place, ...strict, ...more);
      assert.equal(refused.exitCode, 4, refused.stdout);
      assert.equal(refused.json.error?.code, 'gate-refused');
    }
    assert.ok(!(await rig.target('quobyte:cdn').names()).includes('Known.vrm'));
    assert.equal((await cli(place, ...flags('--cdn', 'quobyte:cdn'))).exitCode, 0);
  });

  describe('of a model whose licence forbids to pass it on', () => {
    let forbidden: string;
    before(async () => {
      const { document, bin } = sampleVrm('1.0');
      const at = '/extensions/VRMC_vrm/meta/allowRedistribution';
      forbidden = join(await rig.scratch.folder(), 'Mine.vrm');
      await writeFile(forbidden, packGlb(edited(document, [{ at, value: false }]), bin));
    });
    const app = (...more: string[]): string[] => [forbidden, '--production', rig.folder, ...more];
    const accept = ['--accept', 'licence-no-redistribution'];

    it('ends with 4 where nobody says by its name that it may be, in a rehearsal of that too', async () => {
      for (const more of [['--yes'], ['--yes', '--dry-run']]) {
        const refused = await cli(...app(...more));
        assert.equal(refused.exitCode, 4, refused.stderr);
        assert.match(
          refused.stderr,
          /not-accepted: .*licence-no-redistribution: The model may not be passed on.*\n→ If you made it.*--accept lic/s,
        );
      }
      const { json } = await cli(...app('--yes', '--json'));
      const { findings } = (json.error as unknown as { data: { findings: { code: string }[] } }).data;
      assert.deepEqual(
        findings.map(({ code }) => code),
        ['licence-no-redistribution'],
      );
      assert.equal((await cli(...app('--dry-run'))).exitCode, 0); // there a person would be asked
      const unasked = await cli(...app());
      assert.equal(unasked.exitCode, 2);
      assert.match(unasked.stderr, /add --yes, and --accept licence-no-redistribution if you may/);
      assert.equal((await cli(...app('--yes', '--accept', 'anything'))).exitCode, 2);
      assert.deepEqual(await readdir(rig.folder), []);
    });

    it('is promoted where somebody does, and the audit log says in spite of what', async () => {
      const done = await cli(...app('--yes', ...accept));
      assert.equal(done.exitCode, 0, done.stderr);
      const notes = (await new AuditLog(auditFile).lines()).map(({ note }) => note);
      assert.match(notes.at(-1) ?? '', /→ Mine\.vrm, in spite of licence-no-redistribution$/);
      // Copying it on passes it on, too.
      assert.equal((await cli(...app('--yes'))).exitCode, 4);
    });

    it('is held to what the specification says by that profile: no word is asked for', async () => {
      assert.equal((await cli(forbidden, ...flags())).exitCode, 0);
    });

    it('asks a person who is there, in so many words', async () => {
      const spawn = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)';
      const promoter = [process.execPath, main, 'promote', ...app()];
      const answered = await execa('python3', ['-c', spawn, ...promoter], {
        env: { ...process.env, AVATAR_FORGE_AUDIT: auditFile },
        input: 'n\n',
        reject: false,
      });
      assert.match(
        answered.stdout,
        /may not be passed on to others\. If you may publish it all the same: Publish Mine\.vrm/,
      );
      assert.deepEqual(await readdir(rig.folder), []);
    });
  });

  it('ends with 2 where it is used wrongly', async () => {
    const file = await model('A.vrm', 'one');
    for (const args of [
      [],
      [file],
      [file, ...flags('--profile', 'other')],
      [file, ...flags('--nonsense')],
      [file, ...flags('--name', '../x')],
      [file, ...flags('--name', '')],
      ['quobyte:../x', ...flags()],
      [file, '--production', rig.folder, '--profile', 'none'],
      [file, '--production', rig.folder, '--profile', 'none', '--json'],
    ]) {
      const { exitCode, stdout, stderr } = await cli(...args);
      assert.equal(exitCode, 2, `${args.join(' ')}: ${stdout}${stderr}`);
    }
    assert.equal((await cli('--help')).exitCode, 0);
    assert.deepEqual(await readdir(rig.folder), []);
  });

  it('holds a model against a profile of one’s own, by its name', async () => {
    const file = await model('A.vrm', 'one');
    const own = join(await rig.scratch.folder(), 'studio.json');
    const flagsOf = (...more: string[]): string[] => ['--production', rig.folder, '--profile', own, ...more];
    await writeFile(own, JSON.stringify({ name: 'studio', requiredExpressions: ['wink'] }));
    const refused = await cli(file, ...flagsOf('--yes', '--json'));
    assert.equal(refused.exitCode, 4, refused.stdout);
    assert.match(JSON.stringify(refused.json), /wink/);
    await writeFile(own, JSON.stringify({ name: 'studio' }));
    const planned = await cli(file, ...flagsOf('--dry-run', '--json'));
    assert.equal((planned.json['plan'] as { profile: string }).profile, 'studio');
    assert.equal((await cli(file, ...flagsOf('--yes'))).exitCode, 0);
    for (const wrong of ['{', '{"severities":{"no-such-code":"off"}}', '{"name":"none"}', '{"name":"app"}']) {
      await writeFile(own, wrong);
      const { exitCode, json } = await cli(file, ...flagsOf('--yes', '--json'));
      assert.deepEqual([exitCode, json.error?.code], [2, 'bad-profile'], wrong);
    }
  });

  it('ends with 1 where something fails, without a stack trace', async () => {
    for (const source of [join(rig.folder, 'none.vrm'), rig.at('none.vrm')]) {
      const failed = await cli(source, ...flags());
      assert.equal(failed.exitCode, 1);
      assert.match(failed.stderr, /^avatar-forge: source-missing: .*\n→ .*$/);
    }
  });

  it('shows in a rehearsal what it would do, and does nothing', async () => {
    const found = await cli(await model('A.vrm', 'one'), ...flags('--dry-run', '--json', '--name', 'B'));
    assert.equal(found.exitCode, 0, found.stdout);
    assert.deepEqual(found.json['expected'], { state: 'free', name: 'B.vrm' });
    assert.deepEqual(await readdir(rig.folder), []);
  });
});
