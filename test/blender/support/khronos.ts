import { createRequire } from 'node:module';
import { z } from 'zod';

// The package comes without types.
const validator = z
  .object({
    validateBytes: z.custom<(bytes: Uint8Array, options: object) => Promise<unknown>>(
      (value) => typeof value === 'function',
    ),
  })
  .parse(createRequire(import.meta.url)('gltf-validator'));

const report = z.object({
  issues: z.object({ messages: z.array(z.object({ code: z.string(), severity: z.int() })) }),
});

/** Codes of what Khronos' validator finds, but that it knows no VRM extension. */
export async function khronosIssues(bytes: Uint8Array): Promise<{ errors: string[]; warnings: string[] }> {
  const { issues } = report.parse(await validator.validateBytes(bytes, { maxIssues: 200 }));
  const of = (severity: number): string[] =>
    issues.messages.filter((message) => message.severity === severity).map((message) => message.code);
  return { errors: of(0), warnings: of(1) };
}
