import assert from 'node:assert/strict';
import { join as path } from 'node:path';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { findInstallation } from '../../../src/adapters/home.ts';
import type { CodePolicy } from '../../../src/core/policy.ts';
import type { Endpoint, Ruling } from '../../../src/protocol/control.ts';
import { editorHost } from '../../../src/server/host.ts';
import { outsideOf } from '../../../src/server/outside.ts';
import { servicesConfig } from '../../../src/server/servicesConfig.ts';
import { hyper3dEmulator } from '../../emulators/hyper3d.ts';
import { ForgePeer } from '../../emulators/forgePeer.ts';
import { mcpPair } from '../../support/mcpPair.ts';
import { afterwards, type Channel, closeAll, listen, until } from './support.ts';

const installation = findInstallation(path(import.meta.dirname, '..'));
const ran = { stdout: '', stderr: '', result: null, diff: { revision: 2 } };

/** A Blender that knows its name and answers every command with the same. */
async function blender(name: string): Promise<{ port: number; methods: string[]; peer: ForgePeer }> {
  const methods: string[] = [];
  const peer = new ForgePeer({
    onRequest: ({ id, method }, to) => {
      methods.push(method);
      if (method === 'vrm_export') {
        to.send({ id, progress: { fraction: 0.5, message: 'half' } });
        to.send({ id, result: { file: { name: 'a.vrm', size: 3, sha256: 'ff' } } });
      } else if (method === 'create_object') {
        to.send({ id, error: { code: 'bad-params', message: `Not by ${name}.` } });
      } else to.send({ id, result: { ...ran, result: name } });
    },
  });
  const port = await peer.listen();
  afterwards(() => peer.close());
  return { port, methods, peer };
}

/** Our server, started as the extension starts it. */
async function serve(channel: Channel, codePolicy: CodePolicy = 'ask') {
  const host = await editorHost(channel.server.admit(), { codePolicy }, installation);
  const pair = await mcpPair({ ...host, codePolicy });
  afterwards(async () => {
    await pair.close();
    await host.close();
  });
  return pair;
}

function textOf(result: unknown): string {
  const [first] = (result as CallToolResult).content;
  return first?.type === 'text' ? first.text : '';
}

const run = { name: 'execute_blender_code', arguments: { code: 'import bpy', label: 'look' } };

