import assert from 'node:assert/strict';
import { SqliteStore } from '../../../src/adapters/relay/sqliteStore.ts';
import { clientAddress, trustedProxies } from '../../../src/relay/clientAddress.ts';
import { resolveInstance } from '../../../src/core/relay/access.ts';
import { allows, isAllowEntry } from '../../../src/core/relay/allowList.ts';
import { FailedLogins } from '../../../src/core/relay/failedLogins.ts';
import { bearerOf, judgeKey, keyIdOf, mintKey } from '../../../src/core/relay/keys.ts';
import { leaseHolder, takeLease } from '../../../src/core/relay/leases.ts';
import { freeName, isName } from '../../../src/core/relay/names.ts';
import type { Instance } from '../../../src/core/relay/records.ts';
import { TokenBucket } from '../../../src/core/relay/tokenBucket.ts';

const now = 1_000_000;
const desk: Instance = { id: 'i1', name: 'desk', owner: 'ada', lease: 'exclusive' };

describe('rules of the relay', () => {
  it('a key counts with its secret, until it is revoked or expires', () => {
    const { secret, record } = mintKey({ user: 'u', scopes: ['client'], allow: null, expiresAt: now + 1 });
    assert.equal(keyIdOf(secret), record.id);
    assert.ok(!JSON.stringify(record).includes(secret.slice(21)), 'the secret is not kept');
    assert.equal(judgeKey(record, secret, now), 'ok');
    assert.equal(judgeKey(record, secret, now + 1), 'expired');
    assert.equal(judgeKey({ ...record, revokedAt: now }, secret, now), 'revoked');
    const other = mintKey({ user: 'u', scopes: ['client'], allow: null, expiresAt: null });
    assert.equal(judgeKey(record, other.secret, now), 'unknown');
    assert.equal(judgeKey({ ...record, revokedAt: now }, other.secret, now), 'unknown');
    assert.equal(judgeKey(undefined, secret, now), 'unknown');
    assert.equal(judgeKey(undefined, '', now), 'unknown');
    assert.equal(bearerOf('Bearer abc'), 'abc');
    for (const bad of [undefined, '', 'Basic abc', 'Bearer', 'Bearer a b', `Bearer ${'a'.repeat(201)}`])
      assert.equal(bearerOf(bad), null);
  });

  it('names are names', () => {
    for (const good of ['a', 'desk-1', 'Ada.Desk_2', 'x'.repeat(64)]) assert.ok(isName(good), good);
    for (const bad of ['', '-a', 'a-', '..', 'a/b', 'a b', 'ä', 'x'.repeat(65), 'a\n', 'a%2e'])
      assert.ok(!isName(bad), bad);
    assert.equal(freeName('desk', ['desk', 'desk-2']), 'desk-3');
    assert.equal(freeName('x'.repeat(64), ['x'.repeat(64)]), `${'x'.repeat(62)}-2`);
  });

  it('an id is meant before a name, an own one before a shared one', () => {
    const shared: Instance = { ...desk, id: 'i2', owner: 'bob' };
    const third: Instance = { ...desk, id: 'i3', owner: 'eve' };
    assert.equal(resolveInstance('i2', { own: [desk], granted: [shared] }), shared);
    assert.equal(resolveInstance('desk', { own: [desk], granted: [shared] }), desk);
    assert.equal(resolveInstance('desk', { own: [], granted: [shared] }), shared);
    assert.throws(() => resolveInstance('desk', { own: [], granted: [shared, third] }), {
      code: 'instance-ambiguous',
    });
    assert.throws(() => resolveInstance('i9', { own: [desk], granted: [] }), { code: 'no-such-instance' });
  });

  it('a lease keeps others out until it ends', async () => {
    const store = await SqliteStore.open(':memory:');
    const mine = leaseHolder('key', 'window');
    await takeLease(store, desk, mine, now, 100);
    assert.deepEqual(store.lease('i1'), { instance: 'i1', holder: mine, until: now + 100 });
    await takeLease(store, desk, mine, now + 50, 100);
    assert.equal(store.lease('i1')?.until, now + 150);
    const busy = { code: 'instance-busy' };
    await assert.rejects(takeLease(store, desk, 'other/', now + 149, 100), busy);
    await takeLease(store, { ...desk, lease: 'shared' }, 'third/', now, 100);
    await takeLease(store, desk, 'other/', now + 150, 100);
    assert.equal(store.lease('i1')?.holder, 'other/');
    store.close();
  });

  it('an allow-list has methods and families of them', () => {
    for (const good of ['ping', 'get_scene_info', 'file.get', 'file.*']) assert.ok(isAllowEntry(good), good);
    for (const bad of ['*', 'file*', '.*', 'file.*.x', 'Ping', '', 'a b']) assert.ok(!isAllowEntry(bad), bad);
    assert.ok(allows(['file.*', 'ping'], 'file.get'));
    assert.ok(!allows(['file.*', 'ping'], 'file'));
    assert.ok(!allows(['file.*', 'ping'], 'files.get'));
    assert.ok(!allows(['file.*', 'ping'], 'pinger'));
    assert.ok(!allows([], 'ping'));
  });

  it('a bucket fills at its rate', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 2 }, 0);
    assert.deepEqual([bucket.tryTake(0), bucket.tryTake(0), bucket.tryTake(0)], [true, true, false]);
    assert.ok(!bucket.tryTake(99));
    assert.ok(bucket.tryTake(200));
    const bytes = new TokenBucket({ perSecond: 1000, burst: 500 }, 0);
    assert.equal(bytes.spend(500, 0), 0);
    assert.equal(bytes.spend(250, 0), 250);
    assert.equal(bytes.spend(0, 250), 0);
    assert.ok(!bytes.isFull(300));
    assert.ok(bytes.isFull(10_000));
  });

  it('failed logins cost more each time, and only so many wait', () => {
    const policy = { free: 2, firstDelayMs: 100, longestDelayMs: 500, held: 2, forgetMs: 1 };
    const failed = new FailedLogins(policy);
    const once = (address: string): number | null => {
      const waitMs = failed.failed(address, 0);
      if (waitMs !== null) failed.answered(address);
      return waitMs;
    };
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 7].map(() => once('a')),
      [0, 0, 100, 200, 400, 500, 500],
    );
    assert.equal(once('b'), 0, 'another address is another matter');
    failed.failed('a', 0);
    failed.failed('a', 0);
    assert.equal(failed.failed('a', 0), null, 'two are held back already');
  });
});

