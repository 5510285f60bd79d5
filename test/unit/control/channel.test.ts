import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { ControlClient } from '../../../src/adapters/control/controlClient.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import type { ApprovalQuestion, Ruling } from '../../../src/protocol/control.ts';
import { closeAll, join, listen, until } from './support.ts';

const question: ApprovalQuestion = { code: 'import os', label: 'look' };
const never = new AbortController().signal;
const onReplaced = (): void => undefined;

describe('the control channel', () => {
  afterEach(closeAll);

  it('lets in who has the token, and asks where Blender is', async () => {
    const endpoint = { label: 'This machine', host: '127.0.0.1', port: 4711, token: 's' };
    const client = await join(await listen({ endpoint: () => Promise.resolve(endpoint) }));
    assert.deepEqual(await client.endpoint(), endpoint);
  });

  it('refuses a wrong token, logs it, and hangs up', async () => {
    const { server, warnings } = await listen();
    const { path } = server.admit();
    const wrong = ControlClient.connect({ path, token: 'wrong' }, { onReplaced });
    await assert.rejects(wrong, { code: 'control-refused' });
    await until(() => warnings.length > 0, 'it was logged');
    assert.match(warnings[0] ?? '', /wrong token/);
    assert.ok(!warnings.join().includes('"wrong"'), 'the token itself is not logged');
  });

  it('takes each token once', async () => {
    const { server } = await listen();
    const address = server.admit();
    const first = await ControlClient.connect(address, { onReplaced });
    await assert.rejects(ControlClient.connect(address, { onReplaced }), { code: 'control-refused' });
    first.close();
  });

  it('answers nothing before hello', async () => {
    const { server, warnings } = await listen({ endpoint: () => assert.fail('was asked') });
    const socket = connect(server.admit().path);
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'endpoint', params: {} });
    socket.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
    socket.resume();
    await once(socket, 'close');
    assert.match(warnings.join(), /endpoint before hello/);
  });

  it('hangs up on who says nothing', async () => {
    const { server, warnings } = await listen({}, 50);
    const socket = connect(server.admit().path).resume();
    await once(socket, 'close');
    assert.match(warnings.join(), /no hello within 50 ms/);
  });

  it('hangs up on what is no JSON-RPC', async () => {
    const { server } = await listen({}, 100);
    const socket = connect(server.admit().path).resume();
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await once(socket, 'close');
  });

  it('is a socket in a folder that only this user can enter', async function () {
    if (process.platform === 'win32') return this.skip();
    const { server } = await listen();
    assert.equal(statSync(dirname(server.admit().path)).mode & 0o777, 0o700);
  });

  it('waits for a workstation that is being launched', async () => {
    let launched = (): void => undefined;
    const launch = new Promise<void>((resolve) => (launched = resolve));
    const client = await join(
      await listen({ endpoint: () => launch.then(() => ({ label: 'x', host: 'h', port: 1 })) }),
    );
    const asked = client.endpoint();
    assert.equal(await Promise.race([asked, new Promise((r) => setTimeout(r, 50, 'waits'))]), 'waits');
    launched();
    assert.equal((await asked).port, 1);
  });

  it('carries errors with their code and what to do', async () => {
    const failure = new ForgeError('blender-not-found', 'There is none.', 'Install it.');
    const client = await join(await listen({ endpoint: () => Promise.reject(failure) }));
    await assert.rejects(client.endpoint(), {
      name: 'ForgeError',
      code: 'blender-not-found',
      message: 'There is none.',
      next: 'Install it.',
    });
  });

  for (const ruling of [
    { decision: 'once', by: 'person' },
    { decision: 'session', by: 'person' },
    { decision: 'deny', by: 'policy' },
  ] satisfies Ruling[]) {
    it(`carries code and the ruling on it: ${ruling.decision} by ${ruling.by}`, async () => {
      const asked: ApprovalQuestion[] = [];
      const approve = (about: ApprovalQuestion): Promise<Ruling> => {
        asked.push(about);
        return Promise.resolve(ruling);
      };
      const client = await join(await listen({ approve }));
      assert.deepEqual(await client.approve(question, never), ruling);
      assert.deepEqual(asked, [question]);
    });
  }

  it('tells the extension when the question was taken back', async () => {
    const abort = new AbortController();
    const client = await join(
      await listen({
        approve: (_, signal) =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve({ decision: 'deny', by: 'person' }));
            abort.abort();
          }),
      }),
    );
    assert.equal((await client.approve(question, abort.signal)).decision, 'deny');
  });

  it('brings news, in order, and says when a server hung up', async () => {
    const channel = await listen();
    const client = await join(channel);
    const started = { tool: 'vrm_export', state: 'started', code: null } as const;
    const exported = { name: 'a.vrm', size: 3, sha256: 'ff' };
    client.tell('activity', started);
    client.tell('exported', exported);
    await until(() => channel.heard.length === 2, 'both were heard');
    client.close();
    await until(() => channel.heard.length === 3, 'the end was heard');
    assert.deepEqual(channel.heard, [
      ['activity', started],
      ['exported', exported],
      ['ended', null],
    ]);
  });

  it('tells the servers that Blender is elsewhere', async () => {
    let orders = 0;
    const channel = await listen();
    await join(channel, () => (orders += 1));
    await join(channel, () => (orders += 1));
    channel.server.replaced();
    await until(() => orders === 2, 'both were told');
  });

  it('fails what is asked when the editor goes away, and what is asked after', async () => {
    const channel = await listen({ endpoint: () => new Promise(() => undefined) });
    const client = await join(channel);
    const asked = client.endpoint();
    channel.server.dispose();
    await assert.rejects(asked, { code: 'control-lost' });
    await assert.rejects(client.endpoint(), { code: 'control-lost' });
  });

  it('says so when there is no editor', async () => {
    const nowhere = ControlClient.connect({ path: '/nowhere/control', token: '' }, { onReplaced });
    await assert.rejects(nowhere, { code: 'control-unreachable' });
  });
});
