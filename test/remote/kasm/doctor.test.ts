import assert from 'node:assert/strict';
import { examineKasm } from '../../../src/adapters/kasm/examineKasm.ts';
import { diagnoseKasm } from '../../../src/core/doctor/kasm.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import type { TriedWay } from '../../../src/core/kasm/ways.ts';
import type { KasmEmulator } from '../../emulators/kasm.ts';
import { closeAll } from '../../unit/control/support.ts';
import { apiOf, emulator, memoryStore, workstationOf } from './support.ts';

async function look(
  kasm: KasmEmulator,
  store = memoryStore(),
  ways: readonly TriedWay[] = [],
  image = 'Avatar Forge',
) {
  const open = () => Promise.resolve({ api: apiOf(kasm), store });
  return diagnoseKasm(await examineKasm({ open, image, ways }));
}

const healths = (rows: Awaited<ReturnType<typeof look>>) => rows.map(({ health }) => health);

describe('the doctor in front of a Kasm', () => {
  afterEach(closeAll);

  it('finds all well where a session runs', async () => {
    const kasm = await emulator();
    const store = memoryStore();
    const { workstation } = workstationOf(kasm, { store });
    await workstation.launch();
    const rows = await look(kasm, store, workstation.trace);
    assert.deepEqual(healths(rows), ['ok', 'ok', 'ok', 'ok', 'ok']);
    assert.deepEqual(
      rows.map(({ subject }) => subject),
      [
        'Address of Kasm',
        'API key of Kasm',
        'Image in Kasm',
        'Session in Kasm',
        'Way to Blender: front proxy',
      ],
    );
    assert.match(rows[0]?.says ?? '', /the API up to 1\.19/);
    await workstation.pause();
    assert.deepEqual(healths(await look(kasm, store)), ['ok', 'ok', 'ok', 'warning', 'skipped']);
  });

  it('shows each way that was tried, and what mends it', async () => {
    const failure = { message: 'Refused (HTTP 401).', next: 'Set the token.' };
    const front = { way: 'front proxy', outcome: 'tunnel-refused', failure } as const;
    const relay = { way: 'relay', outcome: 'none is set' } as const;
    const ways = async (...tried: TriedWay[]) =>
      (await look(await emulator(), memoryStore(), tried))
        .slice(4)
        .map(({ health, says, mend }) => [health, says, mend]);
    assert.deepEqual(await ways(front, relay, { way: 'direct', outcome: 'reached' }), [
      ['warning', 'Refused (HTTP 401). (tunnel-refused)', 'Set the token.'],
      ['skipped', 'Not tried: none is set.', null],
      ['ok', 'It leads to Blender.', null],
    ]);
    assert.equal((await ways(front, relay))[0]?.[0], 'error');
    assert.deepEqual(
      (await ways(relay)).map(([health]) => health),
      ['skipped', 'error'],
    );
  });

  it('launches nothing by itself', async () => {
    const kasm = await emulator();
    assert.deepEqual(healths(await look(kasm)), ['ok', 'ok', 'ok', 'skipped', 'skipped']);
    assert.equal(kasm.count('request_kasm'), 0);
  });

  it('says at which step it fails, and what mends it', async () => {
    const kasm = await emulator();
    assert.deepEqual(healths(await look(kasm, memoryStore(), [], 'Nothing')), [
      'ok',
      'ok',
      'error',
      'skipped',
      'skipped',
    ]);
    assert.deepEqual(healths(await look(kasm, memoryStore(), [], '')), [
      'ok',
      'ok',
      'error',
      'skipped',
      'skipped',
    ]);
    kasm.permissions = new Set(['Images View']);
    const refused = await look(kasm);
    assert.deepEqual(healths(refused), ['ok', 'error', 'ok', 'skipped', 'skipped']);
    assert.match(refused[1]?.mend ?? '', /Sessions View/);
    kasm.faults.add('html');
    assert.deepEqual(healths(await look(kasm)), ['error', 'skipped', 'skipped', 'skipped', 'skipped']);
    const open = () => Promise.reject(new ForgeError('kasm-no-key', 'No API key is kept.', 'Set it.'));
    const unset = diagnoseKasm(
      await examineKasm({ open, image: 'i', ways: [{ way: 'relay', outcome: 'none is set' }] }),
    );
    assert.deepEqual(healths(unset), ['error', 'skipped', 'skipped', 'skipped', 'skipped', 'error']);
    for (const { health, mend } of [...refused, ...unset]) assert.equal(mend !== null, health === 'error');
  });
});
