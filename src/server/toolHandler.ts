import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { ForgeError, toForgeError } from '../core/errors.ts';
import type { AuditPort, BlenderPort, Progress } from '../core/ports.ts';
import type { GltfValidator } from '../core/vrm/validator.ts';
import { plainText, plainValue } from '../core/untrusted.ts';
import type { ApprovalQuestion } from '../protocol/control.ts';
import type { Jobs } from './jobs.ts';
import type { Observer } from './observer.ts';
import type { Outside } from './outside.ts';
import { AuditTrail } from './auditTrail.ts';
import type { Tool, ToolContext } from './tool.ts';
import type { ToolOutput } from './toolOutput.ts';
import { within } from './within.ts';

/** A result's text and structuredContent stay below this, each, in bytes. */
const resultLimit = 20_000;

export interface ToolCall {
  readonly name: string;
  readonly input: unknown;
  /** The MCP client's name, for the audit. */
  readonly client: string;
  readonly showsApps: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  /** Asks about code; resolves to how it was allowed. */
  readonly admitCode: (question: ApprovalQuestion) => Promise<string>;
}

export interface HandlerOptions {
  readonly tools: readonly Tool[];
  readonly blender: BlenderPort;
  readonly validator: GltfValidator;
  readonly outside: Outside;
  /** Where Blender is, for the audit. */
  readonly where: () => string;
  readonly audit: AuditPort;
  readonly jobs: Jobs;
  /** How long a call is waited for before it becomes a job, in ms. */
  readonly jobAfterMs: number;
  readonly observer?: Observer | undefined;
}

/** The one way from a call to its result: parse → policy → audit → run → bound. Never rejects. */
export class ToolHandler {
  readonly #options: HandlerOptions;
  readonly #tools: ReadonlyMap<string, Tool>;

  constructor(options: HandlerOptions) {
    this.#options = options;
    this.#tools = new Map(options.tools.map((tool) => [tool.name, tool]));
  }

  async handle(call: ToolCall): Promise<CallToolResult> {
    try {
      const tool = this.#tools.get(call.name);
      if (tool === undefined) {
        throw new ForgeError('unknown-tool', `There is no tool ${call.name}.`, 'List the tools again.');
      }
      return toResult(await this.#run(tool, parseInput(tool, call.input), call));
    } catch (thrown) {
      return toErrorResult(
        toForgeError(thrown, 'internal', 'This is a defect of Avatar Forge', 'Please report it.'),
      );
    }
  }

  /**
   * Runs the tool. After `jobAfterMs` the call is answered by a job, and the work goes on. What may change something has a line of
   * audit before its result goes out; a job has two, one when it has become one and one at its end.
   */
  async #run(tool: Tool, input: Record<string, unknown>, call: ToolCall): Promise<ToolOutput> {
    const { jobs, jobAfterMs } = this.#options;
    const trail = new AuditTrail(this.#options, tool, input, call.client);
    if (tool.gate === 'code') {
      try {
        trail.note(await call.admitCode(questionAbout(input)));
      } catch (thrown) {
        await trail.ended(codeOf(thrown));
        throw thrown;
      }
    }
    const abort = new AbortController();
    const onAbort = () => abort.abort(call.signal.reason);
    if (call.signal.aborted) onAbort();
    call.signal.addEventListener('abort', onAbort, { once: true });
    const work = async (report: (progress: Progress) => void): Promise<ToolOutput> => {
      let outcome = 'ok';
      try {
        const output = await this.#observed(tool, input, this.#contextOf(tool, call, abort.signal, report));
        if (output.note !== undefined) trail.note(output.note);
        return output;
      } catch (thrown) {
        outcome = abort.signal.aborted ? 'cancelled' : codeOf(thrown);
        throw thrown;
      } finally {
        await trail.ended(outcome);
      }
    };
    try {
      if (tool.isAboutJobs) return await work(() => undefined);
      const job = jobs.start(tool.name, abort, work);
      try {
        const output = await within(job.outcome, jobAfterMs);
        if (output !== undefined || trail.hasEnded) {
          jobs.drop(job.id);
          return output ?? (await job.outcome);
        }
        trail.note(job.id);
        await trail.started();
        return { structured: { job: { id: job.id, state: job.state } } };
      } catch (thrown) {
        abort.abort(thrown); // what the audit does not have does not happen
        jobs.drop(job.id);
        throw thrown;
      }
    } finally {
      call.signal.removeEventListener('abort', onAbort);
    }
  }

  #contextOf(
    tool: Tool,
    call: ToolCall,
    signal: AbortSignal,
    report: (progress: Progress) => void,
  ): ToolContext {
    const { blender, validator, outside, jobs, observer } = this.#options;
    return {
      blender,
      validator,
      outside,
      jobs,
      signal,
      showsApps: call.showsApps,
      deadlineMs: tool.deadlineMs,
      onProgress: (progress) => {
        report(progress);
        call.onProgress(progress);
        observer?.('progress', { tool: tool.name, ...progress });
      },
    };
  }

