import { z } from 'zod';
import { condenseInfos } from '../../core/vrm/condense.ts';
import type { Facts } from '../../core/vrm/facts.ts';
import { PROFILES } from '../../core/vrm/profile.ts';
import { checkWhole } from '../../core/vrm/validator.ts';
import { fileName } from '../schemas.ts';
import { defineTool } from '../tool.ts';

const most = 40;

export const vrmCheck = defineTool({
  name: 'vrm_check',
  title: 'Check VRM',
  description:
    'Checks an exported file by the VRM rules and Khronos’ validator; each finding says how to mend it.',
  hints: ['reads'],
  deadlineMs: 120_000,
  input: {
    file: fileName.describe('as vrm_export named it'),
    profile: z
      .enum(['spec', 'app', 'web'])
      .optional()
      .describe('app (default) adds what the companion app needs'),
  },
  output: {
    ok: z.boolean(),
    counts: z.looseObject({ errors: z.int(), warnings: z.int() }),
    findings: z.array(z.looseObject({ code: z.string(), message: z.string(), next: z.string() })),
    facts: z.looseObject({}),
  },
  run: async ({ file, profile = 'app' }, { blender, validator, ...options }) => {
    const bytes = await blender.readFile('exports', file, options);
    const report = await checkWhole(validator, bytes, {
      profile: PROFILES[profile],
      isAnimation: file.endsWith('.vrma'),
    });
    const { version, counts, facts } = report;
    const findings = condenseInfos(report.findings);
    return {
      structured: {
        ok: counts.errors === 0,
        version,
        profile,
        counts,
        findings: findings.slice(0, most),
        more_findings: Math.max(0, findings.length - most),
        facts: facts === null ? null : brief(facts),
      },
    };
  },
});

/** What an agent wants to know of a model: expressions with their effect in millimetres instead of the whole. */
function brief({ bones, expressions, triangles, materials, springs, sizeBytes }: Facts) {
  const effect = expressions.map(({ name, effect: { maxDeltaM } }) => [
    name,
    maxDeltaM === null ? null : Math.round(maxDeltaM * 1e5) / 100,
  ]);
  return {
    bones: bones.length,
    expressions_mm: Object.fromEntries(effect) as Record<string, number | null>,
    triangles,
    materials,
    springs,
    sizeBytes,
  };
}
