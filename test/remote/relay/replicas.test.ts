import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresReplicas } from '../../../src/adapters/relay/postgresReplicas.ts';
import { PostgresStore } from '../../../src/adapters/relay/postgresStore.ts';
import { firstBreak } from '../../../src/core/audit.ts';
import { Registry } from '../../../src/core/relay/registry.ts';
import { Relay } from '../../../src/relay/relay.ts';
import { ForgePeer } from '../../emulators/forgePeer.ts';
import { findPostgres, startPostgres, type TestPostgres } from '../../support/postgres.ts';
import { skip } from '../../support/skip.ts';
import {
  afterwards,
  ask,
  closeAll,
  exchange,
  open,
  quick,
  refusal,
  startAgent,
  startEcho,
} from './support.ts';

const cli = join(import.meta.dirname, '../../../src/cli/main.ts');

interface Replica {
  readonly url: string;
  readonly store: PostgresStore;
}

describe('two replicas of a relay on one PostgreSQL', function () {
  this.timeout(60_000);
  let postgres: TestPostgres;
  let one: Replica;
  let two: Replica;
  let client = '';
  let agent = '';
  let admin = '';

  before(async function () {
    const bin = findPostgres();
    if (bin === null) skip(this, 'PostgreSQL is not there (apt-get install postgresql)');
    postgres = await startPostgres(bin);
  });
  after(() => (postgres as TestPostgres | undefined)?.stop());

  beforeEach(async () => {
    one = await startReplica(postgres.url);
    two = await startReplica(postgres.url);
    const registry = new Registry(one.store, () => Date.now());
    const root = { who: 'test', user: null };
    const name = `ada-${Math.random().toString(36).slice(2)}`;
    await registry.createUser(root, name);
    const key = async (scope: 'client' | 'agent' | 'admin'): Promise<string> =>
      (await registry.createKey(root, { user: name, scopes: [scope], allow: null, expiresAt: null })).secret;
    [client, agent, admin] = [await key('client'), await key('agent'), await key('admin')];
  });
  afterEach(closeAll);

  it('join a client at one to a workstation at the other, whichever way its agent comes back', async () => {
    await startAgent(one.url, agent, await startEcho());
    const socket = await open(two.url, '/instances/desk', client);
    const bytes = Buffer.alloc(3_000_000, 'abc');
    assert.ok((await exchange(socket, bytes)).equals(bytes));
    const listed = await ask(two.url, 'GET', '/v1/instances', client);
    const [desk] = (listed.body as { instances: { online: boolean; busy: boolean }[] }).instances;
    assert.deepEqual([desk?.online, desk?.busy], [true, true]);
    assert.equal(await refusal(two.url, '/instances/other', client), 'no-such-instance');
  });

  it('take a session id wherever the agent brings it, once', async () => {
    const control = await open(one.url, '/agent', agent);
    const welcome = once(control, 'message');
    control.resume();
    const hello = { instance: crypto.randomUUID(), name: 'by-hand', version: '0' };
    control.send(JSON.stringify({ hello }));
    await welcome;
    const opening = open(one.url, '/instances/by-hand', client);
    const [order] = (await once(control, 'message')) as [Buffer];
    const { session } = (JSON.parse(String(order)) as { open: { session: string } }).open;
    const data = await open(two.url, `/agent/session/${session}`, agent);
    const joined = await opening;
    data.resume();
    joined.send(Buffer.from('over both'));
    assert.equal(String(((await once(data, 'message')) as [Buffer])[0]), 'over both');
    assert.equal(await refusal(two.url, `/agent/session/${session}`, agent), 'no-such-session');
  });

  it('pass a command of the HTTP API on, and its refusals', async () => {
    const peer = new ForgePeer({
      onRequest: ({ id, method }, to) =>
        method === 'fail'
          ? to.send({ id, error: { code: 'python-error', message: 'It broke.' } })
          : to.send({ id, result: { method } }),
    });
    afterwards(() => peer.close());
    const { instance } = await startAgent(one.url, agent, await peer.listen());
    const commands = `/v1/instances/${instance}/commands`;
    const ran = await ask(two.url, 'POST', commands, client, { method: 'ping' });
    assert.deepEqual(ran, { status: 200, body: { result: { method: 'ping' } } });
    const failed = await ask(two.url, 'POST', commands, client, { method: 'fail' });
    assert.equal((failed.body as { code: string }).code, 'python-error');
  });

  it('hold leases and revocations across both, and write one chain of audit', async () => {
    await startAgent(one.url, agent, await startEcho());
    const first = await open(two.url, '/instances/desk', client, { 'avatar-forge-client': 'window-1' });
    const other = { 'avatar-forge-client': 'window-2' };
    for (const { url } of [one, two])
      assert.equal(await refusal(url, '/instances/desk', client, other), 'instance-busy');
    await Promise.all([one, two, one, two].map(({ url }) => refusal(url, '/instances/none', client)));
    const closed = once(first, 'close');
    first.resume();
    const [, id = ''] = /^avf_([0-9a-f]+)_/.exec(client) ?? [];
    assert.equal((await ask(two.url, 'DELETE', `/v1/keys/${id}`, admin)).status, 204);
    assert.equal((await closed)[0], 4401);
    for (const { url } of [one, two])
      assert.equal(await refusal(url, '/instances/desk', client), 'unauthorized');
    const lines = await one.store.auditLines(0, 1_000_000);
    assert.equal(firstBreak(lines), null);
    assert.ok(lines.some(({ outcome }) => outcome === 'instance-busy'));
    await assert.rejects(one.store.run('DELETE FROM audit'), /append-only/);
    await assert.rejects(one.store.run(`UPDATE audit SET line = '{}'`), /append-only/);
  });

  it('remove an instance that is connected to neither, with all that hangs on it', async () => {
    const { instance, agent: dialled } = await startAgent(one.url, agent, await startEcho());
    const { store } = one;
    const registry = new Registry(store, () => Date.now());
    const friend = await registry.createUser({ who: 'test', user: null }, `bob-${instance}`);
    assert.equal((await store.unsharedOf((await store.instance(instance))?.owner ?? '')).length, 1);
    await store.addGrant(instance, friend.id);
    assert.equal((await store.unsharedOf((await store.instance(instance))?.owner ?? '')).length, 0);
    await store.takeLease({ instance, holder: 'somebody', until: Date.now() + 60_000 }, Date.now());
    const remove = async (): Promise<unknown> => {
      const { status, body } = await ask(two.url, 'DELETE', `/v1/instances/${instance}`, client);
      return status === 204 ? 'removed' : (body as { code: string }).code;
    };
    assert.equal(await remove(), 'instance-online');
    dialled.stop();
    await dialled.closed;
    for (let said = await remove(); said !== 'removed'; said = await remove()) await sleep(10);
    assert.equal(await remove(), 'no-such-instance');
    assert.deepEqual([await store.instance(instance), await store.lease(instance)], [undefined, undefined]);
    assert.equal(await store.isGranted(instance, friend.id), false);
    await startAgent(two.url, agent, await startEcho(), { instance });
  });

  it('count the sessions of a key together, and those of a dead one no more', async () => {
    const { instance } = await startAgent(one.url, agent, await startEcho(), { name: 'first' });
    const second = await startAgent(two.url, agent, await startEcho(), { name: 'second' });
    for (const id of [instance, second.instance])
      await ask(one.url, 'PATCH', `/v1/instances/${id}`, client, { lease: 'shared' });
    const places = [`${one.url}|first`, `${two.url}|second`];
    for (let n = 0; n < quick.sessionsPerKey; n += 1) {
      const [url = '', name = ''] = (places[n % 2] ?? '').split('|');
      (await open(url, `/instances/${name}`, client)).resume();
    }
    for (const { url } of [one, two])
      assert.equal(await refusal(url, '/instances/first', client), 'too-many');
    const dead = `INSERT INTO replicas VALUES ('dead', 'http://127.0.0.1:1', NULL, now() - interval '1 minute')`;
    await one.store.run(dead);
    await one.store.run(`UPDATE sessions SET replica = 'dead' WHERE id = (SELECT id FROM sessions LIMIT 1)`);
    await open(two.url, '/instances/second', client);
    assert.equal(await refusal(one.url, '/instances/second', client), 'too-many');
  });

  it('go on when one is killed: its workstation connects to the other', async () => {
    const echo = await startEcho();
    const victim = await startProcess(postgres.url);
    const { fingerprint } = victim;
    const { agent: dialled, instance } = await startAgent(victim.url, agent, echo, { fingerprint });
    const before = await open(two.url, '/instances/desk', client); // by TLS from one to the other
    assert.equal(String(await exchange(before, Buffer.from('hello'))), 'hello');
    const cut = once(before, 'close');
    await victim.kill();
    await cut;
    assert.equal(await refusal(two.url, '/instances/desk', client), 'instance-offline');
    dialled.stop(); // a load balancer leads it elsewhere
    await startAgent(two.url, agent, echo, { instance });
    const socket = await open(one.url, '/instances/desk', client);
    assert.equal(String(await exchange(socket, Buffer.from('still here'))), 'still here');
  });

  it('leave a workstation to the one it connected to last', async () => {
    const echo = await startEcho();
    const first = await startAgent(one.url, agent, echo);
    const lost = first.next('lost');
    const twin = await startAgent(two.url, agent, echo, { instance: first.instance });
    assert.equal((await lost).is, 'lost');
    first.agent.stop();
    await first.agent.closed;
    twin.agent.stop();
    await twin.agent.closed;
    while ((await refusal(one.url, '/instances/desk', client)) !== 'instance-offline') await sleep(10);
  });
});

