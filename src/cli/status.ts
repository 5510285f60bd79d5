import type { Command } from 'commander';
import { type FileStatus, statusOf } from '../core/promotion/status.ts';
import { plainText } from '../core/untrusted.ts';
import { openDesk, placesOf, type RoleFlags, rolesHelp, withRoles } from './roles.ts';
import { untilInterrupted } from './untilInterrupted.ts';

type StatusFlags = RoleFlags & { readonly json: boolean };

const more = `
Exit codes: 0 every file is everywhere; 1 a file is missing somewhere, is served otherwise, or a place cannot be read; 2 usage.
What the public URL serves is judged by its headers alone: its size beside that in production, its type and Cache-Control.
Promoting again compares the bytes.
${rolesHelp}`;

/** `avatar-forge status`: where each published file is. */
export function registerStatus(program: Command, env: NodeJS.ProcessEnv): void {
  withRoles(program.command('status').description('show where each published model is: here, mirror, CDN'))
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', more)
    .action(async (flags: StatusFlags) => {
      process.exitCode = await untilInterrupted(flags.json, (signal) => status(flags, env, signal));
    });
}

async function status(flags: StatusFlags, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const { opener, journals } = openDesk(env);
  const files: (FileStatus & { readonly kind: string })[] = [];
  for (const kind of ['model', 'animation'] as const) {
    const found = await statusOf(opener.places(placesOf(flags), kind), kind, signal);
    files.push(...found.map((one) => ({ kind, ...one })));
  }
  const unfinished = (await journals.unfinished()).map(({ plan, name, at, since }) => ({
    from: plan?.source.place ?? '',
    name: name ?? plan?.name ?? '',
    asked: plan?.name ?? '',
    at,
    since,
  }));
  if (flags.json) process.stdout.write(`${JSON.stringify({ files, unfinished })}\n`);
  else {
    if (files.length === 0) process.stderr.write(`Nothing is published in ${plainText(flags.production)}.\n`);
    for (const file of files) process.stdout.write(`${rowOf(file)}\n`);
    for (const { from, name, asked, at, since } of unfinished) {
      const again = /[^/\\:]*$/.exec(from)?.[0] === asked ? from : `${from} --name ${asked}`;
      const what = `${name}: ended at ${at ?? 'its beginning'} (${since ?? ''}); promote ${again} again to go on`;
      process.stderr.write(`${plainText(what)}\n`);
    }
  }
  return files.every(isWhole) ? 0 : 1;
}

function isWhole({ production, mirror, cdn, servedAs }: FileStatus): boolean {
  const isServed = servedAs === null || servedAs === 'same-size' || servedAs === 'size-unknown';
  return production && mirror !== false && cdn !== false && isServed;
}

function rowOf(file: FileStatus): string {
  const { name, production, mirror, cdn, newest } = file;
  const word = (role: string, there: boolean | null): string[] =>
    there === null ? [] : [`${role} ${there ? 'yes' : 'MISSING'}`];
  const cells = [...word('production', production), ...word('mirror', mirror), ...word('cdn', cdn)];
  return plainText(`${name}${newest ? '' : ' (older)'}: ${[...cells, ...servedText(file)].join(', ')}`);
}

/** What the public URL serves beside the file in production. */
function servedText({ size, served, servedAs }: FileStatus): readonly string[] {
  if (served === null || servedAs === null) return [];
  switch (servedAs) {
    case 'same-size':
      return ['served (same size)'];
    case 'size-unknown':
      return ['served (sizes not compared)'];
    case 'other-size':
      return [`SERVED WITH ANOTHER SIZE (${served.size} bytes, not ${size})`];
    case 'other-headers':
      return [
        `SERVED WITH OTHER HEADERS (${served.contentType ?? 'no type'}, Cache-Control ${served.cacheControl ?? 'missing'})`,
      ];
    case 'not-served':
      return [`NOT SERVED (${served.status === 0 ? 'no answer' : served.status})`];
  }
}
