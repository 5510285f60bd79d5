import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import type { CallToolResult, ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import { describeTool } from '../../../src/server/server.ts';
import { tools } from '../../../src/server/tools/index.ts';
import { FakeBlender } from '../../support/fakeBlender.ts';
import { mcpPair, type PairOptions } from '../../support/mcpPair.ts';

const accept = (decision: string): ElicitResult => ({ action: 'accept', content: { decision } });
const ran = {
  execute_blender_code: () => ({ stdout: 'hello', stderr: '', result: null, diff: { revision: 2 } }),
};

async function call(options: PairOptions, name: string, args: Record<string, unknown>) {
  const pair = await mcpPair(options);
  const result = (await pair.client.callTool({ name, arguments: args })) as CallToolResult;
  await pair.close();
  const [first] = result.content;
  return { result, text: first?.type === 'text' ? first.text : '', audit: pair.audit };
}

describe('the tool list', () => {
  it('has every file in tools/, and nothing else', () => {
    const files = readdirSync(new URL('../../../src/server/tools/', import.meta.url)).filter(
      (f) => f !== 'index.ts',
    );
    const expected = tools.map(
      ({ name }) => `${name.replace(/_(\w)/g, (_, c: string) => c.toUpperCase())}.ts`,
    );
    assert.deepEqual(files.sort(), expected.sort());
  });

  it('costs a model at most 2,500 tokens, at four characters a token', () => {
    const listed = tools
      .map(describeTool)
      .map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
    const tokens = JSON.stringify(listed).length / 4;
    assert.ok(tools.length <= 17);
    assert.ok(tokens <= 2500, `${Math.round(tokens)} tokens`);
  });

  it('annotates every tool and gives each an output schema', async () => {
    const pair = await mcpPair({ blender: new FakeBlender() });
    const listed = await pair.client.listTools();
    await pair.close();
    for (const tool of listed.tools) {
      assert.equal(typeof tool.annotations?.readOnlyHint, 'boolean', tool.name);
      assert.equal(tool.outputSchema?.type, 'object', tool.name);
    }
  });
});

describe('a tool call', () => {
  it('is answered with text and structured content, and images apart', async () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const image = { bytes, mime: 'image/png', sha256: '' };
    const blender = new FakeBlender({
      get_screenshot: () => ({ image, width: 4, height: 5, way: 'offscreen', view: 'front' }),
    });
    const { result } = await call({ blender }, 'get_screenshot', { view: 'front' });
    assert.deepEqual(result.structuredContent, { width: 4, height: 5, way: 'offscreen', view: 'front' });
    assert.deepEqual(result.content[1], { type: 'image', data: 'AQID', mimeType: 'image/png' });
  });

  it('says in its result what is wrong when Blender is not there', async () => {
    const { result, text } = await call({ blender: new FakeBlender() }, 'get_scene_info', {});
    assert.equal(result.isError, true);
    assert.equal(text, 'blender-unreachable: Nobody answers.\n→ Start Blender.');
  });

  it('names the parameter that is wrong, and never reaches Blender', async () => {
    const blender = new FakeBlender();
    const { text } = await call({ blender }, 'create_object', { objects: [{ kind: 'cube', size: -1 }] });
    assert.match(text, /^bad-params: create_object cannot take these parameters: objects\.0\.size: /);
    assert.deepEqual(blender.calls, []);
  });

  it('refuses parameters it does not know', async () => {
    const { text } = await call({ blender: new FakeBlender() }, 'get_scene_info', { colour: 'red' });
    assert.match(text, /^bad-params: .*colour/);
  });

  it('shows hidden characters in what comes out of Blender', async () => {
    const blender = new FakeBlender({
      get_scene_info: () => ({ objects: [{ name: 'a\u202eb\u{e0041}c\u0007' }] }),
    });
    const { result } = await call({ blender }, 'get_scene_info', {});
    assert.deepEqual(result.structuredContent, { objects: [{ name: 'a\\u{202e}b\\u{e0041}c\\u{7}' }] });
  });

  it('is an error when its result is larger than a client can use', async () => {
    const objects = Array.from({ length: 200 }, (_, i) => ({ name: `object ${i}`, note: 'x'.repeat(200) }));
    const { text } = await call(
      { blender: new FakeBlender({ get_scene_info: () => ({ objects }) }) },
      'get_scene_info',
      {},
    );
    assert.match(text, /^result-too-large: /);
  });

  it('passes progress on, rising', async () => {
    const blender = new FakeBlender({
      vrm_export: (_params, { onProgress }) => {
        onProgress?.({ fraction: 0.5, message: 'meshes' });
        onProgress?.({ fraction: 0.25, message: 'skins' });
        return { file: { name: 'a.vrm', size: 1, sha256: '' }, bones: [], expressions: [], writer: 'own' };
      },
    });
    const pair = await mcpPair({ blender });
    const seen: number[] = [];
    const request = { name: 'vrm_export', arguments: { name: 'a' } };
    await pair.client.callTool(request, undefined, { onprogress: ({ progress }) => seen.push(progress) });
    await pair.close();
    assert.equal(seen.length, 2);
    assert.ok(seen[0]! < seen[1]!);
  });
});

