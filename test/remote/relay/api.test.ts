import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type AuditLine, canonicalJson, sha256 } from '../../../src/core/audit.ts';
import { ForgePeer } from '../../emulators/forgePeer.ts';
import { afterwards, ask, closeAll, refusal, startAgent, startRelay } from './support.ts';

describe('the HTTP API of the relay', () => {
  afterEach(closeAll);

  it('makes users and keys that work, and revokes them', async () => {
    const { relay, key } = await startRelay();
    const admin = key('root', 'admin');
    const user = await ask(relay.url, 'POST', '/v1/users', admin, { name: 'ada' });
    assert.equal(user.status, 201);
    const again = await ask(relay.url, 'POST', '/v1/users', admin, { name: 'ada' });
    assert.deepEqual([again.status, codeIn(again)], [409, 'name-taken']);
    const wish = { user: 'ada', scopes: ['client'], expiresAt: new Date(Date.now() + 60_000).toISOString() };
    const made = await ask(relay.url, 'POST', '/v1/keys', admin, wish);
    assert.equal(made.status, 201);
    const { id, key: secret } = made.body as { id: string; key: string };
    assert.equal((await ask(relay.url, 'GET', '/v1/instances', secret)).status, 200);
    assert.equal((await ask(relay.url, 'DELETE', `/v1/keys/${id}`, admin)).status, 204);
    assert.equal((await ask(relay.url, 'GET', '/v1/instances', secret)).status, 401);
    for (const [bad, code] of [
      [{ user: 'eve', scopes: ['client'] }, 'no-such-user'],
      [{ user: 'ada', scopes: ['client'], allow: ['*'] }, 'bad-key'],
      [{ user: 'ada', scopes: ['client'], expiresAt: '2001-01-01T00:00:00Z' }, 'bad-key'],
      [{ user: 'ada', scopes: ['root'] }, 'bad-request'],
      [{ user: 'ada', scopes: [] }, 'bad-request'],
      ['ada', 'bad-request'],
    ] as const) {
      assert.equal(codeIn(await ask(relay.url, 'POST', '/v1/keys', admin, bad)), code, JSON.stringify(bad));
    }
    const audit = await ask(relay.url, 'GET', '/v1/audit?limit=1000', admin);
    const { lines } = audit.body as { lines: AuditLine[] };
    assert.ok(lines.some(({ what, outcome }) => what === 'user.create' && outcome === 'name-taken'));
    assert.ok(!JSON.stringify(lines).includes(secret));
    assert.equal(codeIn(await ask(relay.url, 'GET', '/v1/audit?limit=0', admin)), 'bad-request');
  });

  it('registers, lists, renames, and runs a command', async () => {
    const { relay, key } = await startRelay();
    const peer = new ForgePeer({
      onRequest: ({ id, method, params }, to) => {
        if (method === 'fail') to.send({ id, error: { code: 'python-error', message: 'It broke.' } });
        else to.send({ id, result: { method, params } });
      },
    });
    afterwards(() => peer.close());
    const [client, instance] = [key('ada', 'client', null), randomUUID()];
    const registered = await ask(relay.url, 'POST', '/v1/instances', client, { id: instance, name: 'desk' });
    assert.deepEqual(
      [registered.status, registered.body],
      [201, { id: instance, name: 'desk', owner: 'ada', lease: 'exclusive', online: false, busy: false }],
    );
    const commands = `/v1/instances/${instance}/commands`;
    assert.equal(
      codeIn(await ask(relay.url, 'POST', commands, client, { method: 'ping' })),
      'instance-offline',
    );
    await startAgent(relay.url, key('ada', 'agent'), await peer.listen(), { instance, name: 'ignored' });
    const ran = await ask(relay.url, 'POST', commands, client, {
      method: 'get_scene_info',
      params: { limit: 3 },
    });
    assert.deepEqual(ran, {
      status: 200,
      body: { result: { method: 'get_scene_info', params: { limit: 3 } } },
    });
    assert.equal(codeIn(await ask(relay.url, 'POST', commands, client, { method: 'fail' })), 'python-error');
    const narrow = key('ada', 'client', ['ping']);
    assert.equal(codeIn(await ask(relay.url, 'POST', commands, narrow, { method: 'fail' })), 'not-allowed');
    const renamed = await ask(relay.url, 'PATCH', `/v1/instances/${instance}`, client, { name: 'studio' });
    assert.equal((renamed.body as { name: string; online: boolean }).name, 'studio');
    assert.equal(await refusal(relay.url, '/instances/desk', client), 'no-such-instance');
    assert.equal(await refusal(relay.url, '/instances/studio', client), 'was let in');
    const all = await ask(relay.url, 'GET', '/v1/instances', key('root', 'admin'));
    assert.equal((all.body as { instances: unknown[] }).instances.length, 1);
  });

  it('writes down what it ran, whose it was and how it ended, before it answers', async () => {
    const { relay, key, store } = await startRelay();
    const peer = new ForgePeer({
      onRequest: ({ id, method }, to) =>
        method === 'fail'
          ? to.send({ id, error: { code: 'python-error', message: 'It broke.' } })
          : to.send({ id, result: {} }),
    });
    afterwards(() => peer.close());
    const { instance } = await startAgent(relay.url, key('ada', 'agent'), await peer.listen());
    const commands = `/v1/instances/${instance}/commands`;
    const [client, narrow] = [key('ada', 'client'), key('ada', 'client', ['ping'])];
    const run = { method: 'execute_blender_code', params: { code: 'secret = 1' }, deadlineMs: 1_000 };
    await ask(relay.url, 'POST', commands, client, run);
    await ask(relay.url, 'POST', commands, client, { method: 'fail' });
    await ask(relay.url, 'POST', commands, narrow, { method: 'fail' });
    const lines = store.auditLines(0, 1_000).filter(({ what }) => what === 'call');
    assert.deepEqual(
      lines.map(({ who, where, outcome, note }) => [who.split(' key ')[0], where, outcome, note]),
      [
        ['user ada', `instance ${instance}`, 'ok', 'execute_blender_code'],
        ['user ada', `instance ${instance}`, 'python-error', 'fail'],
        ['user ada', 'relay', 'not-allowed', 'fail'],
      ],
    );
    assert.equal(lines[0]?.digest, sha256(canonicalJson(run)));
    assert.ok(!JSON.stringify(lines).includes('secret'));
  });

  it('describes itself, and says how it is', async () => {
    const { relay } = await startRelay();
    const document = await (await fetch(`${relay.url}/v1/openapi.json`)).json();
    const { openapi, paths } = document as {
      openapi: string;
      paths: Record<string, Record<string, unknown>>;
    };
    assert.equal(openapi, '3.1.0');
    const operations = Object.values(paths).flatMap((it) =>
      Object.values(it).map((operation) => (operation as { operationId: string }).operationId),
    );
    for (const wanted of [
      'create_user',
      'register_blender_instance',
      'list_blender_instances',
      'remove_instance',
      'route_command',
    ])
      assert.ok(operations.includes(wanted), wanted);
    assert.equal((await fetch(`${relay.url}/healthz`)).status, 200);
    assert.equal((await fetch(`${relay.url}/readyz`)).status, 200);
    assert.match(await (await fetch(`${relay.url}/metrics`)).text(), /^avatar_forge_relay_agents 0$/m);
  });

  it('refuses what is not a request of it, as a problem', async () => {
    const { relay, key } = await startRelay();
    const admin = key('root', 'admin');
    const lost = await fetch(`${relay.url}/v1/none`, { headers: { authorization: `Bearer ${admin}` } });
    assert.equal(lost.headers.get('content-type'), 'application/problem+json');
    assert.equal(lost.status, 404);
    const send = async (body: string | Uint8Array<ArrayBuffer>, type: string): Promise<number> => {
      const headers = { authorization: `Bearer ${admin}`, 'content-type': type };
      return (await fetch(`${relay.url}/v1/users`, { method: 'POST', headers, body })).status;
    };
    assert.equal(await send('{"name":', 'application/json'), 400);
    assert.equal(await send('{"name":"ada"}', 'text/plain'), 400);
    assert.equal(await send(Buffer.from([0x22, 0xff, 0x22]), 'application/json'), 400);
    assert.equal(await send(`"${'x'.repeat(2 << 20)}"`, 'application/json').catch(() => 413), 413);
    assert.equal(await send('{"name":"../ada"}', 'application/json'), 400);
    assert.equal(await send('{"name":"ada","more":1}', 'application/json'), 400);
  });
});

function codeIn({ body }: { readonly body: unknown }): string {
  return (body as { code: string }).code;
}
