import { z } from 'zod';
import type { Route } from './route.ts';
import { routes } from './routes.ts';

/** The OpenAPI 3.1 document of the HTTP API, made from what it is served by. */
export function openApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info: { title: 'Avatar Forge relay', version },
    paths,
    security: [{ key: [] }],
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problem },
    },
  };
}

const problem = {
  type: 'object',
  description: 'RFC 9457; `code` is stable, `next` says what to do.',
  required: ['type', 'title', 'status', 'detail', 'code', 'next'],
  properties: {
    type: { const: 'about:blank' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    next: { type: 'string' },
  },
};

function operation({ path, operation: operationId, summary, scopes, body, status, answer }: Route): object {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  return {
    operationId,
    summary,
    description: `Scope: ${scopes.join(' or ')}.`,
    parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...(body === null ? {} : { requestBody: { required: true, content: jsonOf(body, 'input') } }),
    responses: {
      [status]:
        answer === null
          ? { description: 'Done.' }
          : { description: 'Done.', content: jsonOf(answer, 'output') },
      default: {
        description: 'Refused.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function jsonOf(shape: z.ZodType, io: 'input' | 'output'): object {
  return { 'application/json': { schema: z.toJSONSchema(shape, { io }) } };
}
