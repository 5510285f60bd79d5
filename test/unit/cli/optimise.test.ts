import assert from 'node:assert/strict';
import { chmod, link, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { registerOptimise } from '../../../src/cli/optimise.ts';
import { checkVrm } from '../../../src/core/vrm/check.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import { dracoVrm } from '../../support/vrm/draco.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';

async function run(...argv: readonly string[]): Promise<string> {
  let out = '';
  const program = new Command();
  registerOptimise(program, (text) => (out += text));
  await program.parseAsync(['optimise', ...argv], { from: 'user' });
  return out;
}

const coded = (code: string) => (thrown: unknown) => thrown instanceof ForgeError && thrown.code === code;

describe('avatar-forge optimise', function () {
  this.timeout(20_000);
  const { glb } = sampleVrm('1.0');
  let folder: string;
  let model: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'avatar-forge-optimise-'));
    model = join(folder, 'a.vrm');
    await writeFile(model, glb);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('writes a copy beside the model, and says that its expressions move as before', async () => {
    assert.match(await run(model), /a\.web\.vrm\n {2}file .*→.*\n {2}8 expressions move as before\n$/s);
    assert.deepEqual(new Uint8Array(await readFile(model)), glb);
    const copy = new Uint8Array(await readFile(join(folder, 'a.web.vrm')));
    assert.equal(checkVrm(copy).counts.errors, 0);
    await assert.rejects(run(model), coded('file-exists'));
    const told = JSON.parse(await run(model, '--force', '--meshopt', '--json')) as Record<string, unknown>;
    assert.equal(told['expressions'], 8);
  });

  it('never replaces the model itself, by whatever name', async () => {
    const [soft, hard] = [join(folder, 'soft.vrm'), join(folder, 'hard.vrm')];
    await symlink(model, soft);
    await link(model, hard);
    for (const out of [model, join(folder, '.', 'a.vrm'), soft, hard]) {
      await assert.rejects(run(model, '--out', out, '--force'), coded('file-exists'), out);
      assert.deepEqual(new Uint8Array(await readFile(out)), glb);
    }
  });

  it('replaces no write-protected file', async () => {
    const promoted = join(folder, 'promoted.vrm');
    await writeFile(promoted, 'as it is');
    await chmod(promoted, 0o444);
    await assert.rejects(run(model, '--out', promoted, '--force'), coded('file-exists'));
    assert.equal(await readFile(promoted, 'utf8'), 'as it is');
  });

  it('refuses a model with Draco meshes, and writes nothing', async () => {
    await writeFile(model, await dracoVrm());
    await assert.rejects(run(model), coded('model-packed'));
    assert.deepEqual(await readdir(folder), ['a.vrm']);
  });
});