  /** Runs it and tells the observer; what is about other calls' work is no activity of its own. */
  async #observed(tool: Tool, input: unknown, context: ToolContext): Promise<ToolOutput> {
    const { observer } = this.#options;
    if (observer === undefined || tool.isAboutJobs) return tool.run(input, context);
    const activity = { tool: tool.name, code: null };
    observer('activity', { ...activity, state: 'started' });
    try {
      const output = await tool.run(input, context);
      observer('activity', { ...activity, state: 'done' });
      if (output.exported !== undefined) observer('exported', output.exported);
      return output;
    } catch (thrown) {
      observer('activity', { ...activity, state: 'failed', code: codeOf(thrown) });
      throw thrown;
    }
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof ForgeError ? thrown.code : 'internal';
}

function questionAbout(input: unknown): ApprovalQuestion {
  const { code, label = null } = codeInput.parse(input);
  return { code, label };
}

const codeInput = z.object({ code: z.string(), label: z.string().optional() });

function parseInput(tool: Tool, input: unknown): Record<string, unknown> {
  const parsed = tool.input.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.join('.') ?? '';
  throw new ForgeError(
    'bad-params',
    `${tool.name} cannot take these parameters: ${path === '' ? '' : `${path}: `}${issue?.message ?? 'not an object'}.`,
    'Correct them and call again.',
    {
      data: parsed.error.issues.slice(0, 5).map(({ path: at, message }) => ({ path: at.join('.'), message })),
    },
  );
}

function toResult(output: ToolOutput): CallToolResult {
  const structured = plainValue(output.structured, 8000) as Record<string, unknown>;
  const text = JSON.stringify(structured);
  if (Buffer.byteLength(text) > resultLimit) {
    throw new ForgeError(
      'result-too-large',
      `The result has ${Buffer.byteLength(text)} bytes, more than the ${resultLimit} a client can use.`,
      'Ask for less: a smaller limit, a filter, fewer fields, or print less.',
    );
  }
  return {
    structuredContent: structured,
    content: [
      { type: 'text', text },
      ...(output.images ?? []).map((image) => ({
        type: 'image' as const,
        data: Buffer.from(image.bytes.buffer, image.bytes.byteOffset, image.bytes.byteLength).toString(
          'base64',
        ),
        mimeType: image.mime,
      })),
      ...(output.files ?? []).map((file) => ({ type: 'resource_link' as const, ...file })),
    ],
  };
}

function toErrorResult(error: ForgeError): CallToolResult {
  const details = error.data === undefined ? '' : `\n${plainText(JSON.stringify(error.data, null, 1), 6000)}`;
  return {
    isError: true,
    content: [
      { type: 'text', text: `${error.code}: ${plainText(error.message)}\n→ ${error.next}${details}` },
    ],
    _meta: { 'avatar-forge/error': { code: error.code, next: error.next } },
  };
}
