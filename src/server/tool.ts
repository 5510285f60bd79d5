import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { BlenderPort, CallOptions } from '../core/ports.ts';
import type { GltfValidator } from '../core/vrm/validator.ts';
import type { Jobs } from './jobs.ts';
import type { Outside } from './outside.ts';
import type { ToolOutput } from './toolOutput.ts';

/** What a tool works with: the same for all. */
export interface ToolContext extends CallOptions {
  readonly blender: BlenderPort;
  readonly validator: GltfValidator;
  readonly jobs: Jobs;
  readonly outside: Outside;
  readonly signal: AbortSignal;
  /** The client shows MCP Apps: an export is looked at there. */
  readonly showsApps: boolean;
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  /** `code`: the parameter `code` is run in Blender, so the code policy decides first. */
  readonly gate?: 'code';
  /** It waits for other calls' work, or ends it: never a job itself. */
  readonly isAboutJobs: boolean;
  /** How long the work may take in Blender, in ms, before it is stopped. */
  readonly deadlineMs: number;
  run(input: unknown, context: ToolContext): Promise<ToolOutput>;
}

/** Reads only; may destroy; reaches beyond Blender, to services on the web. */
export type Hint = 'reads' | 'destroys' | 'reaches-out';

export interface ToolSpec<I extends z.ZodRawShape, O extends z.ZodRawShape> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly hints?: readonly Hint[];
  readonly input: I;
  readonly output: O;
  readonly gate?: 'code';
  readonly isAboutJobs?: true;
  readonly deadlineMs?: number;
  readonly run: (input: z.output<z.ZodObject<I>>, context: ToolContext) => Promise<ToolOutput>;
}

/** A running job, in place of a result that takes too long to wait for. */
const jobReference = z.object({
  id: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
});

export function defineTool<I extends z.ZodRawShape, O extends z.ZodRawShape>(spec: ToolSpec<I, O>): Tool {
  const hints = new Set(spec.hints);
  const input = z.strictObject(spec.input);
  return {
    name: spec.name,
    title: spec.title,
    description: spec.description,
    annotations: {
      readOnlyHint: hints.has('reads'),
      destructiveHint: hints.has('destroys'),
      openWorldHint: hints.has('reaches-out'),
    },
    input,
    // A result is either all of the shape or a job, so that no member is required.
    output: z.looseObject({ ...spec.output, job: jobReference }).partial(),
    ...(spec.gate === undefined ? {} : { gate: spec.gate }),
    isAboutJobs: spec.isAboutJobs ?? false,
    deadlineMs: spec.deadlineMs ?? 60_000,
    run: async (value, context) => spec.run(input.parse(value), context),
  };
}

const anyObject = z.record(z.string(), z.unknown());

/** A tool that is one command of the library: the same name, parameters and result. */
export function commandTool<I extends z.ZodRawShape, O extends z.ZodRawShape>(
  spec: Omit<ToolSpec<I, O>, 'run'>,
): Tool {
  return defineTool({
    ...spec,
    run: async (input, { blender, ...options }) => ({
      structured: anyObject.parse(await blender.call(spec.name, input, options)),
    }),
  });
}
