import { ForgeError } from '../../core/errors.ts';
import { plainText } from '../../core/untrusted.ts';

/** What rclone is told, as plain values: arguments and environment, computed apart from being run. https://rclone.org/docs/ */

/** A remote that no rclone.conf has to know. */
export interface RcloneRemote {
  readonly name: string;
  /** Options of the backend by their names in rclone.conf, secrets among them: they travel in the environment alone. */
  readonly options: Readonly<Record<string, string>>;
}

/** Options for an S3 of any maker, without its quirks: https://rclone.org/s3/ */
export function s3Remote(
  name: string,
  s3: {
    readonly endpoint: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly region?: string;
  },
): RcloneRemote {
  return {
    name,
    options: {
      type: 's3',
      provider: 'Other',
      endpoint: s3.endpoint,
      region: s3.region ?? 'auto',
      access_key_id: s3.accessKeyId,
      secret_access_key: s3.secretAccessKey,
      // A key for one bucket may not list or make buckets.
      no_check_bucket: 'true',
      // Several servers leave this header out of what they sign.
      sign_accept_encoding: 'false',
    },
  };
}

/** What a connection may be made of; every other RCLONE_* would change what a command does. */
const keptVariable = /^RCLONE_(CONFIG($|_)|CA_CERT$|CLIENT_(CERT|KEY)$|PASSWORD_COMMAND$)/;

/** The environment of rclone: its remotes with their secrets, and none of the AWS_* that would override them. */
export function rcloneEnvironment(
  inherited: NodeJS.ProcessEnv,
  remotes: readonly RcloneRemote[],
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(inherited)) {
    if (value === undefined || name.startsWith('AWS_')) continue;
    if (name.startsWith('RCLONE_') && !keptVariable.test(name)) continue;
    environment[name] = value;
  }
  for (const remote of remotes) {
    for (const [option, value] of Object.entries(remote.options)) {
      environment[`RCLONE_CONFIG_${remote.name}_${option}`.toUpperCase()] = value;
    }
  }
  return environment;
}

const secretVariable =
  /^RCLONE_CONFIG_(?:.*_)?(?:SECRET|PASS|PASSWORD2?|TOKEN|KEY|KEY_ID|CREDENTIALS|SAS_URL)$/;

/** The values in an environment of rclone's that nobody may read. */
export function secretsIn(environment: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) => (secretVariable.test(name) ? [value] : []));
}

/** A named remote and a path in it, such as `quobyte:kasm/blender-avatars/exports/Companion-A.vrm`. */
export interface RemotePath {
  readonly remote: string;
  readonly path: string;
}

const remotePattern = /^(?<remote>[A-Za-z0-9_][A-Za-z0-9_.+@ -]*):(?<path>.*)$/s;

/** `D:\share`: a letter is a drive before it is a remote, as for rclone. */
const drivePattern = /^[A-Za-z]:[\\/]/;

/**
 * Whether it names a file of a remote rather than of this machine. So does a connection string (`:s3,…`), which may hold a secret:
 * it is refused as a remote path, and never shown as a file that is not there.
 */
export function isRemotePath(text: string): boolean {
  return text.startsWith(':') || (remotePattern.test(text) && !drivePattern.test(text));
}

/**
 * Takes a remote path apart. Connection strings (`:s3,secret…:`) are refused, for they would put secrets on the command line.
 * Errors: `bad-remote-path`.
 */
export function parseRemotePath(text: string): RemotePath {
  const groups = remotePattern.exec(text)?.groups;
  const remote = groups?.['remote'];
  const path = groups?.['path'];
  const isSound = path?.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');
  if (remote === undefined || path === undefined || isSound !== true || /\p{Cc}/u.test(path)) {
    throw new ForgeError(
      'bad-remote-path',
      remote === undefined
        ? 'That is no path in a remote.'
        : `${JSON.stringify(plainText(text, 80))} is no path in a remote.`,
      'Write REMOTE:BUCKET/FOLDER/FILE, where REMOTE is in rclone.conf or in RCLONE_CONFIG_REMOTE_* variables.',
    );
  }
  return { remote, path };
}

export function remotePathText({ remote, path }: RemotePath): string {
  return `${remote}:${path}`;
}

const timeouts = ['--contimeout', '10s', '--timeout', '60s'];
/** A question is asked once: rclone's own ten tries take minutes to say that a server is not there. */
const impatient = [...timeouts, '--low-level-retries', '1'];
/** A transfer that broke goes on once more where it was. */
const patient = [...timeouts, '--low-level-retries', '2', '--retries', '1'];
const jsonLog = ['--use-json-log', '--log-level', 'NOTICE'];

export function statArguments(path: RemotePath): readonly string[] {
  return ['lsjson', '--stat', '--hash', '--metadata', ...impatient, ...jsonLog, '--', remotePathText(path)];
}

/** What a backend can do; asked of the remote's root, for that needs no request. */
export function featuresArguments(remote: string): readonly string[] {
  return ['backend', 'features', ...impatient, ...jsonLog, '--', `${remote}:`];
}

/** The files right in a folder, without their hashes: some backends would have to read each. */
export function listArguments(folder: RemotePath): readonly string[] {
  return ['lsjson', '--files-only', '--no-mimetype', ...impatient, ...jsonLog, '--', remotePathText(folder)];
}

/** Fetches no more than is taken: it may be begun before it is known whether it is needed. */
export function catArguments(path: RemotePath): readonly string[] {
  return ['cat', '--buffer-size', '0', ...patient, ...jsonLog, '--', remotePathText(path)];
}

export function removeArguments(path: RemotePath): readonly string[] {
  return ['deletefile', ...impatient, '--retries', '1', ...jsonLog, '--', remotePathText(path)];
}

/**
 * Puts a file, whatever is there: without --ignore-times rclone takes a file of the same size and time for the same, and leaves
 * the old headers on it. Statistics come ten times a second.
 */
export function uploadArguments(
  file: string,
  to: RemotePath,
  headers: Readonly<Record<string, string>>,
): readonly string[] {
  return [
    'copyto',
    '--ignore-times',
    // In one request: a condition in a header holds for that alone, and only then the ETag is an MD5.
    ...['--s3-upload-cutoff', '5G'],
    ...Object.entries(headers).flatMap(([name, value]) => ['--header-upload', `${name}: ${value}`]),
    ...['--stats', '100ms', '--stats-log-level', 'NOTICE'],
    ...patient,
    ...jsonLog,
    '--',
    file,
    remotePathText(to),
  ];
}