describe('where a request comes from', () => {
  const trusted = trustedProxies(['10.0.0.0/8', 'fd00::1']);
  const from = (peer: string | undefined, header?: string | readonly string[]) =>
    clientAddress(peer, header, trusted);

  it('is the other end, unless a trusted proxy says whom it had before it', () => {
    assert.equal(from('192.0.2.1', '198.51.100.7'), '192.0.2.1');
    assert.equal(from('10.1.2.3', '198.51.100.7'), '198.51.100.7');
    assert.equal(from('::ffff:10.1.2.3', '198.51.100.7:4711'), '198.51.100.7');
    assert.equal(from('fd00::1', '[2001:db8::5]:443'), '2001:db8::5');
    assert.equal(from('10.1.2.3', '6.6.6.6, 198.51.100.7, 10.9.9.9'), '198.51.100.7');
    assert.equal(from('10.1.2.3', ['6.6.6.6', '198.51.100.7']), '198.51.100.7');
    assert.equal(from('10.1.2.3', 'unknown, <script>'), '10.1.2.3');
    assert.equal(from('10.1.2.3', ''), '10.1.2.3');
    assert.equal(from(undefined), 'unknown');
  });

  it('takes no proxy that is none', () => {
    for (const bad of ['proxy.test', '10.0.0.0/33', '', '10.0.0.1/x'])
      assert.throws(() => trustedProxies([bad]), { code: 'bad-config' });
  });
});
