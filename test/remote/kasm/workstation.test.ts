import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepAliveEveryMs } from '../../../src/adapters/kasm/kasmWorkstation.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import type { BlenderEndpoint } from '../../../src/core/ports.ts';
import { closeAll } from '../../unit/control/support.ts';
import type { KasmEmulator } from '../../emulators/kasm.ts';
import {
  emulator as listening,
  everyWord,
  memoryStore,
  rejection,
  revisions,
  workstationOf,
} from './support.ts';

const environmentOf = (kasm: KasmEmulator) => [...kasm.sessions.values()][0]!.environment;

for (const api of revisions)
  describe(`a workstation in Kasm, by its API “${api}”`, () => {
    const emulator: typeof listening = (options) => listening({ api, ...options });
    afterEach(closeAll);

    it('is launched, reached, kept alive while used, and destroyed', async () => {
      const kasm = await emulator({ states: ['requested', 'starting', 'a word of tomorrow'] });
      const store = memoryStore();
      const stages: string[] = [];
      const { workstation, lines } = workstationOf(kasm, { store, onStage: (stage) => stages.push(stage) });
      const { host, port, token, tunnel } = await workstation.launch();
      const [session] = [...kasm.sessions.values()];
      const { AVATAR_FORGE_AGENT_TOKEN: agentToken, AVATAR_FORGE_TOKEN: blenderToken } = session!.environment;
      assert.match(agentToken!, /^[0-9a-f]{64}$/);
      assert.notEqual(agentToken, blenderToken);
      assert.deepEqual([host, token], ['127.0.0.1', blenderToken]);
      assert.deepEqual(tunnel, {
        url: `ws://127.0.0.1:${port}/desktop/${session!.kasm_id}/vnc/blender`,
        headers: {
          Cookie: `username=ada%40example.com; session_token=${session!.session_token}`,
          Origin: kasm.url,
          Authorization: `Bearer ${agentToken}`,
          'X-Avatar-Forge-Token': agentToken,
        },
      });
      assert.deepEqual(stages, ['launched', 'listening']);
      assert.ok(lines.includes('kasm: a word of tomorrow'));
      assert.deepEqual(workstation.trace, [{ way: 'front proxy', outcome: 'reached' }]);
      assert.equal(new URL(workstation.page!).hash.split('/').at(-1), session!.session_token);

      await workstation.keepAlive(Date.now());
      assert.equal(kasm.count('keepalive'), 0, 'it has just been launched');
      await workstation.keepAlive(Date.now(), Date.now() + keepAliveEveryMs + 1_000);
      assert.equal(kasm.count('keepalive'), 1);
      kasm.faults.add('usage-reached');
      const used = await rejection(workstation.keepAlive(Date.now(), Date.now() + 3 * keepAliveEveryMs));
      assert.equal(used.code, 'kasm-usage-reached');

      await workstation.destroy();
      assert.deepEqual([kasm.sessions.size, store.text, workstation.page], [0, undefined, null]);
    });

    it('is launched once for five that ask at the same time', async () => {
      const kasm = await emulator();
      const { workstation } = workstationOf(kasm);
      const found = await Promise.all(Array.from({ length: 5 }, () => workstation.launch()));
      assert.equal(new Set(found.map(({ token }) => token)).size, 1);
      assert.deepEqual([kasm.count('request_kasm'), kasm.sessions.size], [1, 1]);
    });

    it('is launched once for two windows, the second of which comes in the middle of the launch', async () => {
      let answer = (): void => undefined;
      const kasm = await emulator({
        onLaunch: async () => {
          await new Promise<void>((resolve) => (answer = resolve));
          return { port: 1, close: () => Promise.resolve() };
        },
      });
      const store = memoryStore();
      const first = workstationOf(kasm, { store }).workstation.launch();
      while (kasm.count('request_kasm') === 0) await sleep(1);
      const second = await workstationOf(kasm, { store }).workstation.launch();
      answer();
      assert.equal((await first).token, second.token);
      assert.deepEqual([kasm.count('request_kasm'), kasm.sessions.size], [1, 1]);
    });

    it('is not put away by a window while another one works with it', async () => {
      const kasm = await emulator();
      const store = memoryStore();
      const [one, other] = [
        workstationOf(kasm, { store }).workstation,
        workstationOf(kasm, { store }).workstation,
      ];
      await one.launch();
      const minute = 60_000;
      assert.equal(await one.isUsedElsewhere(minute), false);
      await other.launch();
      assert.equal(await one.isUsedElsewhere(minute), true);
      const later = Date.now() + 5 * minute;
      assert.equal(await one.isUsedElsewhere(minute, later), false, 'the other one has been idle for long');
      await other.keepAlive(later - minute, later);
      assert.equal(await one.isUsedElsewhere(minute, later), true);
      assert.equal(await other.isUsedElsewhere(minute, later), false);
    });

    it('is attached to again after a restart, also where it sleeps', async () => {
      const kasm = await emulator();
      const store = memoryStore();
      const before = await workstationOf(kasm, { store }).workstation.launch();
      const again = workstationOf(kasm, { store }).workstation;
      assert.deepEqual(await again.launch(), before);
      await again.pause();
      assert.equal([...kasm.sessions.values()][0]!.operational_status, 'paused');
      assert.deepEqual(await workstationOf(kasm, { store }).workstation.launch(), before);
      assert.deepEqual([kasm.count('request_kasm'), kasm.count('resume_kasm')], [1, 1]);
      await workstationOf(kasm, { store }).workstation.destroy();
      assert.equal(kasm.sessions.size, 0, 'it can be ended by one that did not launch it');
    });

    it('hands what was saved of its scene to the next session, once and by whichever window', async () => {
      const kasm = await emulator();
      const store = memoryStore();
      const window = () => workstationOf(kasm, { store }).workstation;
      const first = window();
      await first.launch();
      await first.keepProject('Hero-1.blend');
      await first.destroy();
      const [one, other] = [window(), window()];
      await one.launch();
      await other.launch();
      assert.deepEqual([await other.takeProject(), await one.takeProject()], ['Hero-1.blend', null]);
      await one.destroy();
      assert.equal(store.text, undefined);
    });

    it('does not open what was saved over the scene that it still has', async () => {
      const kasm = await emulator();
      const store = memoryStore();
      const first = workstationOf(kasm, { store }).workstation;
      await first.launch();
      await first.keepProject('Hero-1.blend');
      await first.pause();
      const again = workstationOf(kasm, { store }).workstation;
      await again.launch();
      assert.equal(await again.takeProject(), null);
      kasm.sessions.clear(); // ended by itself, when it had been worked with for long
      await again.launch();
      assert.equal(await again.takeProject(), null);
    });

    it('is launched anew where the one before has gone', async () => {
      const kasm = await emulator();
      const store = memoryStore();
      await workstationOf(kasm, { store }).workstation.launch();
      kasm.sessions.clear();
      await workstationOf(kasm, { store }).workstation.launch();
      assert.deepEqual([kasm.count('request_kasm'), kasm.sessions.size], [2, 1]);
    });

    it('is found where the answer to its launch was lost, with the tokens it was given', async () => {
      const kasm = await emulator();
      kasm.faults.add('lost-launch');
      const { tunnel, token } = await workstationOf(kasm).workstation.launch();
      assert.deepEqual([kasm.count('request_kasm'), kasm.sessions.size], [1, 1]);
      assert.equal(token, environmentOf(kasm)['AVATAR_FORGE_TOKEN']);
      assert.match(tunnel!.headers!['Cookie']!, /username=ada%40example\.com; session_token=[0-9a-f-]{36}/);
    });

    it('is found after a restart in the middle of a launch', async () => {
      const kasm = await emulator();
      const store = memoryStore();
      kasm.faults.add('lost-launch');
      // The list fails, too: this process knows nothing but that it has asked.
      const first = workstationOf(kasm, { store }).workstation.launch();
      while (kasm.count('request_kasm') === 0) await sleep(1);
      kasm.faults.add('html');
      assert.equal((await rejection(first)).code, 'kasm-not-json');
      kasm.faults.clear();
      await workstationOf(kasm, { store }).workstation.launch();
      assert.deepEqual([kasm.count('request_kasm'), kasm.sessions.size], [1, 1]);
    });

    it('is asked for again where a lost launch did nothing', async () => {
      const kasm = await emulator();
      const { workstation } = workstationOf(kasm);
      kasm.faults.add('dropped-launch');
      assert.equal((await rejection(workstation.launch())).code, 'kasm-unreachable');
      kasm.faults.clear();
      await workstation.launch();
      assert.deepEqual([kasm.count('request_kasm'), kasm.sessions.size], [2, 1]);
    });

    it('takes none of two sessions that a lost launch may have made, and ends neither', async () => {
      const kasm = await emulator();
      const store = memoryStore();
      for (const one of [store, memoryStore()])
        await workstationOf(kasm, { store: one }).workstation.launch();
      const kept = JSON.parse(store.text!) as { session: object };
      store.text = JSON.stringify({ ...kept, session: { ...kept.session, kasmId: null } });
      const { code } = await rejection(workstationOf(kasm, { store }).workstation.launch());
      assert.deepEqual([code, kasm.sessions.size, kasm.count('request_kasm')], ['kasm-launch-unclear', 2, 2]);
    });

    it('leaves a session alone that looks like the one of a lost launch but does not know our token', async () => {
      const kasm = await emulator();
      const store = memoryStore();
      kasm.faults.add('lost-launch');
      const refuse = (): Promise<void> => Promise.reject(new ForgeError('auth-failed', 'No.', 'Never.'));
      const { code } = await rejection(workstationOf(kasm, { store, tryWay: refuse }).workstation.launch());
      assert.deepEqual([code, kasm.sessions.size, store.text], ['kasm-no-way', 1, undefined]);
    });

    it('tells of an end that sticks, and sees to it at the next launch', async () => {
      const kasm = await emulator();
      const store = memoryStore();
      const { workstation } = workstationOf(kasm, { store });
      await workstation.launch();
      kasm.faults.add('destroy-stuck');
      const stuck = await rejection(workstation.destroy());
      assert.equal(stuck.code, 'kasm-destroy-stuck');
      assert.match(stuck.next, /127\.0\.0\.1:\d+\/#\/sessions/);
      assert.equal(kasm.sessions.size, 1);
      kasm.faults.clear();
      const next = workstationOf(kasm, { store });
      await next.workstation.launch();
      assert.deepEqual([kasm.sessions.size, kasm.count('request_kasm')], [1, 2]);
      assert.equal((JSON.parse(store.text!) as { ending: unknown[] }).ending.length, 0);
    });

    it('asks again for an end that the state did not allow', async () => {
      const kasm = await emulator();
      const { workstation } = workstationOf(kasm, { destroyMs: 1_000 });
      await workstation.launch();
      kasm.faults.add('not-deletable');
      const ending = workstation.destroy();
      while (kasm.count('destroy_kasm') < 2) await sleep(1);
      kasm.faults.clear();
      await ending;
      assert.equal(kasm.sessions.size, 0);
    });

    it('can be given up in the middle of a launch, and leaves nothing behind', async () => {
      const kasm = await emulator();
      kasm.faults.add('slow');
      const store = memoryStore();
      const { workstation } = workstationOf(kasm, { store });
      const launching = rejection(workstation.launch());
      while (kasm.count('get_kasm_status') < 2) await sleep(1);
      await workstation.destroy();
      assert.equal((await launching).code, 'cancelled');
      assert.deepEqual([kasm.sessions.size, store.text], [0, undefined]);
    });

    it('is reached by the first way that leads there, and tells of the others', async () => {
      const kasm = await emulator();
      const tried: BlenderEndpoint[] = [];
      const { workstation } = workstationOf(kasm, {
        direct: { port: 9877, fingerprint: 'f'.repeat(64) },
        tryWay: (endpoint) => {
          tried.push(endpoint);
          const refused = new ForgeError('blender-unreachable', 'No.', 'Never.');
          return tried.length > 1 ? Promise.resolve() : Promise.reject(refused);
        },
      });
      const { tunnel } = await workstation.launch();
      assert.deepEqual(workstation.trace, [
        { way: 'front proxy', outcome: 'blender-unreachable', failure: { message: 'No.', next: 'Never.' } },
        { way: 'relay', outcome: 'none is set' },
        { way: 'direct', outcome: 'reached' },
      ]);
      const headers = { Authorization: `Bearer ${environmentOf(kasm)['AVATAR_FORGE_AGENT_TOKEN']}` };
      assert.deepEqual(tunnel, { fingerprint: 'f'.repeat(64), url: 'wss://127.0.0.1:9877/blender', headers });
    });

    it('ends a new session that no way leads to, and keeps one that somebody worked in', async () => {
      const kasm = await emulator();
      const store = memoryStore();
      const refuse = (): Promise<void> =>
        Promise.reject(new ForgeError('blender-unreachable', 'No.', 'Never.'));
      const lost = await rejection(workstationOf(kasm, { store, tryWay: refuse }).workstation.launch());
      assert.equal(lost.code, 'kasm-no-way');
      assert.equal(kasm.sessions.size, 0);
      await workstationOf(kasm, { store }).workstation.launch();
      await rejection(workstationOf(kasm, { store, tryWay: refuse }).workstation.launch());
      assert.equal(kasm.sessions.size, 1);
    });

    it('keeps its secrets out of what it writes and throws', async () => {
      const kasm = await emulator();
      const store = memoryStore();
      const { workstation, lines } = workstationOf(kasm, { store });
      await workstation.launch();
      const kept = JSON.parse(store.text!) as { session: { sessionToken: string } };
      const {
        AVATAR_FORGE_AGENT_ORIGINS: origins,
        AVATAR_FORGE_IDLE_MINUTES: minutes,
        ...tokens
      } = environmentOf(kasm);
      assert.deepEqual([origins, minutes], [kasm.url, '0']);
      const secrets = [...Object.values(tokens), kept.session.sessionToken, ...Object.values(kasm.key)];
      kasm.faults.add('destroy-stuck');
      const errors = [await rejection(workstation.destroy())];
      const words = [...lines, JSON.stringify(workstation.trace), ...errors.map(everyWord)].join('\n');
      for (const secret of secrets) assert.ok(!words.includes(secret), secret);
    });
  });
