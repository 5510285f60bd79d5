import assert from 'node:assert/strict';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { FakeBlender } from '../../support/fakeBlender.ts';
import { mcpPair } from '../../support/mcpPair.ts';
import { checkVrm } from '../../../src/core/vrm/check.ts';
import { packGlb } from '../../support/vrm/glb.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';

const { glb, document, bin } = sampleVrm('1.0');
const large = new Uint8Array((8 << 20) + 1);
/** Most of it is nothing that a copy would keep. */
const heavy = packGlb(document, Buffer.concat([bin, new Uint8Array(9 << 20)]));
const viewerPage = () => Promise.resolve('<!doctype html><title>viewer</title>');

describe('the viewer in the chat', () => {
  const open = (page?: typeof viewerPage) =>
    mcpPair({
      blender: new FakeBlender({}, { 'A.vrm': glb, 'Large.vrm': large, 'Heavy.vrm': heavy }),
      ...(page === undefined ? {} : { viewerPage: page }),
    });

  it('is offered with an export to a client that shows apps, and its tool to the page alone', async () => {
    const { client, close } = await open(viewerPage);
    const { tools } = await client.listTools();
    const of = (name: string) => tools.find((tool) => tool.name === name)?._meta;
    assert.deepEqual(of('vrm_export'), { ui: { resourceUri: 'ui://avatar-forge/viewer' } });
    assert.deepEqual(of('view_avatar'), { ui: { visibility: ['app'] } });
    assert.equal(of('vrm_check'), undefined);
    const { contents } = await client.readResource({ uri: 'ui://avatar-forge/viewer' });
    assert.equal(contents[0]?.mimeType, 'text/html;profile=mcp-app');
    await close();
  });

  it('is nothing that another client hears of', async () => {
    const { client, close } = await open();
    const { tools } = await client.listTools();
    assert(tools.every(({ name, _meta }) => name !== 'view_avatar' && _meta === undefined));
    await close();
  });

  const exportBy = async (page: typeof viewerPage | undefined, canPicture = true) => {
    const asked: unknown[] = [];
    const blender = new FakeBlender({
      vrm_export: () => ({
        file: { name: 'A.vrm', size: 1, sha256: '' },
        bones: [],
        expressions: [],
        writer: 'own',
      }),
      get_screenshot: (parameters) => {
        asked.push(parameters);
        if (!canPicture) throw new Error('nothing to see');
        const image = { mime: 'image/png', bytes: new Uint8Array([1, 2, 3]) };
        return { image, width: 1, height: 1, way: 'window', view: 'turntable' };
      },
    });
    const { client, close } = await mcpPair({ blender, ...(page === undefined ? {} : { viewerPage: page }) });
    const request = { name: 'vrm_export', arguments: { name: 'A' } };
    const { content, isError } = (await client.callTool(request)) as CallToolResult;
    await close();
    return { asked, isError, kinds: content.map(({ type }) => type) };
  };

  it('is a picture sheet to another client, which sees what it exported', async () => {
    const { asked, kinds } = await exportBy(undefined);
    assert.deepEqual(asked, [{ view: 'turntable', max_size: 640 }]);
    assert(kinds.includes('image'));
    const withApps = await exportBy(viewerPage);
    assert.deepEqual(withApps.asked, []);
    assert(!withApps.kinds.includes('image'));
  });

  it('leaves an export as good as it is where no picture can be taken', async () => {
    const { asked, isError, kinds } = await exportBy(undefined, false);
    assert.equal(asked.length, 1);
    assert.equal(isError, undefined);
    assert(!kinds.includes('image'));
  });

  const view = async (parameters: Record<string, unknown>) => {
    const { client, audit, close } = await open(viewerPage);
    const result = await client.callTool({ name: 'view_avatar', arguments: parameters });
    assert.deepEqual(audit, []);
    await close();
    return result as {
      readonly isError?: boolean;
      readonly structuredContent?: Record<string, unknown>;
      readonly content: readonly { readonly text?: string; readonly resource?: { readonly blob: string } }[];
    };
  };

  it('is told size and findings of an export', async () => {
    const { structuredContent } = await view({ file: 'A.vrm' });
    assert.equal(structuredContent?.['size'], glb.length);
    assert.deepEqual([structuredContent['shownSize'], structuredContent['isLighter']], [glb.length, false]);
    assert.deepEqual(Object.keys(structuredContent['report'] as object).toSorted(), [
      'budget',
      'expressions',
      'findings',
      'licence',
      'sizeBytes',
    ]);
  });

  it('is told of a large one that it is not shown, where no copy of it can be made', async () => {
    const { structuredContent } = await view({ file: 'Large.vrm' });
    assert.deepEqual(
      [structuredContent?.['size'], structuredContent?.['shownSize'], structuredContent?.['isLighter']],
      [large.length, null, false],
    );
    assert.equal((await view({ file: 'Large.vrm', offset: 0 })).isError, true);
  });

  it('gets a lighter copy of a large one, which is as sound', async () => {
    const { structuredContent } = await view({ file: 'Heavy.vrm' });
    const shown = Number(structuredContent?.['shownSize']);
    assert.equal(structuredContent?.['size'], heavy.length);
    assert.equal(structuredContent['isLighter'], true);
    assert(shown > 1000 && shown < glb.length * 1.2, String(shown));
    const { content } = await view({ file: 'Heavy.vrm', offset: 0, length: 1 << 20 });
    const bytes = Buffer.from(content[0]?.resource?.blob ?? '', 'base64');
    assert.equal(bytes.length, shown);
    assert.deepEqual(checkVrm(bytes).counts.errors, 0);
  });

  it('gets the bytes in parts', async () => {
    const parts = [];
    for (let offset = 0; offset < glb.length; offset += 5000) {
      const { content } = await view({ file: 'A.vrm', offset, length: 5000 });
      parts.push(Buffer.from(content[0]?.resource?.blob ?? '', 'base64'));
    }
    assert(Buffer.concat(parts).equals(glb));
  });

  for (const parameters of [
    {},
    { file: '../secret' },
    { file: 'A.vrm', offset: -1 },
    { file: 'A.vrm', offset: 1e9 },
    { file: 'A.vrm', offset: 0, length: 1 << 30 },
    { file: 'B.vrm' },
  ]) {
    it(`is refused ${JSON.stringify(parameters)}, with a reason`, async () => {
      const { isError, content } = await view(parameters);
      assert.equal(isError, true);
      assert.match(content[0]?.text ?? '', /^(bad-params|not-found): .* → /s);
    });
  }
});
