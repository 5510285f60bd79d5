import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { starterPrompts } from '../core/prompts.ts';

/** Prompts that a person picks in the client (with `/` in a chat) to begin with. */
export function registerPrompts(mcp: McpServer): void {
  for (const { name, title, text } of starterPrompts) {
    mcp.registerPrompt(name, { title, description: text }, () => ({
      messages: [{ role: 'user', content: { type: 'text', text } }],
    }));
  }
}
