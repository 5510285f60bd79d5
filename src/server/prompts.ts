import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { GetPromptResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { starterPrompts, workPrompts } from '../core/prompts.ts';

/** Prompts that a person picks in the client (with `/` in a chat): pieces of work, and sentences to begin with. */
export function registerPrompts(mcp: McpServer): void {
  for (const { name, title, description, argument, text } of workPrompts) {
    const argsSchema = { [argument.name]: z.string().max(2000).optional().describe(argument.description) };
    mcp.registerPrompt(name, { title, description, argsSchema }, (said) =>
      asUser(text(said[argument.name] ?? '')),
    );
  }
  for (const { name, title, text } of starterPrompts) {
    mcp.registerPrompt(name, { title, description: text }, () => asUser(text));
  }
}

function asUser(text: string): GetPromptResult {
  return { messages: [{ role: 'user', content: { type: 'text', text } }] };
}
