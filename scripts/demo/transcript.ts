import { type Cost, noCost, plus, tokens } from './cost.ts';
import type { AnsweredPrompt, ScriptedCall } from './script.ts';

/** A call that was made: what came back, and what it cost. */
export interface PlayedCall extends ScriptedCall {
  readonly answer: Readonly<Record<string, unknown>>;
  readonly cost: Cost;
}

export interface PlayedPrompt {
  readonly prompt: string;
  readonly calls: readonly PlayedCall[];
}

/** For people, in Markdown: each prompt with its calls in full and their answers abridged. */
export function transcriptPage(played: readonly PlayedPrompt[], blender: string): string {
  const all = played.flatMap(({ calls }) => calls);
  const { calls, bytes, pictures, ...text } = all.map(({ cost }) => cost).reduce(plus, noCost);
  return `# Four prompts, as tool calls

<!-- Written by ./demo as out/demo/transcript.md; \`node scripts/transcripts.ts\` brings it here. Do not edit. -->

What \`./demo\` plays, from \`scripts/demo/prompts.json\`, here in Blender ${blender}: ${calls} calls, ${Math.round(bytes / 1000)} kB both
ways, ${pictures} pictures; the text is about ${tokens(text)} tokens, at four characters a token. Long answers are abridged. The pictures are
those of the README.

${played.map(page).join('\n\n')}
`;
}

function page({ prompt, calls }: PlayedPrompt): string {
  const answered = calls.map(
    (call) =>
      `${asked(call)}\n\n→ ${tokens(call.cost)} tokens${call.picture === undefined ? '' : `, \`${call.picture}\``}: \`${abridged(call.answer)}\``,
  );
  return [heading(prompt), ...answered].join('\n\n');
}

/** What of the page is the script's, in its order. */
export function scriptedLines(script: readonly AnsweredPrompt[]): string[] {
  return script.flatMap(({ prompt, calls }) => [heading(prompt), ...calls.map(asked)]);
}

const heading = (prompt: string): string => `## “${prompt}”`;

function asked({ tool, arguments: args }: ScriptedCall): string {
  const vectorsOnALine = JSON.stringify(args, null, 2).replace(/\[[-\d.,\s]+\]/g, (vector) =>
    vector.replace(/\s+/g, ' ').replace('[ ', '[').replace(' ]', ']'),
  );
  return `### ${tool}\n\n\`\`\`json\n${vectorsOnALine}\n\`\`\``;
}

/** The answer's beginning: of each list the first few, of the whole one line. */
function abridged(answer: unknown): string {
  const text = JSON.stringify(shortened(answer));
  return text.length <= 600 ? text : `${text.slice(0, 600)}…`;
}

function shortened(value: unknown): unknown {
  const most = 5;
  if (Array.isArray(value)) {
    const kept = value.slice(0, most).map(shortened);
    return value.length <= most ? kept : [...kept, `… ${value.length - most} more`];
  }
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([name, member]) => [name, shortened(member)] as const);
  return Object.fromEntries(
    members.length <= 12 ? members : [...members.slice(0, most), ['…', `${members.length - most} more`]],
  );
}
