import assert from 'node:assert/strict';
import { starterPrompts, workPrompts } from '../../../src/core/prompts.ts';
import { tools } from '../../../src/server/tools/index.ts';
import { FakeBlender } from '../../support/fakeBlender.ts';
import { mcpPair } from '../../support/mcpPair.ts';

type Pair = Awaited<ReturnType<typeof mcpPair>>;

async function said(pair: Pair, name: string, args?: Record<string, string>): Promise<string> {
  const { messages } = await pair.client.getPrompt({ name, ...(args && { arguments: args }) });
  const [message, ...more] = messages;
  assert.deepEqual(more, []);
  assert.equal(message?.role, 'user');
  return message.content.type === 'text' ? message.content.text : '';
}

describe('the prompts of the server', () => {
  let pair: Pair;
  before(async () => {
    pair = await mcpPair({ blender: new FakeBlender() });
  });
  after(() => pair.close());

  it('are there to be picked, and say their text as the user', async () => {
    const { prompts } = await pair.client.listPrompts();
    assert.deepEqual(
      prompts.map(({ name, title }) => [name, title]),
      [...workPrompts, ...starterPrompts].map(({ name, title }) => [name, title]),
    );
    assert.match(await said(pair, 'golden-armor'), /metallic gold/);
  });

  it('take what the person adds, or do without', async () => {
    const wish = 'a knight with red hair';
    assert.match(await said(pair, 'make-an-avatar', { wish }), /a knight with red hair\./);
    assert.match(await said(pair, 'make-an-avatar', {}), /of your choice/);
    assert.match(
      await said(pair, 'rig-check', { armature: 'Armature.001' }),
      /the rig of Armature\.001 for VRM/,
    );
    assert.match(await said(pair, 'ship-it', { name: 'Aria' }), /as Aria/);
  });

  it('name no tool that is not there', () => {
    const known = new Set(tools.map(({ name }) => name));
    const words = new Set(['dry_run']);
    for (const { name, text } of workPrompts) {
      const named = text('').match(/\b[a-z]+_[a-z_]+\b/g) ?? [];
      assert.ok(named.length > 0, name);
      for (const word of named) assert.ok(known.has(word) || words.has(word), `${name}: ${word}`);
    }
  });
});
