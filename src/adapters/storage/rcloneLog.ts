import * as z from 'zod';
import { ForgeError } from '../../core/errors.ts';
import { scrub } from '../../core/scrub.ts';

/** What rclone says on stderr with --use-json-log, and what its failures mean. https://rclone.org/docs/#exit-code */

const lineSchema = z.object({
  level: z.string(),
  msg: z.string(),
  stats: z.object({ bytes: z.number(), totalBytes: z.number() }).optional(),
});

export type RcloneLine =
  | { readonly kind: 'progress'; readonly bytes: number; readonly total: number }
  | { readonly kind: 'message'; readonly level: string; readonly text: string };

/** Reads one line; what is not JSON (a crash, a line of the shell) is a message too. */
export function parseRcloneLine(line: string): RcloneLine {
  let value: unknown = null;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'message', level: 'error', text: line };
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success) return { kind: 'message', level: 'error', text: line };
  const { level, msg, stats } = parsed.data;
  if (stats === undefined) return { kind: 'message', level, text: msg };
  return { kind: 'progress', bytes: stats.bytes, total: stats.totalBytes };
}

/** An HTTP status as backends tell it; a bare number may be a part of a name, as in `Companion-412.vrm`. */
const status = (codes: string, text: string): string =>
  `\\b(?:StatusCode|status|code|error|HTTP)\\W{1,3}(?:${codes})\\b|\\b(?:${codes}) ${text}`;

const meanings: readonly { readonly when: RegExp; readonly code: string; readonly next: string }[] = [
  {
    when: /didn't find section in config file/,
    code: 'unknown-remote',
    next:
      'Add the remote to rclone.conf, or set RCLONE_CONFIG_<REMOTE>_TYPE and its other options; one called source, production, ' +
      'mirror or cdn may be S3 by AVATAR_FORGE_S3_<ROLE>_ENDPOINT and its keys.',
  },
  {
    when: new RegExp(
      `${status('40[13]', '(?:Unauthorized|Forbidden)')}|AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|RequestTimeTooSkewed`,
      'i',
    ),
    code: 'storage-denied',
    next: "Check the remote's key and secret, its rights on that bucket, and this machine's clock.",
  },
  {
    when: new RegExp(`${status('412', 'Precondition')}|PreconditionFailed|ConditionalRequestConflict`, 'i'),
    code: 'storage-conflict',
    next: 'Look at what is there, then try again.',
  },
  {
    when: new RegExp(`${status('501', 'Not Implemented')}|NotImplemented`, 'i'),
    code: 'storage-unsupported',
    next: 'Use a storage that can do it.',
  },
  {
    when: /directory not found|object not found|NoSuchKey|NoSuchBucket/,
    code: 'source-missing',
    next: 'Check the bucket and the name; export the model first.',
  },
];

/** The error for a run of rclone that failed: the code by its last words, which are told without secrets. */
export function rcloneFailure(
  place: string,
  messages: readonly string[],
  exitCode: number | undefined,
  secrets: readonly string[],
): ForgeError {
  const last = messages.at(-1) ?? `rclone ended with exit code ${exitCode ?? 'unknown'}`;
  const said = messages.map((message) => message.replace(/\b\w+:\/\/[^\s"]+/g, '')); // without addresses and the names in them
  const meaning = meanings.find(({ when }) => said.some((message) => when.test(message)));
  return new ForgeError(
    meaning?.code ?? 'storage-unreachable',
    `${place}: ${scrub(last, { secrets, home: '' })}`,
    meaning?.next ?? 'Check that the storage is up and its endpoint is right, then try again.',
  );
}

/** The version of `rclone version`'s first line, such as [1, 75, 2]; null where there is none. */
export function parseRcloneVersion(output: string): readonly [number, number, number] | null {
  const groups = /^rclone v(?<major>\d+)\.(?<minor>\d+)(?:\.(?<patch>\d+))?/.exec(output)?.groups;
  if (groups === undefined) return null;
  return [Number(groups['major']), Number(groups['minor']), Number(groups['patch'] ?? 0)];
}
