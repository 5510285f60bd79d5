import assert from 'node:assert/strict';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { fileKind } from '../../../src/core/assets/fileKind.ts';
import { readGlb } from '../../../src/core/vrm/glb.ts';
import { polyHavenEmulator, type PolyHavenEmulator, type PolyHavenFault } from '../../emulators/polyHaven.ts';
import { outsideFor } from '../../support/assets/outside.ts';
import { FakeBlender } from '../../support/fakeBlender.ts';
import { mcpPair } from '../../support/mcpPair.ts';

const found = z.object({
  found: z.number(),
  assets: z.array(z.looseObject({ id: z.string(), kind: z.string() })),
  licence: z.literal('CC0-1.0'),
  credit: z.string().regex(/^Powered by Poly Haven/),
});

describe('poly_haven_download', () => {
  let polyHaven: PolyHavenEmulator;
  before(async () => {
    polyHaven = await polyHavenEmulator();
  });
  after(() => polyHaven.close());
  beforeEach(() => {
    polyHaven.faults.clear();
    polyHaven.asked.length = 0;
  });

  async function call(args: Record<string, unknown>) {
    const blender = new FakeBlender({ import_asset: () => ({ material: 'm', diff: { revision: 1 } }) });
    const outside = outsideFor({ polyHaven: polyHaven.url }, { silenceMs: 300 });
    const pair = await mcpPair({ blender, outside, jobAfterMs: 20_000 });
    const progress: string[] = [];
    const result = (await pair.client.callTool({ name: 'poly_haven_download', arguments: args }, undefined, {
      onprogress: ({ message }) => progress.push(message ?? ''),
    })) as CallToolResult;
    await pair.close();
    const [first] = result.content;
    return { result, text: first?.type === 'text' ? first.text : '', blender, progress };
  }
  const search = async (query: string, kind?: string) =>
    found.parse(
      (await call({ action: 'search', query, ...(kind ? { kind } : {}) })).result.structuredContent,
    );

  it('finds by every word, in names first, and what is liked before the rest', async () => {
    const { assets } = await search('red');
    assert.deepEqual(
      assets.map(({ id, kind }) => [id, kind]),
      [
        ['red_felt', 'texture'], // in its id
        ['old_bricks', 'texture'],
        ['lamp', 'model'],
      ],
    );
    assert.deepEqual(await search('wall RED').then(({ assets: [one] }) => one?.id), 'old_bricks');
    assert.deepEqual(
      (await search('', 'hdri')).assets.map(({ id }) => id),
      ['dusk'],
    );
    assert.equal((await search('nothing of the kind')).found, 0);
  });

  it('shows a preview as a picture, with the resolutions there are', async () => {
    const { result } = await call({ action: 'preview', id: 'dusk' });
    assert.deepEqual(
      result.content.map((part) => (part.type === 'image' ? part.mimeType : part.type)),
      ['text', 'image/png'],
    );
    const [asset] = (result.structuredContent as { assets: { resolutions: string[] }[] }).assets;
    assert.deepEqual(asset?.resolutions, ['1k', '2k']);
  });

  it('sends the chosen maps to Blender, each checked, and where they are from', async () => {
    const { blender, result, progress } = await call({ action: 'import', id: 'old_bricks' });
    assert.equal(result.isError, undefined);
    const [{ method, params }] = blender.calls as [(typeof blender.calls)[0]];
    const { files, source, kind } = z
      .object({
        kind: z.string(),
        files: z.record(z.string(), z.string()),
        source: z.record(z.string(), z.unknown()),
      })
      .parse(params);
    assert.deepEqual(
      [method, kind, Object.keys(files)],
      ['import_asset', 'texture', ['base_color', 'normal', 'roughness', 'metallic', 'ao', 'displacement']],
    );
    assert.equal(source['licence'], 'CC0-1.0');
    assert.equal(source['url'], 'https://polyhaven.com/a/old_bricks');
    const kinds = Object.values(files).map((name) => fileKind(blender.files[name] ?? new Uint8Array()));
    assert.deepEqual(kinds, ['jpeg', 'png', 'jpeg', 'jpeg', 'jpeg', 'png']);
    assert.ok(!polyHaven.asked.some((path) => /nor_dx|_arm/.test(path)), 'what is not used is not fetched');
    assert.ok(progress.some((message) => message.startsWith('Fetching')));
    assert.deepEqual((result.structuredContent as { size_m: number[] }).size_m, [2, 1.5]);
  });

  it('packs a model and the files beside it into one GLB without paths', async () => {
    const { blender } = await call({ action: 'import', id: 'lamp' });
    const [name] = Object.keys(blender.files);
    const { json, problems } = readGlb(blender.files[name ?? ''] ?? new Uint8Array());
    assert.deepEqual(problems, []);
    assert.doesNotMatch(JSON.stringify(json), /"uri"/);
    const [image] = (json as { images: { mimeType: string; name: string }[] }).images;
    assert.deepEqual([image?.mimeType, image?.name], ['image/png', 'lamp_diff_1k']); // by its bytes: its name says JPEG
  });

  const faults: readonly (readonly [PolyHavenFault, string, RegExp, Record<string, unknown>?])[] = [
    ['html', 'bad-answer', /no JSON.*\n.*login page/],
    ['corrupt', 'asset-corrupt', /another MD5/],
    ['corrupt', 'asset-corrupt', /another MD5/, { id: 'lamp' }],
    ['blend', 'asset-wrong-type', /is a \.blend file, not a Radiance HDR/],
    ['blend', 'asset-wrong-type', /is a \.blend file, not a JSON text/, { id: 'lamp' }],
    ['archive', 'asset-wrong-type', /is an archive, not a JPEG/, { id: 'old_bricks' }],
    ['short', 'asset-corrupt', /of \d+ bytes arrived/],
    ['broken', 'service-unreachable', /127\.0\.0\.1/],
    ['stalled', 'service-timeout', /silent/],
    ['huge', 'asset-too-large', /256 MiB.*\n.*smaller resolution/],
    ['endless', 'asset-corrupt', /longer than/],
    ['elsewhere', 'bad-answer', /files\.example\.com/],
    ['rate-limited', 'rate-limited', /\n.*7 s/],
    ['server-error', 'service-refused', /HTTP 500.*\n.*later/],
    ['redirect', 'service-refused', /HTTP 302/],
  ];
  for (const [fault, code, words, args] of faults) {
    it(`says ${code} when the service is ${fault}${args ? ' (model)' : ''}, and sends nothing to Blender`, async () => {
      polyHaven.faults.add(fault);
      const { text, blender } = await call({ action: 'import', id: 'dusk', ...args });
      assert.ok(text.startsWith(`${code}: `), text);
      assert.match(text, words);
      assert.deepEqual([blender.calls, blender.files], [[], {}]);
    });
  }

  it('fetches the resolution that is asked for, 1k where none is', async () => {
    await call({ action: 'import', id: 'dusk', resolution: '2k' });
    await call({ action: 'import', id: 'dusk' });
    assert.deepEqual(
      polyHaven.asked.filter((path) => path.startsWith('/file/')),
      ['/file/hdri/dusk_2k.hdr', '/file/hdri/dusk.hdr'],
    );
  });

  it('says what there is where an id or resolution is not', async () => {
    assert.match((await call({ action: 'import', id: 'no_such' })).text, /^asset-not-found: /);
    assert.match(
      (await call({ action: 'import', id: 'dusk', resolution: '8k' })).text,
      /^resolution-missing: .*\n.*1k, 2k/,
    );
    assert.match((await call({ action: 'import' })).text, /^bad-params: .*\n.*Search/);
    assert.match((await call({ action: 'import', id: '../../etc' })).text, /^bad-params: /);
  });

  it('says where to look when the service cannot be reached', async () => {
    const pair = await mcpPair({ blender: new FakeBlender() });
    const result = (await pair.client.callTool({
      name: 'poly_haven_download',
      arguments: { action: 'search', query: 'x' },
    })) as CallToolResult;
    await pair.close();
    const [first] = result.content;
    assert.match(
      first?.type === 'text' ? first.text : '',
      /^service-unreachable: Poly Haven .*\n.*HTTPS_PROXY/,
    );
  });

  it('stops when it is cancelled', async () => {
    polyHaven.faults.add('stalled');
    const pair = await mcpPair({
      blender: new FakeBlender(),
      outside: outsideFor({ polyHaven: polyHaven.url }),
      jobAfterMs: 100,
    });
    const started = (await pair.client.callTool({
      name: 'poly_haven_download',
      arguments: { action: 'import', id: 'dusk' },
    })) as CallToolResult;
    const { id } = (started.structuredContent as { job: { id: string } }).job;
    const ended = (await pair.client.callTool({
      name: 'cancel_job',
      arguments: { id },
    })) as CallToolResult;
    await pair.close();
    assert.deepEqual(ended.structuredContent, { job: { id, state: 'cancelled' } });
  });
});

describe('annotations', () => {
  it('tell which tools reach beyond Blender', async () => {
    const pair = await mcpPair({ blender: new FakeBlender() });
    const { tools } = await pair.client.listTools();
    await pair.close();
    const open = tools.filter(({ annotations }) => annotations?.openWorldHint === true);
    assert.deepEqual(open.map(({ name }) => name).sort(), ['hyper3d_generate', 'poly_haven_download']);
  });
});
