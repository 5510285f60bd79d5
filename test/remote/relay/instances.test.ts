import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { registerRelay } from '../../../src/cli/relay.ts';
import {
  afterwards,
  ask,
  closeAll,
  open,
  refusal,
  type Rig,
  startAgent,
  startEcho,
  startRelay,
} from './support.ts';

/** Of one user. */
const most = 1_000;

describe('an instance that nobody needs', () => {
  afterEach(closeAll);

  it('is removed by its owner or an administrator, with its grants and its lease', async () => {
    const rig = await startRelay();
    const { relay, key, store } = rig;
    const [ada, bob, root] = [key('ada', 'client'), key('bob', 'client'), key('root', 'admin')];
    const remove = (id: string, by: string): ReturnType<typeof ask> =>
      ask(relay.url, 'DELETE', `/v1/instances/${id}`, by);
    for (const by of [ada, root]) {
      const id = randomUUID();
      await ask(relay.url, 'POST', '/v1/instances', ada, { id, name: 'old' });
      await ask(relay.url, 'POST', '/v1/grants', ada, { instance: id, user: 'bob' });
      store.takeLease({ instance: id, holder: 'somebody', until: Date.now() + 60_000 }, Date.now());
      assert.equal(await refusal(relay.url, '/instances/old', bob), 'instance-busy');
      const refused = await remove(id, bob);
      assert.deepEqual([refused.status, codeIn(refused)], [404, 'no-such-instance']);
      assert.equal(codeIn(await remove(id, key('ada', 'agent'))), 'scope-missing');
      assert.equal((await remove(id, by)).status, 204);
      assert.equal(await refusal(relay.url, '/instances/old', bob), 'no-such-instance');
      assert.equal(codeIn(await remove(id, by)), 'no-such-instance');
      assert.deepEqual([store.instance(id), store.lease(id)], [undefined, undefined]);
      assert.ok(!store.isGranted(id, store.userByName('bob')?.id ?? ''));
    }
    assert.deepEqual(outcomes(rig, 'instance.remove'), [
      ...['no-such-instance', 'ok', 'no-such-instance'],
      ...['no-such-instance', 'ok', 'no-such-instance'],
    ]);
  });

  it('is not removed while it is connected, for it would come back', async () => {
    const rig = await startRelay();
    const { relay, key } = rig;
    const ada = key('ada', 'client');
    const { instance, agent } = await startAgent(relay.url, key('ada', 'agent'), await startEcho());
    const path = `/v1/instances/${instance}`;
    const refused = await ask(relay.url, 'DELETE', path, ada);
    assert.deepEqual([refused.status, codeIn(refused)], [409, 'instance-online']);
    agent.stop();
    await agent.closed;
    while ((await ask(relay.url, 'DELETE', path, ada)).status !== 204) await sleep(5);
    const listed = await ask(relay.url, 'GET', '/v1/instances', ada);
    assert.deepEqual(listed.body, { instances: [] });
  });

  it('is cut off when the command line removes it, and comes back without what it was shared with', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-relay-'));
    afterwards(() => rm(folder, { recursive: true, force: true }));
    const database = join(folder, 'relay.db');
    const { relay, key } = await startRelay({ database });
    const [ada, bob] = [key('ada', 'client'), key('bob', 'client')];
    const { instance, next } = await startAgent(relay.url, key('ada', 'agent'), await startEcho());
    await ask(relay.url, 'POST', '/v1/grants', ada, { instance, user: 'bob' });
    const session = await open(relay.url, '/instances/desk', bob);
    session.resume();
    const [closed, lost, back] = [once(session, 'close'), next('lost'), next('connected')];
    const program = new Command();
    const said: string[] = [];
    registerRelay(program, {
      env: {},
      print: () => undefined,
      tell: (line) => said.push(line),
    });
    const argv = ['relay', 'instance', 'remove', instance, '--db', database];
    await program.parseAsync(argv, { from: 'user' });
    assert.equal(said.length, 1);
    assert.equal((await closed)[0], 4401);
    const news = await lost;
    assert.match(news.is === 'lost' ? news.error.message : '', /4401, instance-removed/);
    await back;
    assert.equal(await refusal(relay.url, '/instances/desk', bob), 'no-such-instance');
    assert.equal(await refusal(relay.url, '/instances/desk', ada), 'was let in');
    await assert.rejects(
      program.parseAsync(['relay', 'instance', 'remove', randomUUID(), '--db', database], { from: 'user' }),
      { code: 'no-such-instance' },
    );
  });

  it('makes room when its user has as many as there may be: the one longest away that is not shared', async () => {
    const rig = await startRelay();
    const { relay, key, store } = rig;
    const agent = key('ada', 'agent');
    const echo = await startEcho();
    const online = await startAgent(relay.url, agent, echo, { name: 'online' });
    const owner = store.userByName('ada')?.id ?? '';
    const bob = { id: randomUUID(), name: 'bob' };
    store.addUser(bob);
    const add = (name: string, at: number): string => {
      const id = randomUUID();
      store.addInstance({ id, name, owner, lease: 'exclusive' });
      store.sawInstance(id, at);
      return id;
    };
    store.sawInstance(online.instance, 1);
    store.addGrant(add('shared', 2), bob.id);
    add('older', 4);
    add('oldest', 3);
    for (let n = 4; n < most; n += 1) add(`other-${n}`, 1_000_000 + n);
    const names = (): string[] => store.instancesOf(owner).map(({ name }) => name);
    assert.equal(names().length, most);

    const fresh = await startAgent(relay.url, agent, echo, { name: 'oldest' });
    assert.equal(names().length, most);
    assert.ok(['online', 'shared', 'older', 'oldest'].every((name) => names().includes(name)));
    assert.equal(store.instance(fresh.instance)?.name, 'oldest', 'the name is free again');
    assert.deepEqual(outcomes(rig, 'instance.forget'), ['ok']);
    store.sawInstance(fresh.instance, 1);
    fresh.agent.stop();
    await fresh.agent.closed;
    const ada = key('ada', 'client');
    while ((await refusal(relay.url, '/instances/oldest', ada)) !== 'instance-offline') await sleep(5);
    await startAgent(relay.url, agent, echo, { name: 'further' });
    assert.ok(!names().includes('older'));
    assert.ok(names().includes('oldest'), 'it left just now: others are away for longer');

    for (const { id } of store.instancesOf(owner)) store.addGrant(id, bob.id);
    const wish = { id: randomUUID(), name: 'too-many' };
    const refused = await ask(relay.url, 'POST', '/v1/instances', ada, wish);
    assert.deepEqual([refused.status, codeIn(refused)], [429, 'too-many']);
    assert.match((refused.body as { next: string }).next, /relay instance remove/);
  });
});

function outcomes({ store }: Rig, wanted: string): string[] {
  return store
    .auditLines(0, 10_000)
    .filter(({ what }) => what === wanted)
    .map(({ outcome }) => outcome);
}

function codeIn({ body }: { readonly body: unknown }): string {
  return (body as { code: string }).code;
}
