import assert from 'node:assert/strict';
import { connectBlender } from '../../../src/adapters/blender/connect.ts';
import type { BlenderEndpoint } from '../../../src/core/ports.ts';
import { instanceNameOf } from '../../../src/core/kasm/ways.ts';
import { ForgePeer } from '../../emulators/forgePeer.ts';
import { certificates } from '../../support/certificates.ts';
import { afterwards, closeAll } from '../../unit/control/support.ts';
import { agent, closeAll as closeAgents } from '../agent/support.ts';
import { closeAll as closeRelays, refusal, startAgent, startRelay } from '../relay/support.ts';
import { emulator, workstationOf } from './support.ts';

type Session = Readonly<Record<string, string>>;

/** What the editor does: only a Blender that proves the session's token counts. */
async function greet(endpoint: BlenderEndpoint): Promise<void> {
  const blender = connectBlender(endpoint, { client: 'test/0', library: '/nowhere' });
  try {
    await blender.describe();
  } finally {
    await blender.close();
  }
}

/** Protocol 2 with the session's token, in the place of the add-on. */
async function blenderOf(session: Session): Promise<number> {
  const token = session['AVATAR_FORGE_TOKEN'];
  assert.ok(token);
  const peer = new ForgePeer({ token });
  afterwards(() => peer.close());
  return peer.listen();
}

describe('a session in Kasm whose image has no front proxy', () => {
  afterEach(async () => {
    await closeAll();
    await closeAgents();
    await closeRelays();
  });
  const nowhere = { port: 1, close: () => Promise.resolve() };

  it('is reached by the relay that its agent goes out to', async () => {
    const { relay, key } = await startRelay();
    const agentKey = key('ada', 'agent');
    const kasm = await emulator({
      onLaunch: async (session) => {
        const name = session['AVATAR_FORGE_INSTANCE_NAME'];
        assert.equal(name, instanceNameOf(session['AVATAR_FORGE_AGENT_TOKEN'] ?? ''));
        await startAgent(relay.url, agentKey, await blenderOf(session), { name });
        return nowhere;
      },
    });
    const url = relay.url.replace(/^http/, 'ws');
    const { workstation } = workstationOf(kasm, {
      relay: { url, key: key('ada', 'client') },
      tryWay: greet,
      reachMs: 5_000,
    });
    const endpoint = await workstation.launch();
    assert.deepEqual(
      workstation.trace.map(({ way, outcome }) => [way, outcome]),
      [
        ['front proxy', workstation.trace[0]?.outcome],
        ['relay', 'reached'],
      ],
    );
    assert.notEqual(workstation.trace[0]?.outcome, 'reached');
    await greet(endpoint);
  });

  it('lets the windows and the MCP server of its user in by the relay at one time, and no other client', async () => {
    const { relay, key } = await startRelay();
    const [agentKey, mine] = [key('ada', 'agent'), key('ada', 'client')];
    const kasm = await emulator({
      onLaunch: async (session) => {
        const name = session['AVATAR_FORGE_INSTANCE_NAME'] ?? '';
        await startAgent(relay.url, agentKey, await blenderOf(session), { name });
        return nowhere;
      },
    });
    const { workstation } = workstationOf(kasm, {
      relay: { url: relay.url.replace(/^http/, 'ws'), key: mine },
      tryWay: greet,
      reachMs: 5_000,
    });
    const endpoint = await workstation.launch();
    const window = connectBlender(endpoint, { client: 'test/0', library: '/nowhere' });
    afterwards(() => window.close());
    await window.describe();
    const { url, headers } = endpoint.tunnel ?? { url: '', headers: {} };
    const { pathname } = new URL(url);
    // As another process says it: with what it was handed, and nothing of this process.
    assert.equal(await refusal(relay.url, pathname, null, { ...headers }), 'was let in');
    assert.equal(await refusal(relay.url, pathname, mine), 'instance-busy');
  });

  it('is not reached by a relay with somebody else’s key', async () => {
    const { relay, key } = await startRelay();
    const agentKey = key('ada', 'agent');
    const kasm = await emulator({
      onLaunch: async (session) => {
        await startAgent(relay.url, agentKey, await blenderOf(session), {
          name: instanceNameOf(session['AVATAR_FORGE_AGENT_TOKEN'] ?? ''),
        });
        return nowhere;
      },
    });
    const { workstation } = workstationOf(kasm, {
      relay: { url: relay.url.replace(/^http/, 'ws'), key: key('mallory', 'client') },
      tryWay: greet,
      reachMs: 500,
    });
    await assert.rejects(workstation.launch(), { code: 'kasm-no-way' });
    assert.deepEqual(
      [workstation.trace[1]?.way, workstation.trace[1]?.outcome],
      ['relay', 'no-such-instance'],
    );
  });

  it('is reached by the agent’s own port, whose certificate is pinned', async () => {
    let port = 0;
    const { fingerprint } = certificates().server;
    const kasm = await emulator({
      onLaunch: async (session) => {
        const token = session['AVATAR_FORGE_AGENT_TOKEN'] ?? '';
        ({ port } = await agent({ blenderPort: await blenderOf(session), config: { token } }));
        direct.port = port;
        return nowhere;
      },
    });
    const direct = { port: 1, fingerprint };
    const { workstation } = workstationOf(kasm, { direct, tryWay: greet, reachMs: 5_000 });
    const endpoint = await workstation.launch();
    assert.equal(endpoint.tunnel?.url, `wss://127.0.0.1:${port}/blender`);
    assert.deepEqual(
      workstation.trace.slice(1).map(({ way, outcome }) => [way, outcome]),
      [
        ['relay', 'none is set'],
        ['direct', 'reached'],
      ],
    );
    await greet(endpoint);
  });
});
