import { ResponseError } from 'vscode-jsonrpc/node';
import { z } from 'zod';
import { ForgeError, toForgeError } from '../../core/errors.ts';
import type { ControlNews, ControlRequests } from '../../protocol/control.ts';

/** Shapes of src/protocol/control.ts, for what comes in at either end; and errors as they travel. */

export const requestParams: { [K in keyof ControlRequests]: z.ZodType<ControlRequests[K]['params']> } = {
  hello: z.object({ token: z.string().max(200) }),
  endpoint: z.object({}),
  approve: z.object({ code: z.string(), label: z.string().nullable() }),
  serviceKeys: z.object({}),
};

export const requestResults: { [K in keyof ControlRequests]: z.ZodType<ControlRequests[K]['result']> } = {
  hello: z.object({ version: z.string() }),
  endpoint: z.object({
    label: z.string(),
    host: z.string(),
    port: z.number().int(),
    token: z.string().optional(),
    tunnel: z
      .object({
        url: z.string(),
        fingerprint: z.string().optional(),
        ca: z.string().optional(),
        headers: z.record(z.string(), z.string()).optional(),
      })
      .optional(),
  }),
  approve: z.object({
    decision: z.enum(['once', 'session', 'deny']),
    by: z.enum(['person', 'session', 'policy']),
  }),
  serviceKeys: z.object({ hyper3d: z.string().nullable(), fal: z.string().nullable() }),
};

export const newsParams: { [K in keyof ControlNews]: z.ZodType<ControlNews[K]> } = {
  exported: z.object({ name: z.string(), size: z.number(), sha256: z.string() }),
  activity: z.object({
    tool: z.string(),
    state: z.enum(['started', 'done', 'failed']),
    code: z.string().nullable(),
  }),
  progress: z.object({ tool: z.string(), fraction: z.number().nullable(), message: z.string() }),
};

const errorData = z.object({ code: z.string(), next: z.string() });
/** In the range that JSON-RPC leaves to applications; what it was is in the data. */
const applicationError = 1;

export function toResponseError(thrown: unknown): ResponseError<z.infer<typeof errorData>> {
  const { message, code, next } = toForgeError(
    thrown,
    'internal',
    'This is a defect of Avatar Forge',
    'Please report it.',
  );
  return new ResponseError(applicationError, message, { code, next });
}

/** The error that the other side meant; anything else is `control-lost`. */
export function fromResponseError(thrown: unknown): ForgeError {
  const told = thrown instanceof ResponseError ? errorData.safeParse(thrown.data) : null;
  if (told?.success === true && thrown instanceof Error) {
    return new ForgeError(told.data.code, thrown.message, told.data.next, { cause: thrown });
  }
  return toForgeError(
    thrown,
    'control-lost',
    'The editor no longer answers this server',
    'Start the MCP server again in the editor (MCP: List Servers).',
  );
}
