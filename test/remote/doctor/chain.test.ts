import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findInstallation } from '../../../src/adapters/home.ts';
import { doctor, type DoctorFlags } from '../../../src/cli/doctor.ts';
import type { Diagnosis, Health } from '../../../src/core/doctor/diagnosis.ts';
import { ForgePeer } from '../../emulators/forgePeer.ts';
import { KasmEmulator } from '../../emulators/kasm.ts';
import { certificates } from '../../support/certificates.ts';
import { agent, closeAfterwards, closeAll, nobody, token } from '../agent/support.ts';
import { closeAll as closeRelays, open, startAgent, startEcho, startRelay } from '../relay/support.ts';

const steps = [
  'Name of the workstation',
  'TLS to the workstation',
  'Login at the workstation',
  'Path to the agent',
  'Agent before Blender',
  'Add-on in Blender',
  'VRM add-on in Blender',
  'Folder of the workstation',
];

describe('avatar-forge doctor', function () {
  this.timeout(20_000);
  let home: string;
  let authority: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'avatar-forge-doctor-'));
    authority = join(home, 'authority.pem');
    await writeFile(authority, certificates().authority.cert);
  });
  afterEach(async () => {
    await closeAll();
    await closeRelays();
    await rm(home, { recursive: true });
  });

  const machine = {
    home: '/s3/blender-avatars',
    writable: true,
    reason: null,
    free_mib: 4_000,
    vrm_addon: '3.7.2',
  };

  /** A Blender whose add-on answers `workstation_info` by this; null: as one that does not know it. */
  async function blender(info: object | null = machine): Promise<number> {
    const peer = closeAfterwards(
      new ForgePeer({
        onRequest: ({ id }, to) => {
          const unknown = { code: 'unknown-method', message: 'There is no such command.' };
          to.send(info === null ? { id, error: unknown } : { id, result: info });
        },
      }),
    );
    return peer.listen();
  }

  interface Seen {
    readonly code: number;
    readonly rows: readonly Diagnosis[];
    readonly of: (subject: string) => Health | undefined;
  }

  async function look(env: Record<string, string>, flags: Partial<DoctorFlags> = {}): Promise<Seen> {
    let text = '';
    const code = await doctor(
      { start: false, json: true, ...flags },
      {
        env: { PATH: process.env['PATH'], AVATAR_FORGE_HOME: home, ...env },
        installation: findInstallation(import.meta.dirname),
        print: (line) => (text += line),
      },
    );
    const { diagnoses } = JSON.parse(text) as { diagnoses: readonly Diagnosis[] };
    return {
      code,
      rows: diagnoses,
      of: (wanted) => diagnoses.find(({ subject }) => subject === wanted)?.health,
    };
  }

  const behind = (port: number, change: Record<string, string> = {}): Record<string, string> => ({
    AVATAR_FORGE_URL: `wss://localhost:${port}/blender`,
    AVATAR_FORGE_CA: authority,
    AVATAR_FORGE_TUNNEL_TOKEN: token,
    ...change,
  });

  it('finds the whole way to a Blender behind an agent well', async () => {
    const { port } = await agent({ blenderPort: await blender() });
    const { code, rows } = await look(behind(port));
    const well = rows.filter(({ subject }) => steps.includes(subject));
    assert.deepEqual(
      well.map(({ subject }) => subject),
      steps,
    );
    for (const { subject, health, says } of well) assert.equal(health, 'ok', `${subject}: ${says}`);
    assert.equal(code, 0);
  });

  it('says at which step the way ends, what mends it, and looks at nothing after it', async () => {
    const up = await agent({ blenderPort: await blender() });
    const down = await agent({ blenderPort: await nobody() });
    const cases: readonly (readonly [step: string, env: Record<string, string>])[] = [
      ['Name of the workstation', behind(1, { AVATAR_FORGE_URL: 'wss://nothing.invalid/blender' })],
      ['TLS to the workstation', behind(up.port, { AVATAR_FORGE_CA: '' })],
      ['TLS to the workstation', behind(await nobody())],
      ['Login at the workstation', behind(up.port, { AVATAR_FORGE_TUNNEL_TOKEN: 'another-token-of-tests' })],
      ['Path to the agent', behind(up.port, { AVATAR_FORGE_URL: `wss://localhost:${up.port}/elsewhere` })],
      ['Agent before Blender', behind(down.port)],
    ];
    for (const [step, env] of cases) {
      const { code, rows, of } = await look(env);
      assert.deepEqual([of(step), code], ['error', 1], step);
      const route = rows.filter(({ subject }) => steps.slice(0, 5).includes(subject));
      assert.equal(route.filter(({ health }) => health === 'error').length, 1, step);
      const at = route.findIndex(({ subject }) => subject === step);
      assert.ok(
        route.slice(at + 1).every(({ health }) => health === 'skipped'),
        step,
      );
      assert.ok(route[at]?.mend);
      assert.ok(!JSON.stringify(rows).includes(token), 'the token is told');
    }
  });

  it('says at which step a relay refuses, which says so in words of its own', async () => {
    const { relay, key } = await startRelay();
    const [mine, agentKey] = [key('ada', 'client'), key('ada', 'agent')];
    await startAgent(relay.url, agentKey, await blender());
    const left = await startAgent(relay.url, agentKey, await nobody(), { name: 'left' });
    left.agent.stop();
    await startAgent(relay.url, agentKey, await startEcho(), { name: 'busy' });
    await open(relay.url, '/instances/busy', mine, { 'avatar-forge-client': 'another-window' });
    const cases: readonly (readonly [step: string, instance: string, bearer: string])[] = [
      ['Login at the workstation', 'desk', 'avf_x'],
      ['Login at the workstation', 'desk', agentKey],
      ['Path to the agent', 'nothing', mine],
      ['Agent before Blender', 'left', mine],
      ['Agent before Blender', 'busy', mine],
    ];
    for (const [step, instance, bearer] of cases) {
      const { rows } = await look({
        AVATAR_FORGE_URL: `${relay.url.replace(/^http/, 'ws')}/instances/${instance}`,
        AVATAR_FORGE_TUNNEL_TOKEN: bearer,
      });
      const route = rows.filter(({ subject }) => steps.slice(0, 5).includes(subject));
      const errors = route.filter(({ health }) => health === 'error').map(({ subject }) => subject);
      assert.deepEqual(errors, [step], instance);
    }
  });

  it('tells of a folder that cannot be written there, of no VRM add-on, and of an add-on too old to say', async () => {
    const broken = { ...machine, writable: false, reason: 'Read-only file system', vrm_addon: null };
    const one = await agent({ blenderPort: await blender(broken) });
    const bad = await look(behind(one.port));
    assert.equal(bad.code, 1);
    assert.deepEqual(
      [bad.of('Folder of the workstation'), bad.of('VRM add-on in Blender')],
      ['error', 'warning'],
    );
    const other = await agent({ blenderPort: await blender(null) });
    const old = await look(behind(other.port));
    assert.deepEqual([old.of('Folder of the workstation'), old.code], ['skipped', 0]);
  });

  it('looks at production, remote and Kasm where they are named', async () => {
    const kasm = closeAfterwards(await KasmEmulator.listen());
    const names = {
      AVATAR_FORGE_KASM_URL: kasm.url,
      AVATAR_FORGE_KASM_KEY: kasm.key.key,
      AVATAR_FORGE_KASM_SECRET: kasm.key.secret,
      AVATAR_FORGE_KASM_IMAGE: 'Avatar Forge',
    };
    const well = await look(names, { production: home });
    assert.deepEqual(['Production', 'Address of Kasm', 'API key of Kasm', 'Image in Kasm'].map(well.of), [
      'ok',
      'ok',
      'ok',
      'ok',
    ]);
    assert.equal(kasm.count('request_kasm'), 0);
    const way = well.rows.find(({ subject }) => subject === 'Way to Blender in Kasm');
    assert.match(way?.says ?? '', /Not tried here.*the editor/);
    const missing = { ...names, AVATAR_FORGE_KASM_SECRET: 'wrong', AVATAR_FORGE_RCLONE: '/nowhere/rclone' };
    const bad = await look(missing, { production: join(home, 'none'), remote: 'nowhere:bucket/exports' });
    assert.deepEqual(['Production', 'API key of Kasm', 'rclone', 'Remote of exports'].map(bad.of), [
      'error',
      'error',
      'error',
      'skipped',
    ]);
    assert.equal(bad.code, 1);
  });

  it('refuses an environment that cannot be read', async () => {
    await assert.rejects(look({ AVATAR_FORGE_URL: 'gopher://x' }), { code: 'bad-config' });
  });
});
