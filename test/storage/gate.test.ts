import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FolderTarget } from '../../src/adapters/storage/folder.ts';
import { LocalSource } from '../../src/adapters/storage/localSource.ts';
import { StagingFolder } from '../../src/adapters/storage/staging.ts';
import { vrmGate } from '../../src/adapters/storage/vrmGate.ts';
import { KhronosValidator } from '../../src/adapters/vrm/khronos.ts';
import { ForgeError } from '../../src/core/errors.ts';
import { draftPromotion } from '../../src/core/promotion/draft.ts';
import type { Finding } from '../../src/core/vrm/finding.ts';
import { promote } from '../../src/core/promotion/promote.ts';
import { MemoryJournal } from '../support/memoryJournal.ts';
import { sampleVrm } from '../support/vrm/sampleVrm.ts';
import { CONTENT_MUTANTS } from '../unit/vrm/contentMutants.ts';
import { makeMutant, STRUCTURE_MUTANTS } from '../unit/vrm/mutants.ts';
import { MemoryAudit, Scratch } from './support.ts';

describe('the gate of promotion', function () {
  this.timeout(60_000);
  const scratch = new Scratch();
  after(() => scratch.clean());
  const gate = vrmGate(new KhronosValidator());
  let refused = 0;

  async function attempt(bytes: Uint8Array, folder: string) {
    const file = join(await scratch.folder(), 'Mutant.vrm');
    await writeFile(file, bytes);
    const production = new FolderTarget(folder);
    const ports = { places: { production, mirror: null, cdn: null, publicUrl: null }, gate, register: null };
    const staging = new StagingFolder(await scratch.folder());
    const source = new LocalSource(file);
    const draft = await draftPromotion({ exact: true, profile: 'app' }, { ...ports, source, staging });
    const told = { journal: new MemoryJournal(), audit: new MemoryAudit(), who: 'test' };
    const outcome = await promote(draft.plan, { ...ports, ...told, source: draft.source }).catch(
      (thrown: unknown) => {
        assert.ok(thrown instanceof ForgeError, String(thrown));
        return thrown;
      },
    );
    return { findings: draft.plan.findings, outcome };
  }
  const errorsIn = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity === 'error');

  for (const mutant of [...STRUCTURE_MUTANTS, ...CONTENT_MUTANTS]) {
    if (mutant.profile !== undefined) continue; // a profile of its own: no gate asks it
    it(`meets ${mutant.code}: ${mutant.defect} (${mutant.version})`, async () => {
      const folder = await scratch.folder();
      const bytes = makeMutant(mutant);
      if (bytes.length === 0) return; // refused before any gate: source-empty
      const { findings, outcome } = await attempt(bytes, folder);
      assert.ok(
        findings.some(({ code }) => code === mutant.code),
        findings.map(({ code }) => code).join(),
      );
      const errors = errorsIn(findings).map(({ code }) => code);
      if (errors.includes(mutant.code)) refused++; // for that very defect
      if (errors.length > 0) {
        assert.ok(outcome instanceof ForgeError && outcome.code === 'gate-refused');
        assert.deepEqual(await readdir(folder), []);
      } else {
        assert.ok(!(outcome instanceof ForgeError));
        assert.ok(outcome.findings.some(({ code }) => code === mutant.code));
      }
    });
  }

  it('refused at least 36 of them, and lets the sound ones pass', async () => {
    assert.ok(refused >= 36, `only ${refused}`);
    for (const version of ['1.0', '0.x'] as const) {
      const { outcome } = await attempt(sampleVrm(version).glb, await scratch.folder());
      assert.ok(!(outcome instanceof ForgeError), outcome instanceof Error ? outcome.message : '');
    }
  });

  it('judges movements by their own rules', async () => {
    const bytes = sampleVrm('1.0').glb;
    const file = join(await scratch.folder(), 'Idle.vrma');
    await writeFile(file, bytes);
    const { findings } = await gate.check(file, 'app', 'animation');
    assert.deepEqual(
      errorsIn(findings).map(({ code }) => code),
      ['animation-extension'],
    );
  });
});
