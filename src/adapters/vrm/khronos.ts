/** Khronos' glTF validator behind core's door: it knows glTF to the byte, and nothing of VRM. */
import { z } from 'zod';
import { toForgeError } from '../../core/errors.ts';
import type { Finding, Severity } from '../../core/vrm/finding.ts';
import { type Glb, readGlb } from '../../core/vrm/glb.ts';
import type { GltfValidator } from '../../core/vrm/validator.ts';
import { endlessZeros } from './endlessZeros.ts';
import { headlessPng } from './headlessPng.ts';

/**
 * What it says of every sound VRM: the name `VRM` has no vendor prefix, MToon and unlit stand on one material as VRM asks,
 * and it does not know the extensions.
 */
const NOISE = ['INVALID_EXTENSION_NAME_FORMAT', 'MULTIPLE_EXTENSIONS', 'UNSUPPORTED_EXTENSION'];

const MAX_ISSUES = 200;

const resultSchema = z.object({
  issues: z.object({
    messages: z.array(
      z.object({
        code: z.string(),
        message: z.string(),
        severity: z.number(),
        pointer: z.string().optional(),
      }),
    ),
    truncated: z.boolean().optional(),
  }),
});

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info', 'info'];
const NEXT: Readonly<Record<Severity, string>> = {
  error: 'Mend it in the program that wrote the file, and export again.',
  warning: 'Look at it in the program that wrote the file.',
  info: 'Nothing needs to be done.',
};

export class KhronosValidator implements GltfValidator {
  async validate(glb: Uint8Array): Promise<readonly Finding[]> {
    const unfit = unfitFor(readGlb(glb));
    if (unfit !== null) return [unfit];
    try {
      const { validateBytes } = await import('gltf-validator'); // two megabytes that only a check needs
      const { issues } = resultSchema.parse(
        await validateBytes(glb, {
          format: 'glb',
          maxIssues: MAX_ISSUES,
          writeTimestamp: false,
          ignoredIssues: NOISE,
        }),
      );
      return issues.messages.map((issue) => findingOf(issue));
    } catch (thrown) {
      throw toForgeError(
        thrown,
        'validator-failed',
        "Khronos' validator failed",
        'Report the file that made it fail.',
      );
    }
  }
}

/**
 * What the validator would not survive, in its own words; what else it would find comes after this is mended. `null` where it can
 * be asked.
 */
function unfitFor(glb: Glb<Uint8Array>): Finding | null {
  const rest = "Khronos' validator did not look at the rest.";
  const image = headlessPng(glb);
  if (image !== null) {
    const message = `Image data is invalid. PNG header not found. ${rest}`;
    return findingOf({ code: 'IMAGE_DATA_INVALID', message, severity: 0, pointer: `/images/${image}` });
  }
  const accessor = endlessZeros(glb.json);
  if (accessor === null) return null;
  const message = `Accessors without a buffer view have more elements than any model needs. ${rest}`;
  return findingOf({ code: 'ACCESSOR_TOO_LONG', message, severity: 0, pointer: `/accessors/${accessor}` });
}

type Issue = z.infer<typeof resultSchema>['issues']['messages'][number];

function findingOf({ code, message, severity: level, pointer }: Issue): Finding {
  const severity = SEVERITIES[level] ?? 'info';
  return {
    code: `gltf:${code}`,
    severity,
    message,
    next: NEXT[severity],
    where: pointer === undefined ? {} : { pointer },
    spec: 'https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html',
  };
}
