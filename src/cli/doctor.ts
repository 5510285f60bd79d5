import { type Command, InvalidArgumentError } from 'commander';
import { connectBlender } from '../adapters/blender/connect.ts';
import { gatherFacts } from '../adapters/doctor.ts';
import type { Installation } from '../adapters/home.ts';
import { examineKasm } from '../adapters/kasm/examineKasm.ts';
import { KasmApi } from '../adapters/kasm/kasmApi.ts';
import { s3RemotesOf } from '../adapters/storage/places.ts';
import { LocalWorkstation } from '../adapters/workstations/local.ts';
import { diagnose } from '../core/doctor/diagnose.ts';
import type { Diagnosis } from '../core/doctor/diagnosis.ts';
import type { KasmFacts } from '../core/doctor/facts.ts';
import { verdict } from '../core/doctor/report.ts';
import { ForgeError } from '../core/errors.ts';
import type { BlenderPort } from '../core/ports.ts';
import { plainText } from '../core/untrusted.ts';

export interface DoctorWiring {
  readonly env: NodeJS.ProcessEnv;
  readonly installation: Installation;
  readonly print: (text: string) => void;
}

export interface DoctorFlags {
  readonly production?: string;
  readonly remote?: string;
  readonly start: boolean;
  readonly json: boolean;
}

const more = `
Exit codes: 0 nothing has to be mended (there may be warnings); 1 errors, or an environment that cannot be read; 2 usage.

Looked at is what the environment says (README): AVATAR_FORGE_URL and its companions, BLENDER_HOST, else this machine. With
AVATAR_FORGE_KASM_URL, _KEY, _SECRET and _IMAGE, a Kasm as well; nothing is launched there.`;

/** `avatar-forge doctor`: looks at the whole chain, and says what mends it. */
export function registerDoctor(program: Command, wiring: DoctorWiring): void {
  program
    .command('doctor')
    .description('look at the whole way from here to Blender and storage, and say what mends it')
    .option('--production <place>', 'where models are published: a folder, or REMOTE:PATH', nonEmpty)
    .option('--remote <remote:path>', 'where exports are kept, as rclone names it', nonEmpty)
    .option('--start', 'start a Blender on this machine to look at its add-on', false)
    .option('--json', 'print one JSON object', false)
    .addHelpText('after', more)
    .action(async (flags: DoctorFlags) => {
      process.exitCode = await doctor(flags, wiring);
    });
}

/** Returns the exit code. */
export async function doctor(
  flags: DoctorFlags,
  { env, installation, print }: DoctorWiring,
): Promise<number> {
  const { version, bootScript, addon } = installation;
  const { readConfig } = await import('../server/main.ts');
  const { endpoint, home, headless } = readConfig(env);
  const workstation = new LocalWorkstation({ bootScript, home, headless, env });
  const isAsked = endpoint !== null || flags.start;
  const blender: BlenderPort = connectBlender(endpoint ?? (() => workstation.launch()), {
    client: `avatar-forge-doctor/${version}`,
    library: addon,
    env,
  });
  try {
    const facts = await gatherFacts({
      version,
      env,
      network: env,
      remotes: s3RemotesOf(env),
      local: endpoint === null,
      blender: undefined,
      headless,
      home,
      production: flags.production ?? null,
      remote: flags.remote ?? null,
      blenderPort: isAsked ? blender : null,
      endpoint,
    });
    const diagnoses = diagnose({ ...facts, kasm: await kasmIn(env) });
    const words = verdict(diagnoses);
    if (flags.json)
      print(`${JSON.stringify({ version, machine: facts.machine, verdict: words, diagnoses }, null, 2)}\n`);
    else print(`${[...diagnoses.map(textOf), words].join('\n')}\n`);
    return diagnoses.some(({ health }) => health === 'error') ? 1 : 0;
  } finally {
    await blender.close();
    await workstation.stop();
  }
}

/** Undefined: none is set. */
async function kasmIn(env: NodeJS.ProcessEnv): Promise<KasmFacts | undefined> {
  const { AVATAR_FORGE_KASM_URL: url, AVATAR_FORGE_KASM_KEY: key, AVATAR_FORGE_KASM_SECRET: secret } = env;
  if (url === undefined || url === '') return undefined;
  // Which sessions are ours, the editor knows and keeps for itself.
  const store = { load: nothing, save: nothing, forget: nothing };
  return examineKasm({
    open: async () => {
      if (key === undefined || secret === undefined) {
        throw new ForgeError(
          'kasm-no-key',
          'No API key of Kasm is given.',
          'Set AVATAR_FORGE_KASM_KEY and AVATAR_FORGE_KASM_SECRET.',
        );
      }
      return Promise.resolve({ api: new KasmApi({ url, key: { key, secret } }), store });
    },
    image: env['AVATAR_FORGE_KASM_IMAGE'] ?? '',
    ways: null,
  });
}

const nothing = (): Promise<undefined> => Promise.resolve(undefined);

const marks = { ok: '✓', warning: '!', error: '✗', skipped: '–' } as const;

function textOf({ subject, health, says, mend }: Diagnosis): string {
  const line = `${marks[health]} ${subject}: ${plainText(says, 400)}`;
  return mend === null ? line : `${line}\n  → ${plainText(mend, 400)}`;
}

function nonEmpty(value: string): string {
  if (value.trim() !== '') return value;
  throw new InvalidArgumentError('It is empty.');
}