describe('the code policy', () => {
  const code = { code: 'import shutil; shutil.rmtree("/")' };

  it('asks with the code and its dangers, and runs what was allowed', async () => {
    let asked = '';
    const elicit = (message: string) => ((asked = message), accept('once'));
    const { result, audit } = await call(
      { blender: new FakeBlender(ran), elicit },
      'execute_blender_code',
      code,
    );
    assert.equal(result.isError, undefined);
    assert.match(asked, /deletes files[^]*shutil\.rmtree/);
    assert.equal(audit[0]?.note, 'allowed by the user: once');
  });

  for (const answer of [accept('deny'), { action: 'decline' }, { action: 'cancel' }] as ElicitResult[]) {
    it(`does not run it after ${JSON.stringify(answer)}`, async () => {
      const blender = new FakeBlender(ran);
      const { text, audit } = await call({ blender, elicit: () => answer }, 'execute_blender_code', code);
      assert.match(text, /^code-denied: /);
      assert.deepEqual(blender.calls, []);
      assert.equal(audit[0]?.outcome, 'code-denied');
    });
  }

  it('does not ask again once code is allowed for the session', async () => {
    let asked = 0;
    const elicit = () => ((asked += 1), accept('session'));
    const pair = await mcpPair({ blender: new FakeBlender(ran), elicit });
    for (let i = 0; i < 3; i += 1)
      await pair.client.callTool({ name: 'execute_blender_code', arguments: code });
    await pair.close();
    assert.equal(asked, 1);
  });

  it('refuses where the client cannot ask', async () => {
    const { text } = await call({ blender: new FakeBlender(ran) }, 'execute_blender_code', code);
    assert.match(text, /^code-needs-approval: /);
  });

  it('refuses everything under "deny", without asking', async () => {
    const elicit = () => assert.fail('asked');
    const { text } = await call(
      { blender: new FakeBlender(ran), codePolicy: 'deny', elicit },
      'execute_blender_code',
      code,
    );
    assert.match(text, /^code-denied: /);
  });
});

describe('the audit', () => {
  it('has a line for each call that may change something, with the outcome, and none for looking', async () => {
    const blender = new FakeBlender({ get_scene_info: () => ({ objects: [] }) });
    const pair = await mcpPair({ blender });
    await pair.client.callTool({ name: 'get_scene_info', arguments: {} });
    await pair.client.callTool({ name: 'create_object', arguments: { objects: [{ kind: 'cube' }] } });
    await pair.close();
    assert.equal(pair.audit.length, 1);
    const { ms, digest, ...line } = pair.audit[0]!;
    assert.equal(digest.length, 64);
    assert.ok(ms >= 0);
    assert.deepEqual(line, {
      who: 'tester',
      where: 'test',
      what: 'create_object',
      outcome: 'blender-unreachable',
    });
  });
});
