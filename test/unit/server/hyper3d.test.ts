import assert from 'node:assert/strict';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { ForgeError } from '../../../src/core/errors.ts';
import type { ServiceKeys } from '../../../src/protocol/control.ts';
import { hyper3dEmulator, type Hyper3dEmulator, type Hyper3dFault } from '../../emulators/hyper3d.ts';
import { generatedGlb } from '../../support/assets/models.ts';
import { outsideFor } from '../../support/assets/outside.ts';
import { jpeg, png } from '../../support/assets/pictures.ts';
import { FakeBlender } from '../../support/fakeBlender.ts';
import { mcpPair } from '../../support/mcpPair.ts';

const key = 'rodin-test-key-0123456789';
const ways: Readonly<Record<string, ServiceKeys>> = {
  'Hyper3D’s own API': { hyper3d: key, fal: null },
  'fal.ai’s queue': { hyper3d: null, fal: key },
};
const model = generatedGlb({ rings: 6 });
/** The id by which an error says that a generation can be fetched. */
const idIn = (text: string): string => /id "([^"]+)", hyper3d_generate fetches it/.exec(text)?.[1] ?? '';

for (const [way, keys] of Object.entries(ways)) {
  describe(`hyper3d_generate by ${way}`, () => {
    let emulator: Hyper3dEmulator;
    beforeEach(async () => {
      emulator = await hyper3dEmulator(key);
      emulator.model = model;
      emulator.ahead = keys.fal === null ? ['Waiting', 'Generating'] : ['IN_QUEUE', 'IN_PROGRESS'];
    });
    afterEach(() => emulator.close());

    async function open(patienceMs = 5_000, jobAfterMs = 10_000) {
      const blender = new FakeBlender(
        { import_asset: () => ({ objects: ['m'], diff: { revision: 1 } }) },
        { 'front.png': png(1, 2, 3), 'side.jpg': jpeg, 'notes.txt': Buffer.from('no picture') },
      );
      const outside = outsideFor(
        { hyper3d: emulator.url, fal: emulator.url, keys },
        { everyMs: 5, patienceMs, silenceMs: 2_000 },
      );
      return { blender, ...(await mcpPair({ blender, outside, jobAfterMs })) };
    }
    async function call(args: Record<string, unknown>, patienceMs?: number) {
      const pair = await open(patienceMs);
      const progress: string[] = [];
      const result = (await pair.client.callTool({ name: 'hyper3d_generate', arguments: args }, undefined, {
        onprogress: ({ message }) => progress.push(message ?? ''),
      })) as CallToolResult;
      await pair.close();
      const [first] = result.content;
      return { ...pair, result, progress, text: first?.type === 'text' ? first.text : '' };
    }

    it('makes a mesh of words, tells how far it is, and sends it to Blender with where it is from', async () => {
      const { blender, result, progress } = await call({
        prompt: 'a brass lamp',
        height: 2,
        triangles: 900,
        draft: true,
      });
      assert.equal(result.isError, undefined);
      const [request] = emulator.requests;
      assert.deepEqual(
        [request?.fields['prompt'], request?.fields['tier'], request?.fields['geometry_file_format']],
        ['a brass lamp', 'Sketch', 'glb'],
      );
      const [sent] = blender.calls;
      const { files, source, ...rest } = sent?.params as { files: { model: string }; source: object };
      assert.deepEqual(rest, { kind: 'generated', name: 'a brass lamp', height: 2, triangles: 900 });
      assert.deepEqual(Buffer.from(blender.files[files.model] ?? []), Buffer.from(model));
      assert.match(JSON.stringify(source), /"title":"a brass lamp".*"licence":"By the terms of/);
      assert.ok(
        progress.some((words) => /waiting in its queue|in the queue, 3 before/.test(words)),
        progress.join('\n'),
      );
      assert.ok(progress.some((words) => words.includes('generating')));
    });

    it('sends pictures as what they are, in their order', async () => {
      await call({ images: ['front.png', 'side.jpg'], t_pose: true });
      const [request] = emulator.requests;
      assert.deepEqual(
        request?.images.map(({ mime, bytes }) => [mime, Buffer.from(bytes)]),
        [
          ['image/png', png(1, 2, 3)],
          ['image/jpeg', jpeg],
        ],
      );
      assert.equal(String(request.fields['TAPose']), 'true');
    });

    it('sends its key to the API alone: never with the file, to Blender, or in an error', async () => {
      const { blender } = await call({ prompt: 'x' });
      const told = [
        JSON.stringify(blender.calls),
        ...Object.values(blender.files).map((bytes) => Buffer.from(bytes).toString('latin1')),
      ];
      assert.ok(blender.calls.length > 0 && !told.some((text) => text.includes(key)));
      const file = emulator.asked.filter((line) => line.includes('/files/'));
      assert.deepEqual(file, ['GET /files/model.glb -']);
    });

    it('sends nothing that is no picture', async () => {
      const { text } = await call({ images: ['notes.txt'] });
      assert.match(text, /^asset-wrong-type: notes\.txt/);
      assert.deepEqual(emulator.requests, []);
    });

    it('spends nothing where no Blender is', async () => {
      const outside = outsideFor({ hyper3d: emulator.url, fal: emulator.url, keys }, { everyMs: 5 });
      const pair = await mcpPair({ blender: new FakeBlender({}, {}, false), outside });
      const result = (await pair.client.callTool({
        name: 'hyper3d_generate',
        arguments: { prompt: 'x' },
      })) as CallToolResult;
      await pair.close();
      assert.equal(result.isError, true);
      assert.deepEqual(emulator.requests, []);
    });

    const faults: readonly (readonly [Hyper3dFault, string, RegExp])[] = [
      ['wrong-key', 'service-key-refused', /\n.*sets a new one/],
      ['no-funds', 'insufficient-funds', /\n.*tops it up/],
      ['rate-limited', 'rate-limited', /\n.*9 s/],
      ['refused', 'generation-refused', /The prompt was flagged\. \(•••\)\n.*other words/],
      ['fails', 'generation-failed', /\n.*other words/],
      ['html-model', 'asset-wrong-type', /a web page/],
    ];
    for (const [fault, code, words] of faults) {
      it(`says ${code} when it is ${fault}, and the key to nobody`, async () => {
        emulator.faults.add(fault);
        const { text, blender } = await call({ prompt: 'a lamp' });
        assert.ok(text.startsWith(`${code}: `), text);
        assert.match(text, words);
        assert.ok(!text.includes(key));
        assert.deepEqual(blender.calls, []);
      });
    }

    it('says generation-timeout when it is not done, lets it go on, and fetches it by its id', async () => {
      emulator.faults.add('stuck');
      const { text } = await call({ prompt: 'a lamp' }, 60);
      assert.match(text, /^generation-timeout: .*\n.*account/);
      assert.equal(emulator.requests[0]?.state, 'running');
      emulator.faults.clear();
      const { blender, result } = await call({ id: idIn(text), name: 'lamp' });
      assert.equal(result.isError, undefined);
      assert.equal(blender.calls.length, 1);
      assert.equal(emulator.requests.length, 1);
    });

    it('names the generation whose file does not come, and fetches it by that id without paying again', async () => {
      emulator.faults.add('no-file');
      const { text } = await call({ prompt: 'a lamp' });
      assert.match(text, /^service-refused: /);
      emulator.faults.clear();
      const { blender } = await call({ id: idIn(text), prompt: 'a lamp' });
      const [sent] = blender.calls;
      const { name, source } = sent?.params as { name: string; source: { id: string; title: string } };
      assert.deepEqual([name, source.title, source.id], ['a lamp', 'a lamp', idIn(text)]);
      assert.equal(emulator.requests.length, 1);
    });

    it('says generation-not-found of an id that the service does not know', async () => {
      const { text } = await call({ id: '7f1f7b9c-0000-4000-8000-000000000000' });
      assert.match(text, /^generation-not-found: .*\n.*id is whole/);
      assert.match((await call({ id: '../status' })).text, /^bad-params: .*not the id of a generation/);
      assert.deepEqual(emulator.requests, []);
    });

    it('bears it when the service does not answer some of the looks', async () => {
      emulator.faults.add('hiccup');
      const { result } = await call({ prompt: 'a lamp' });
      assert.equal(result.isError, undefined);
    });

    it('takes no model that refers to other files, or that is cut off; but keeps it, and says where', async () => {
      emulator.model = generatedGlb({ rings: 4, uri: 'file:///etc/passwd' });
      const { text, blender } = await call({ prompt: 'x' });
      assert.match(text, /^asset-external: /);
      const name = /uploads\/([\w.-]+\.glb)/.exec(text)?.[1] ?? '';
      assert.deepEqual(Buffer.from(blender.files[name] ?? []), Buffer.from(emulator.model));
      assert.match(idIn(text), /^[\da-f-]{36}$/);
      assert.deepEqual(blender.calls, []);
      emulator.model = model.subarray(0, model.length - 100);
      assert.match((await call({ prompt: 'x' })).text, /^asset-corrupt: .*the end is missing/);
    });

    it('keeps what was paid for where Blender does not take it, and says where', async () => {
      const blender = new FakeBlender({
        import_asset: () => {
          throw new ForgeError('asset-unreadable', 'It is flat.', 'Use other words.');
        },
      });
      const outside = outsideFor({ hyper3d: emulator.url, fal: emulator.url, keys }, { everyMs: 5 });
      const pair = await mcpPair({ blender, outside });
      const result = (await pair.client.callTool({
        name: 'hyper3d_generate',
        arguments: { prompt: 'x' },
      })) as CallToolResult;
      await pair.close();
      const [name] = Object.keys(blender.files);
      assert.match(
        JSON.stringify(result.content),
        new RegExp(`asset-unreadable: It is flat.*uploads/${name ?? ''}`),
      );
    });

    it('becomes a job that can be cancelled', async () => {
      emulator.faults.add('stuck');
      const { client, close } = await open(5_000, 50);
      const started = (await client.callTool({
        name: 'hyper3d_generate',
        arguments: { prompt: 'x' },
      })) as CallToolResult;
      const { id } = (started.structuredContent as { job: { id: string } }).job;
      const looked = (await client.callTool({
        name: 'job',
        arguments: {},
      })) as CallToolResult;
      assert.match(JSON.stringify(looked.structuredContent), /generating/);
      const ended = (await client.callTool({
        name: 'cancel_job',
        arguments: { id },
      })) as CallToolResult;
      await close();
      assert.deepEqual(ended.structuredContent, { job: { id, state: 'cancelled' } });
      if (keys.fal !== null) assert.equal(emulator.requests[0]?.state, 'cancelled');
    });
  });
}

describe('hyper3d_generate', () => {
  const call = async (
    args: Record<string, unknown>,
    keys?: ServiceKeys,
    fault?: Hyper3dFault,
  ): Promise<string> => {
    const emulator = await hyper3dEmulator(key);
    if (fault !== undefined) emulator.faults.add(fault);
    const places = { hyper3d: emulator.url, fal: emulator.url, ...(keys === undefined ? {} : { keys }) };
    const pair = await mcpPair({ blender: new FakeBlender(), outside: outsideFor(places, { everyMs: 5 }) });
    const result = (await pair.client.callTool({
      name: 'hyper3d_generate',
      arguments: args,
    })) as CallToolResult;
    await pair.close();
    emulator.close();
    const [first] = result.content;
    return first?.type === 'text' ? first.text : '';
  };

  it('says how a key is set where there is none', async () => {
    assert.match(await call({ prompt: 'x' }), /^no-service-key: .*\n.*AVATAR_FORGE_HYPER3D_KEY/);
  });

  it('wants words or pictures', async () => {
    assert.match(await call({}), /^bad-params: .*\n.*prompt/);
  });

  it('sends fal.ai’s key to no other host, whatever the queue answers', async () => {
    const said = await call({ prompt: 'x' }, { hyper3d: null, fal: key }, 'elsewhere');
    assert.match(said, /^bad-answer: fal\.ai points to another host/);
  });

  it('asks Hyper3D how far an earlier generation is by its own word for it, while this process knows it', async () => {
    const emulator = await hyper3dEmulator(key);
    emulator.faults.add('stuck');
    const keys = { hyper3d: key, fal: null };
    const outside = outsideFor({ hyper3d: emulator.url, keys }, { everyMs: 5, patienceMs: 30 });
    const pair = await mcpPair({ blender: new FakeBlender(), outside });
    const made = async (args: Record<string, unknown>): Promise<string> =>
      JSON.stringify(await pair.client.callTool({ name: 'hyper3d_generate', arguments: args }));
    try {
      const id = /id \\"([\w-]+)/.exec(await made({ prompt: 'x' }))?.[1];
      emulator.faults.add('fails');
      assert.match(await made({ id }), /generation-failed/);
    } finally {
      await pair.close();
      emulator.close();
    }
  });

  it('says generation-failed where Hyper3D’s list of files has no GLB', async () => {
    const said = await call({ prompt: 'x' }, { hyper3d: key, fal: null }, 'no-glb');
    assert.match(said, /^generation-failed: .*no GLB/);
  });
});
