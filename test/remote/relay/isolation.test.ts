import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { firstBreak } from '../../../src/core/audit.ts';
import {
  ask,
  attempt,
  beginAgent,
  closeAll,
  exchange,
  open,
  rawRequest,
  refusal,
  type Rig,
  startAgent,
  startEcho,
  startRelay,
  type TestAgent,
} from './support.ts';

interface Town {
  readonly rig: Rig;
  readonly url: string;
  readonly ada: { readonly client: string; readonly agent: string };
  readonly bob: { readonly client: string; readonly agent: string };
  /** Two of Ada's, then two of Bob's. */
  readonly agents: readonly TestAgent[];
}

describe('two users and four workstations at one relay', () => {
  let town: Town;

  beforeEach(async () => {
    const rig = await startRelay();
    const { url } = rig.relay;
    const ada = { client: rig.key('ada', 'client'), agent: rig.key('ada', 'agent') };
    const bob = { client: rig.key('bob', 'client'), agent: rig.key('bob', 'agent') };
    const echo = await startEcho();
    const agents = [
      await startAgent(url, ada.agent, echo, { name: 'ada-1' }),
      await startAgent(url, ada.agent, echo, { name: 'ada-2' }),
      await startAgent(url, bob.agent, echo, { name: 'bob-1' }),
      await startAgent(url, bob.agent, echo, { name: 'bob-2' }),
    ];
    town = { rig, url, ada, bob, agents };
  });

  afterEach(closeAll);

  it('everybody reaches their own, by name and by id', async () => {
    const { url, ada, bob, agents } = town;
    for (const [index, key] of [ada, ada, bob, bob].entries()) {
      const name = index < 2 ? `ada-${index + 1}` : `bob-${index - 1}`;
      for (const reference of [name, agents[index]!.instance]) {
        const socket = await open(url, `/instances/${reference}`, key.client);
        assert.equal((await exchange(socket, Buffer.from(name))).toString(), name);
        const closed = once(socket, 'close');
        socket.close();
        await closed;
        await until(() => town.rig.store.lease(agents[index]!.instance) === undefined);
      }
    }
  });

  it("another's is answered as what does not exist, and audited", async () => {
    const { url, ada, agents, rig } = town;
    const answers = new Set<string>();
    const references = ['bob-1', 'bob-2', agents[2]!.instance, agents[3]!.instance, randomUUID(), 'nothing'];
    for (const reference of references) {
      const result = await attempt(url, `/instances/${reference}`, ada.client);
      assert.ok('problem' in result, reference);
      answers.add(JSON.stringify(result));
      for (const [method, path, body] of [
        ['PATCH', `/v1/instances/${reference}`, { name: 'mine' }],
        ['DELETE', `/v1/instances/${reference}`, undefined],
        ['POST', `/v1/instances/${reference}/commands`, { method: 'ping' }],
        ['DELETE', `/v1/grants/${reference}/ada`, undefined],
      ] as const) {
        const told = await ask(url, method, path, ada.client, body);
        assert.equal(told.status, 404, `${method} ${path}`);
      }
    }
    for (const instance of [agents[2]!.instance, randomUUID()]) {
      const told = await ask(url, 'POST', '/v1/grants', ada.client, { instance, user: 'ada' });
      assert.equal(told.status, 404);
    }
    assert.equal(answers.size, 1, 'one answer to all of them');
    const refused = rig.store.auditLines(0, 10_000).filter(({ outcome }) => outcome === 'no-such-instance');
    assert.equal(refused.length, references.length * 5 + 2);
    assert.deepEqual(namesIn(await ask(url, 'GET', '/v1/instances', ada.client)), ['ada-1', 'ada-2']);
  });

  it('paths that are tricks lead nowhere', async () => {
    const { url, ada, rig } = town;
    let refused = 0;
    const { host } = new URL(url);
    for (const path of [
      '/instances/../instances/bob-1',
      '/instances/%62ob-1',
      '/instances/ada-1/../bob-1',
      '/instances/bob-1?',
      '/instances//bob-1',
      '/instances/bob/bob-1',
      '/instances/bob-1%00',
      '//instances/bob-1',
      `${url}/instances/bob-1`,
      '/agent/',
      '/agent/session/',
      '/agent/session/../../instances/bob-1',
      '/instances/',
      '/',
      '*',
    ]) {
      const said = await rawRequest(
        url,
        [
          `GET ${path} HTTP/1.1`,
          `Host: ${host}`,
          `Authorization: Bearer ${ada.client}`,
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
          '',
          '',
        ].join('\r\n'),
      );
      assert.match(said, /^HTTP\/1\.1 (404|403|400) /, path);
      const [, status] = /^HTTP\/1\.1 (\d+) /.exec(said) ?? [];
      if (status !== '400') refused += 1; // 400: no request at all, and nobody's
    }
    const noted = rig.store.auditLines(0, 10_000).filter(({ who, outcome }) => {
      return who.startsWith('user ada ') && /^(no-such-|scope-missing)/.test(outcome);
    });
    assert.equal(noted.length, refused, 'each is in the audit');
    assert.ok(refused >= 10);
  });

  it('paths that are tricks lead nowhere in the HTTP API, either', async () => {
    const { url, ada, agents, rig } = town;
    const { host } = new URL(url);
    const bobs = agents[2]!.instance;
    const paths = [
      `/v1/instances/../instances/${bobs}`,
      `/v1/instances/${bobs}/`,
      `/v1/instances/${bobs}%00/commands`,
      `/v1/instances//${bobs}`,
      `/v1/instances/${bobs}/../${bobs}/commands`,
      `/v1/Instances/${bobs}`,
      `/v1/instances/%2e%2e/${bobs}`,
      `/v1/instances/${bobs};x=1`,
    ];
    for (const path of paths) {
      for (const method of ['PATCH', 'POST', 'DELETE']) {
        const body = '{"name":"mine"}';
        const head = [
          `${method} ${path} HTTP/1.1`,
          `Host: ${host}`,
          `Authorization: Bearer ${ada.client}`,
          'Content-Type: application/json',
          `Content-Length: ${body.length}`,
          'Connection: close',
        ];
        assert.match(await rawRequest(url, `${head.join('\r\n')}\r\n\r\n${body}`), /^HTTP\/1\.1 404 /, path);
      }
    }
    const noted = rig.store.auditLines(0, 10_000).filter(({ outcome }) => outcome.startsWith('no-such-'));
    assert.equal(noted.length, 3 * paths.length, 'each is in the audit');
    assert.equal(rig.store.instance(bobs)?.name, 'bob-1');
  });

  it('a key that no longer counts is no good to whoever kept a copy', async () => {
    const { url, ada, bob, rig } = town;
    const [, id = ''] = /^avf_([0-9a-f]+)_/.exec(bob.client) ?? [];
    await rig.registry.revokeKey({ who: 'test', user: null }, id);
    const mixed = ada.client.replace(/^avf_[0-9a-f]+/, `avf_${id}`); // Bob's id with Ada's secret
    for (const secret of [bob.client, mixed, `${ada.client}x`, bob.client.toUpperCase()]) {
      assert.equal(await refusal(url, '/instances/bob-1', secret), 'unauthorized');
      assert.equal(await refusal(url, '/agent', secret), 'unauthorized');
      assert.equal((await ask(url, 'GET', '/v1/instances', secret)).status, 401);
    }
    const logins = rig.store.auditLines(0, 10_000).filter(({ what }) => what === 'login');
    assert.equal(logins.length, 12);
  });

  it("an agent's session ids are good once, and for the agent that was asked", async () => {
    const { url, ada, bob, rig } = town;
    const asked = await agentByHand(url, ada.agent, 'by-hand');
    const attempted = attempt(url, '/instances/by-hand', ada.client);
    const [order] = (await once(asked, 'message')) as [Buffer];
    const { session } = (JSON.parse(String(order)) as { open: { session: string } }).open;
    assert.equal(await refusal(url, `/agent/session/${session}`, bob.agent), 'no-such-session');
    assert.equal(await refusal(url, `/agent/session/${session}`, ada.client), 'scope-missing');
    assert.equal(await refusal(url, `/agent/session/${session}`, null), 'unauthorized');
    await open(url, `/agent/session/${session}`, ada.agent);
    assert.ok('socket' in (await attempted));
    assert.equal(await refusal(url, `/agent/session/${session}`, ada.agent), 'no-such-session', 'a replay');
    assert.equal(
      await refusal(url, `/agent/session/${'A'.repeat(43)}`, ada.agent),
      'no-such-session',
      'a guess',
    );
    const outcomes = rig.store.auditLines(0, 10_000).map(({ what, outcome }) => `${what} ${outcome}`);
    assert.equal(outcomes.filter((it) => it === 'session.join no-such-session').length, 3);
  });

  it("an agent cannot take another's instance id, nor its place", async () => {
    const { url, ada, bob, agents, rig } = town;
    const forger = beginAgent(url, ada.agent, 1, { name: 'bob-1', instance: agents[2]!.instance });
    const lost = await forger.next('lost');
    assert.match(lost.is === 'lost' ? lost.error.message : '', /instance-refused/);
    forger.agent.stop();
    assert.ok(rig.store.auditLines(0, 10_000).some(({ outcome }) => outcome === 'instance-refused'));
    const told = await ask(url, 'POST', '/v1/instances', ada.client, { id: agents[2]!.instance, name: 'x' });
    assert.equal(told.status, 403);
    await open(url, '/instances/bob-1', bob.client); // Bob's is as it was
    // The same name is nobody's property: Ada's bob-1 is another.
    await startAgent(url, ada.agent, await startEcho(), { name: 'bob-1' });
    await open(url, '/instances/bob-1', ada.client);
  });

  it('keys count only while they do, and for what they are for', async () => {
    const { url, ada, rig } = town;
    const expired = rig.key('ada', 'client', null, Date.now() + 20);
    const [, id = ''] = /^avf_([0-9a-f]+)_/.exec(ada.client) ?? [];
    await sleep(25);
    assert.equal(await refusal(url, '/instances/ada-1', expired), 'unauthorized');
    assert.equal(await refusal(url, '/instances/ada-1', ada.agent), 'scope-missing');
    assert.equal(await refusal(url, '/agent', ada.client), 'scope-missing');
    assert.equal(await refusal(url, '/instances/ada-1', rig.key('root', 'admin')), 'scope-missing');
    assert.equal(await refusal(url, '/instances/ada-1', null), 'unauthorized');
    assert.equal(await refusal(url, '/instances/ada-1', `${ada.client.slice(0, -1)}~`), 'unauthorized');
    assert.equal(await refusal(url, '/instances/ada-1', 'x'), 'unauthorized');
    assert.equal((await ask(url, 'POST', '/v1/users', ada.client, { name: 'eve' })).status, 403);
    assert.equal((await ask(url, 'GET', '/v1/audit', ada.client)).status, 403);
    assert.equal((await ask(url, 'GET', '/v1/nothing', null)).status, 401);

    const live = await open(url, '/instances/ada-1', ada.client);
    const closed = once(live, 'close');
    live.resume();
    await rig.registry.revokeKey({ who: 'test', user: null }, id);
    assert.equal((await closed)[0], 4401, 'a revoked key is cut off');
    assert.equal(await refusal(url, '/instances/ada-1', ada.client), 'unauthorized');
    const notes = rig.store
      .auditLines(0, 10_000)
      .flatMap(({ what, note }) => (what === 'login' ? [note] : []));
    for (const why of ['expired', 'revoked', 'unknown'])
      assert.ok(
        notes.some((note) => note?.startsWith(why)),
        why,
      );
    assert.equal(firstBreak(rig.store.auditLines(0, 10_000)), null);
    assert.ok(
      !JSON.stringify(rig.store.auditLines(0, 10_000)).includes(ada.client.slice(21)),
      'no secrets in it',
    );
  });

  it('what is shared can be reached until it is taken back', async () => {
    const { url, ada, bob, agents } = town;
    const instance = agents[2]!.instance;
    const shared = await ask(url, 'POST', '/v1/grants', bob.client, { instance, user: 'ada' });
    assert.equal(shared.status, 204);
    assert.deepEqual(namesIn(await ask(url, 'GET', '/v1/instances', ada.client)), [
      'ada-1',
      'ada-2',
      'bob-1',
    ]);
    const guest = await open(url, '/instances/bob-1', ada.client);
    assert.equal((await exchange(guest, Buffer.from('hello'))).toString(), 'hello');
    // A guest works with it, but it is not theirs to rename or to share on.
    assert.equal(
      (await ask(url, 'PATCH', `/v1/instances/${instance}`, ada.client, { name: 'x' })).status,
      404,
    );
    assert.equal((await ask(url, 'POST', '/v1/grants', ada.client, { instance, user: 'bob' })).status, 404);
    const closed = once(guest, 'close');
    assert.equal((await ask(url, 'DELETE', `/v1/grants/${instance}/ada`, bob.client)).status, 204);
    assert.equal((await closed)[0], 4401);
    assert.equal(await refusal(url, '/instances/bob-1', ada.client), 'no-such-instance');
  });

  it('one client at a time, unless it is shared', async () => {
    const { url, ada, rig } = town;
    const other = rig.key('ada', 'client');
    const first = await open(url, '/instances/ada-1', ada.client, { 'avatar-forge-client': 'window-1' });
    await open(url, '/instances/ada-1', ada.client, { 'avatar-forge-client': 'window-1' });
    assert.equal(await refusal(url, '/instances/ada-1', other), 'instance-busy');
    const window2 = { 'avatar-forge-client': 'window-2' };
    assert.equal(await refusal(url, '/instances/ada-1', ada.client, window2), 'instance-busy');
    await open(url, '/instances/ada-2', other);
    // A connection that breaks keeps its place for a while.
    first.terminate();
    await sleep(30);
    assert.equal(await refusal(url, '/instances/ada-1', other), 'instance-busy');
    const { instance } = town.agents[0]!;
    const change = { lease: 'shared' };
    assert.equal((await ask(url, 'PATCH', `/v1/instances/${instance}`, ada.client, change)).status, 200);
    await open(url, '/instances/ada-1', other);
  });
});

function namesIn({ body }: { readonly body: unknown }): string[] {
  return (body as { instances: { name: string }[] }).instances.map(({ name }) => name);
}

/** A control connection that only says hello. */
async function agentByHand(url: string, key: string, name: string): Promise<WebSocket> {
  const socket = await open(url, '/agent', key);
  const welcome = once(socket, 'message');
  socket.resume();
  socket.send(JSON.stringify({ hello: { instance: randomUUID(), name, version: '0' } }));
  await welcome;
  return socket;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}
