/** Profiles that users write, beside those of our own (docs/rules.md). */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ForgeError, reasonOf } from '../../core/errors.ts';
import { type Profile, PROFILES } from '../../core/vrm/profile.ts';
import { isCode } from '../../core/vrm/rules/index.ts';

const taken: readonly string[] = [...Object.keys(PROFILES), 'none'];
const severity = z.enum(['error', 'warning', 'info', 'off']);
const ownProfile = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(60)
    .refine((name) => !taken.includes(name), 'This is the name of another profile')
    .default('own'),
  description: z.string().default(''),
  requiredExpressions: z.array(z.string()).default([]),
  severities: z
    .record(z.string(), severity)
    .superRefine((codes, context) => {
      for (const code of Object.keys(codes).filter((one) => !isCode(one)))
        context.addIssue({
          code: 'custom',
          path: [code],
          message: `No check has the code ${JSON.stringify(code)}`,
        });
    })
    .default({}),
  budget: z
    .strictObject({
      triangles: z.number().min(0).optional(),
      materials: z.number().min(0).optional(),
      bones: z.number().min(0).optional(),
      textureMiB: z.number().min(0).optional(),
    })
    .optional(),
});

/** The profile of that name, else the one in the JSON file at that path. Error: `bad-profile`. */
export async function openProfile(name: string): Promise<Profile> {
  const known = Object.values<Profile>(PROFILES).find((profile) => profile.name === name);
  if (known !== undefined) return known;
  const next = `Name one of ${Object.keys(PROFILES).join(', ')}, or a JSON file (docs/rules.md).`;
  try {
    const parsed = ownProfile.safeParse(JSON.parse(await readFile(name, 'utf8')));
    if (parsed.success) return parsed.data;
    throw new ForgeError('bad-profile', `${name} is no profile: ${z.prettifyError(parsed.error)}`, next);
  } catch (thrown) {
    if (thrown instanceof ForgeError) throw thrown;
    throw new ForgeError('bad-profile', `There is no profile ${name}: ${reasonOf(thrown)}.`, next);
  }
}
