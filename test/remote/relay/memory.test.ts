import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Command } from 'commander';
import { registerRelay } from '../../../src/cli/relay.ts';
import { verifyAudit } from '../../../src/relay/main.ts';
import { afterwards, ask, closeAll, open, refusal, startAgent, startEcho, startRelay } from './support.ts';

describe('what the relay remembers', () => {
  let folder: string;
  let database: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'avatar-forge-relay-'));
    database = join(folder, 'relay.db');
  });

  afterEach(async () => {
    await closeAll();
    await rm(folder, { recursive: true, force: true });
  });

  it('is there after a restart: users, keys, instances, grants, leases, audit', async () => {
    const first = await startRelay({ database });
    const echo = await startEcho();
    const ada = { client: first.key('ada', 'client'), agent: first.key('ada', 'agent') };
    const bob = { client: first.key('bob', 'client'), second: first.key('bob', 'client') };
    const { instance, next } = await startAgent(first.relay.url, ada.agent, echo);
    await ask(first.relay.url, 'POST', '/v1/grants', ada.client, { instance, user: 'bob' });
    await ask(first.relay.url, 'PATCH', `/v1/instances/${instance}`, ada.client, { name: 'studio' });
    (await open(first.relay.url, '/instances/studio', bob.client)).resume();
    const { lines } = await verifyAudit(database);
    const port = Number(new URL(first.relay.url).port);
    const lost = next('lost');
    const back = next('connected');
    first.store.takeLease(
      { instance, holder: 'a key that was cut off', until: Date.now() + 60_000 },
      Number.MAX_SAFE_INTEGER,
    );
    await first.close();
    await lost;

    const second = await startRelay({ database, port });
    assert.deepEqual(await back, { is: 'connected', name: 'studio' });
    assert.equal(await refusal(second.relay.url, '/instances/studio', bob.second), 'instance-busy');
    const free = { lease: 'shared' };
    assert.equal(
      (await ask(second.relay.url, 'PATCH', `/v1/instances/${instance}`, ada.client, free)).status,
      200,
    );
    await open(second.relay.url, '/instances/studio', bob.client);
    const verdict = await verifyAudit(database);
    assert.ok(verdict.lines > lines);
    assert.equal(verdict.firstBreak, null);
  });

  it('holds no key, and is for its owner alone', async () => {
    const { key, close } = await startRelay({ database });
    const secret = key('ada', 'client');
    await close();
    assert.ok(!(await readFile(database)).includes(secret.slice(-43)));
    assert.equal((await stat(database)).mode & 0o077, 0);
  });

  it('keeps an audit that cannot be changed unseen', async () => {
    const { registry, close } = await startRelay({ database });
    for (const name of ['ada', 'bob', 'eve', 'zoe'])
      await registry.createUser({ who: 'test', user: null }, name);
    await close();
    const db = new DatabaseSync(database);
    afterwards(() => db.close());
    assert.throws(() => db.exec(`UPDATE audit SET line = '{}' WHERE seq = 3`), /append-only/);
    assert.throws(() => db.exec('DELETE FROM audit WHERE seq = 3'), /append-only/);
    assert.equal((await verifyAudit(database)).firstBreak, null);
    db.exec('DROP TRIGGER auditKeeps; DROP TRIGGER auditStays');
    db.exec(`UPDATE audit SET line = replace(line, 'user.create', 'user.delete') WHERE seq = 3`);
    assert.equal((await verifyAudit(database)).firstBreak, 3);
    db.exec('DROP TRIGGER auditKeeps; DROP TRIGGER auditStays'); // which looking at it has put back
    db.exec('DELETE FROM audit WHERE seq = 3');
    assert.equal((await verifyAudit(database)).firstBreak, 3);
  });

  it('is administered from the command line', async () => {
    const run = async (...args: string[]): Promise<{ stdout: string; stderr: string }> => {
      const said = { stdout: '', stderr: '' };
      const program = new Command();
      registerRelay(program, {
        env: { AVATAR_FORGE_RELAY_DB: database },
        print: (line) => (said.stdout += `${line}\n`),
        tell: (line) => (said.stderr += `${line}\n`),
      });
      await program.parseAsync(['relay', ...args, '--db', database], { from: 'user' });
      return said;
    };
    await run('user', 'add', 'ada');
    const { stdout, stderr } = await run('key', 'add', 'ada', '--scope', 'client', 'agent', '--days', '1');
    assert.match(stdout, /^avf_[0-9a-f]{16}_[\w-]{43}\n$/);
    assert.ok(!stderr.includes(stdout.trim()), 'the key is on stdout alone');
    const { relay } = await startRelay({ database });
    assert.equal(await refusal(relay.url, '/instances/x', stdout.trim()), 'no-such-instance');
    await run('key', 'revoke', stdout.slice(4, 20));
    assert.equal(await refusal(relay.url, '/instances/x', stdout.trim()), 'unauthorized');
    assert.match(
      (await run('key', 'list', 'ada')).stdout,
      new RegExp(`^${stdout.slice(4, 20)}\tclient,agent\t\\*\t2`),
    );
    assert.ok(!(await run('key', 'list', 'ada', '--json')).stdout.includes(stdout.trim().slice(-43)));

    await run('user', 'add', 'bob');
    const key = (await run('key', 'add', 'bob', '--scope', 'client')).stdout.trim();
    const { instance } = await startAgent(
      relay.url,
      (await run('key', 'add', 'ada', '--scope', 'agent')).stdout.trim(),
      await startEcho(),
    );
    await run('instance', 'rename', instance, 'studio');
    const listed = JSON.parse((await run('instance', 'list', '--json')).stdout) as unknown;
    assert.deepEqual(listed, [{ id: instance, owner: 'ada', name: 'studio', lease: 'exclusive' }]);
    assert.equal(await refusal(relay.url, '/instances/studio', key), 'no-such-instance');
    await run('grant', 'add', instance, 'bob');
    const shared = await open(relay.url, '/instances/studio', key);
    shared.resume();
    const closed = once(shared, 'close');
    await run('grant', 'remove', instance, 'bob');
    assert.equal((await closed)[0], 4401);
    assert.match(
      (await run('audit', 'verify')).stdout,
      /^\d+ lines, whole; the last one's hash is [0-9a-f]{64}\n$/,
    );
    await assert.rejects(run('user', 'add', 'ada'), { code: 'name-taken' });
  });
});