async function startReplica(database: string): Promise<Replica> {
  const store = await PostgresStore.open(database);
  const replicas = new PostgresReplicas(store, database, null);
  const relay = await Relay.listen(store, {
    host: '127.0.0.1',
    port: 0,
    tls: null,
    hostNames: [],
    version: '0.0.0',
    log: () => undefined,
    limits: quick,
    replicas,
  });
  await replicas.join(relay.url, relay.news);
  afterwards(async () => {
    await relay.close();
    await replicas.leave();
    await store.close();
  });
  return { url: relay.url, store };
}

/** `avatar-forge relay serve` with TLS, to be killed without a word to anybody. */
async function startProcess(database: string) {
  const argv = [cli, 'relay', 'serve', '--listen', '127.0.0.1:0', '--self-signed'];
  const child = spawn(process.execPath, argv, {
    env: { PATH: process.env['PATH'], AVATAR_FORGE_RELAY_DB: database },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exit = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  afterwards(kill);
  let log = '';
  for await (const piece of child.stderr.setEncoding('utf8') as AsyncIterable<string>) {
    log += piece;
    const url = /relay \S+ at (https:\S+), replica/.exec(log)?.[1];
    const fingerprint = /: ([0-9a-f]{64})/.exec(log)?.[1];
    if (url !== undefined && fingerprint !== undefined) return { url, fingerprint, kill };
  }
  throw new Error(log);
}
