import assert from 'node:assert/strict';
import { starterPrompts } from '../../../src/core/prompts.ts';
import { FakeBlender } from '../../support/fakeBlender.ts';
import { mcpPair } from '../../support/mcpPair.ts';

describe('the prompts of the server', () => {
  it('are there to be picked, and say their text as the user', async () => {
    const pair = await mcpPair({ blender: new FakeBlender() });
    const { prompts } = await pair.client.listPrompts();
    assert.deepEqual(
      prompts.map(({ name, title }) => [name, title]),
      starterPrompts.map(({ name, title }) => [name, title]),
    );
    const { messages } = await pair.client.getPrompt({ name: 'golden-armor' });
    const [message, ...more] = messages;
    assert.deepEqual(more, []);
    assert.equal(message?.role, 'user');
    assert.match(message.content.type === 'text' ? message.content.text : '', /metallic gold/);
    await pair.close();
  });
});
