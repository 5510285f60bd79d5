import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const call = z.strictObject({
  tool: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  /** The file that keeps the call's picture. */
  picture: z.string().optional(),
});
const answered = z.strictObject({ prompt: z.string(), calls: z.array(call) });

export type ScriptedCall = z.infer<typeof call>;
/** A prompt, and the tool calls by which an agent answers it. */
export type AnsweredPrompt = z.infer<typeof answered>;

/** The four prompts of prompts.json: what the demo plays, a test holds against every Blender, and docs/transcripts.md shows. */
export function fourPrompts(): readonly AnsweredPrompt[] {
  const text = readFileSync(join(import.meta.dirname, 'prompts.json'), 'utf8');
  return z.array(answered).parse(JSON.parse(text));
}
