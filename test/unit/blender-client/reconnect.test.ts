import assert from 'node:assert/strict';
import type { SessionState } from '../../../src/core/session.ts';
import { deadlines } from '../../../src/core/wire/deadlines.ts';
import { ForgePeer } from '../../emulators/forgePeer.ts';
import { client, closeAfterwards, closeAll, forge, quick } from './support.ts';

describe('reconnecting', () => {
  afterEach(closeAll);

  it('answers blender-gone to what was under way, never sends it twice, and connects for the next call', async () => {
    let sent = 0;
    const { blender, peer } = await forge({
      die: (_, to) => {
        sent += 1;
        to.drop();
      },
      echo: ({ id }, to) => to.send({ id, result: 'here' }),
    });
    const calls = await Promise.allSettled([blender.call('die', {}), blender.call('never', {})]);
    for (const { status } of calls) assert.equal(status, 'rejected');
    await assert.rejects(blender.call('die', {}), { code: 'blender-gone' });
    assert.equal(sent, 2);
    assert.equal(await blender.call('echo', {}), 'here');
    assert.equal(peer.clients.length, 1);
  });

  it('repeats once what only reads', async () => {
    let sent = 0;
    const { blender } = await forge({
      read: ({ id }, to) => (++sent === 1 ? to.drop() : to.send({ id, result: sent })),
      always: (_, to) => {
        sent += 1;
        to.drop();
      },
    });
    assert.equal(await blender.call('read', {}, { retry: true }), 2);
    sent = 0;
    await assert.rejects(blender.call('always', {}, { retry: true }), { code: 'blender-gone' });
    assert.equal(sent, 2);
  });

  it('ends a connection on which nothing is heard', async () => {
    const { blender, peer } = await forge({}, {}, { deadlines: { ...quick, idleMs: 200 } });
    await assert.rejects(blender.call('never', {}), { code: 'blender-gone', message: /nothing was heard/ });
    const beating = setInterval(() => {
      for (const to of peer.clients) to.send({ beat: { busy: true, job: 'render', queue: 0 } });
    }, 50);
    await assert.rejects(blender.call('never', {}, { deadlineMs: 500 }), { code: 'deadline-exceeded' });
    clearInterval(beating);
  });

  it('shares one attempt among all who wait, backs off, and is there when Blender is', async () => {
    const states: SessionState[] = [];
    const peer = new ForgePeer({ onRequest: ({ id }, to) => to.send({ id, result: id }) });
    const port = await peer.listen();
    await peer.close();
    const blender = client(port, { onState: (state) => states.push(state) });
    const refused = await Promise.allSettled(Array.from({ length: 20 }, () => blender.call('ping', {})));
    for (const each of refused) {
      assert.ok(each.status === 'rejected');
      assert.equal((each.reason as { code: string }).code, 'blender-unreachable');
    }
    assert.deepEqual(
      states.map(({ is }) => is),
      ['connecting', 'waiting'],
    );
    const startedAt = performance.now();
    await assert.rejects(blender.call('ping', {}), { code: 'blender-unreachable' });
    assert.ok(performance.now() - startedAt >= 100);
    const again = closeAfterwards(
      new ForgePeer({ onRequest: ({ id }, to) => to.send({ id, result: 'there' }) }),
    );
    await again.listen(port);
    assert.equal(await blender.call('ping', {}), 'there');
  });

  it('lets a caller go who does not want to wait for a connection', async () => {
    const peer = closeAfterwards(new ForgePeer({}));
    const port = await peer.listen();
    const blender = client(port, { token: 'the peer asks for none' });
    await assert.rejects(blender.describe(), { code: 'auth-failed' });
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 10);
    await assert.rejects(blender.call('ping', {}, { signal: abort.signal }), { code: 'cancelled' });
  });

  it('asks for the endpoint before every connect', async () => {
    let asked = 0;
    const { port } = await forge({ die: (_, to) => to.drop() });
    const { connectBlender } = await import('../../../src/adapters/blender/connect.ts');
    const endpoint = () => {
      asked += 1;
      return Promise.resolve({ host: '127.0.0.1', port });
    };
    const blender = closeAfterwards(
      connectBlender(endpoint, { client: 't/0', library: '/', deadlines: quick }),
    );
    await assert.rejects(blender.call('die', {}), { code: 'blender-gone' });
    await blender.describe();
    assert.equal(asked, 2);
  });

  it('stays closed, and lets nothing wait', async () => {
    const { blender, peer } = await forge();
    const call = blender.call('never', {});
    const waiting = assert.rejects(call, { code: 'blender-gone' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await blender.close();
    await waiting;
    await assert.rejects(blender.call('ping', {}, { retry: true }), { code: 'blender-gone' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(peer.clients.length, 0);
  });

  it('64 clients at once are all served', async () => {
    const { port } = await forge({ ping: ({ id }, to) => to.send({ id, result: {} }) });
    // As it comes: 64 handshakes in one process may take longer than deadlines at which a test need not wait.
    const one = (): Promise<unknown> => client(port, { deadlines }).call('ping', {});
    const answers = await Promise.all(Array.from({ length: 64 }, one));
    assert.equal(answers.length, 64);
  });

  it('proves the token, and refuses who cannot', async () => {
    const answers = {
      ping: ({ id }: { id: number }, to: { send(m: object): void }) => to.send({ id, result: {} }),
    };
    const { blender, port } = await forge(answers, { token: 'right' }, { token: 'right' });
    assert.deepEqual(await blender.call('ping', {}), {});
    await assert.rejects(client(port, { token: 'wrong' }).call('ping', {}), { code: 'auth-failed' });
    await assert.rejects(client(port).call('ping', {}), { code: 'auth-failed' });
    const liar = await forge(answers, { token: 'right', liesAboutToken: true }, { token: 'right' });
    await assert.rejects(liar.blender.call('ping', {}), { code: 'auth-failed' });
  });
});