describe('the server started by the editor', () => {
  afterEach(closeAll);

  it('asks where Blender is only when it is needed', async () => {
    const { port, methods } = await blender('A');
    let asked = 0;
    const endpoint = (): Promise<Endpoint> => {
      asked += 1;
      return Promise.resolve({ label: 'A', host: '127.0.0.1', port });
    };
    const { client } = await serve(await listen({ endpoint }));
    await client.listTools();
    assert.equal(asked, 0);
    await client.callTool({ name: 'get_scene_info', arguments: {} });
    assert.equal(asked, 1);
    assert.deepEqual(methods, ['get_scene_info']);
  });

  it('goes on serving when the workstation is replaced under it, and audits where', async () => {
    const blenders = [await blender('A'), await blender('B')] as const;
    const rulings: Ruling = { decision: 'once', by: 'person' };
    let at: 0 | 1 = 0;
    const channel = await listen({
      endpoint: () => Promise.resolve({ label: 'AB'.charAt(at), host: '127.0.0.1', port: blenders[at].port }),
      approve: () => Promise.resolve(rulings),
    });
    const { client, audit } = await serve(channel);
    assert.match(textOf(await client.callTool(run)), /"result":"A"/);
    at = 1;
    channel.server.replaced();
    await until(() => blenders[0].peer.clients.length === 0, 'the old one was left');
    assert.match(textOf(await client.callTool(run)), /"result":"B"/);
    assert.deepEqual(
      audit.map(({ where, note }) => [where, note]),
      [
        ['A', 'allowed by the user: once'],
        ['B', 'allowed by the user: once'],
      ],
    );
  });

  it('runs code only on the editor’s word, each time, and never asks its client', async () => {
    const { port, methods } = await blender('A');
    const rulings: Ruling[] = [
      { decision: 'session', by: 'person' },
      { decision: 'once', by: 'session' },
      { decision: 'once', by: 'policy' },
      { decision: 'deny', by: 'person' },
      { decision: 'deny', by: 'policy' },
    ];
    const asked: unknown[] = [];
    const { client, audit } = await serve(
      await listen({
        endpoint: () => Promise.resolve({ label: 'A', host: '127.0.0.1', port }),
        approve: (question) => {
          asked.push(question);
          return Promise.resolve(rulings.shift() ?? assert.fail('asked too often'));
        },
      }),
      'allow', // what the environment allows is not the editor's word
    );
    for (let n = 0; n < 5; n += 1) await client.callTool(run);
    assert.deepEqual(asked, Array(5).fill({ code: 'import bpy', label: 'look' }));
    assert.equal(methods.length, 3);
    assert.deepEqual(
      audit.map(({ outcome, note }) => note ?? outcome),
      [
        'allowed by the user: session',
        'allowed for this session',
        'allowed by policy',
        'code-denied',
        'code-denied',
      ],
    );
  });

  it('does not ask where the environment denies', async () => {
    const { client } = await serve(await listen({ approve: () => assert.fail('was asked') }), 'deny');
    assert.match(textOf(await client.callTool(run)), /^code-denied/);
  });

  it('runs no code when the editor is gone', async () => {
    const channel = await listen();
    const { client } = await serve(channel);
    channel.server.dispose();
    assert.match(textOf(await client.callTool(run)), /^control-lost/);
  });

  it('tells what its tools do, how far they are, and what they exported', async () => {
    const { port } = await blender('A');
    const channel = await listen({
      endpoint: () => Promise.resolve({ label: 'A', host: '127.0.0.1', port }),
    });
    const { client } = await serve(channel);
    await client.callTool({ name: 'vrm_export', arguments: { name: 'a' } });
    await client.callTool({ name: 'create_object', arguments: { objects: [{ kind: 'cube' }] } });
    await until(() => channel.heard.length === 6, 'all was heard');
    assert.deepEqual(channel.heard, [
      ['activity', { tool: 'vrm_export', state: 'started', code: null }],
      ['progress', { tool: 'vrm_export', fraction: 0.5, message: 'half' }],
      ['activity', { tool: 'vrm_export', state: 'done', code: null }],
      ['exported', { name: 'a.vrm', size: 3, sha256: 'ff' }],
      ['activity', { tool: 'create_object', state: 'started', code: null }],
      ['activity', { tool: 'create_object', state: 'failed', code: 'bad-params' }],
    ]);
  });

  it('does not start without its editor', async () => {
    const address = { path: '/nowhere/control', token: 'x' };
    await assert.rejects(editorHost(address, { codePolicy: 'ask' }, installation), {
      code: 'control-unreachable',
    });
  });

  it('asks the editor for the key of a service each time it is called, and keeps none', async () => {
    const { port } = await blender('A');
    const emulator = await hyper3dEmulator('second-key');
    afterwards(() => emulator.close());
    const given = ['first-key', 'second-key'];
    const channel = await listen({
      endpoint: () => Promise.resolve({ label: 'A', host: '127.0.0.1', port }),
      serviceKeys: () => Promise.resolve({ hyper3d: given.shift() ?? null, fal: null }),
    });
    const host = await editorHost(channel.server.admit(), { codePolicy: 'ask' }, installation);
    const services = servicesConfig({ AVATAR_FORGE_HYPER3D_URL: emulator.url.href });
    const outside = outsideOf(services, '0.0.0', host.serviceKeys, { everyMs: 5 });
    const pair = await mcpPair({ ...host, outside });
    afterwards(async () => {
      await pair.close();
      await host.close();
    });
    const call = async (): Promise<string> =>
      textOf(await pair.client.callTool({ name: 'hyper3d_generate', arguments: { prompt: 'x' } }));
    assert.match(await call(), /^service-key-refused: /);
    assert.match(await call(), /^asset-wrong-type: /); // it was let in; the emulator's model is empty
    assert.match(await call(), /^no-service-key: /);
    assert.doesNotMatch(JSON.stringify(pair.audit), /first-key|second-key/);
  });
});
