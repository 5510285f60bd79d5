import assert from 'node:assert/strict';
import { candidatesFor, sameId } from '../../../src/core/kasm/sessions.ts';
import { phaseOf } from '../../../src/core/kasm/states.ts';
import { sessionEnvironment } from '../../../src/core/kasm/environment.ts';
import { instanceNameOf, tokenOfPage, type WayFacts, waysTo } from '../../../src/core/kasm/ways.ts';

const facts: WayFacts = {
  origin: 'https://kasm.example.com',
  username: 'ada; admin=1',
  sessionToken: 't',
  desktop: { path: '/desktop/1/vnc', port: 8443 },
  containerIp: 'fd00::1',
  agentToken: 'a',
};

describe('the rules for sessions of Kasm', () => {
  it('know what its states mean, and take others as they come', () => {
    const words = [
      'starting',
      'Running',
      'paused',
      'stopped',
      'deleting',
      'admin_delete_pending',
      'whatever',
    ];
    const phases = ['changing', 'running', 'asleep', 'asleep', 'going', 'going', 'unknown'];
    assert.deepEqual(words.map(phaseOf), phases);
    assert.equal(phaseOf('constructor'), 'unknown');
  });

  it('take ids for the same with dashes and without', () => {
    assert.ok(sameId('AB-cd', 'abcd'));
    assert.ok(!sameId('abcd', 'abce'));
  });

  it('take for the session of a lost launch only a new one of its user and image that is not on its way out', () => {
    const launch = { userId: 'u', imageId: 'i', before: ['o-l-d'] };
    const session = { kasmId: 'new', userId: 'u', imageId: 'i', status: 'starting' };
    const others = [
      { ...session, kasmId: 'old' },
      { ...session, userId: 'v' },
      { ...session, imageId: 'j' },
      { ...session, status: 'deleting' },
    ];
    assert.deepEqual(candidatesFor(launch, [...others, session]), [session]);
  });

  it('send the cookies to the host of Kasm and nowhere else', () => {
    const { tunnel } = waysTo({ ...facts, desktop: { path: 'https://evil.example/x', port: null } }, {})[0]!;
    assert.equal(new URL(tunnel!.url).host, 'kasm.example.com');
    const [front] = waysTo(facts, {});
    assert.equal(front!.tunnel!.url, 'wss://kasm.example.com:8443/desktop/1/vnc/blender');
    assert.equal(front!.tunnel!.headers!['Cookie'], 'username=ada%3B%20admin%3D1; session_token=t');
  });

  it('say of a way that is not there why', () => {
    const why = (change: Partial<WayFacts>, other = {}) =>
      waysTo({ ...facts, ...change }, other).map((one) => (one.tunnel === null ? one.why : one.tunnel.url));
    const relay = { url: 'wss://relay.example', key: 'k' };
    assert.deepEqual(why({ desktop: null }, { relay }), [
      'the session reports no path of its desktop',
      `wss://relay.example/instances/${instanceNameOf('a')}`,
      'no port of the agent is set',
    ]);
    assert.deepEqual(why({}, { relay: { ...relay, key: undefined } })[1], 'no key of the relay is kept');
    assert.equal(why({ sessionToken: null })[0], 'the token of the session is not known');
    assert.equal(why({}, { direct: { port: 1 } })[2], 'wss://[fd00::1]:1/blender');
    assert.equal(
      why({ containerIp: null }, { direct: { port: 1 } })[2],
      'the session reports no address of its own',
    );
  });

  it('tell a session what its agent needs: of a relay the address and a name, a key of its own, never the editor’s', () => {
    const needs = { origin: 'https://k', agentToken: 'a', blenderToken: 'b' };
    assert.deepEqual(Object.keys(sessionEnvironment(needs)), [
      'AVATAR_FORGE_AGENT_TOKEN',
      'AVATAR_FORGE_AGENT_ORIGINS',
      'AVATAR_FORGE_TOKEN',
      'AVATAR_FORGE_IDLE_MINUTES',
    ]);
    assert.equal(
      sessionEnvironment(needs)['AVATAR_FORGE_IDLE_MINUTES'],
      '0',
      'never, whatever the image has',
    );
    const relay = { url: 'wss://relay.example', key: 'secret of the editor' };
    const told = sessionEnvironment({ ...needs, relay, idleMinutes: 30 });
    assert.deepEqual(
      [told['AVATAR_FORGE_RELAY_URL'], told['AVATAR_FORGE_INSTANCE_NAME'], told['AVATAR_FORGE_IDLE_MINUTES']],
      [relay.url, instanceNameOf('a'), '30'],
    );
    assert.match(instanceNameOf('a'), /^kasm-[0-9a-f]{16}$/);
    assert.ok(!JSON.stringify(told).includes(relay.key));
    assert.equal(told['AVATAR_FORGE_RELAY_KEY'], undefined, 'the one of the image counts');
    const own = sessionEnvironment({ ...needs, relay: { ...relay, agentKey: 'of scope agent' } });
    assert.equal(own['AVATAR_FORGE_RELAY_KEY'], 'of scope agent');
    assert.ok(!JSON.stringify(own).includes(relay.key));
  });

  it('find the token in the address of a page', () => {
    assert.equal(tokenOfPage('https://k/#/connect/kasm/1/2/secret'), 'secret');
    assert.equal(tokenOfPage('https://k/#/session/1'), null);
    assert.equal(tokenOfPage(null), null);
  });
});
