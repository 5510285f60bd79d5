import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KhronosValidator } from '../../src/adapters/vrm/khronos.ts';
import { PROFILES } from '../../src/core/vrm/profile.ts';
import { checkWhole } from '../../src/core/vrm/validator.ts';
import { Agent } from './agent.ts';
import { fourPrompts } from './script.ts';
import { Steps } from './steps.ts';
import { withVrmAddon } from './vrmAddon.ts';

const root = join(import.meta.dirname, '..', '..');

/** What the four prompts came to in one Blender, by one writer. */
export interface Result {
  readonly blender: string;
  readonly writer: string;
  readonly calls: number;
  readonly errors: number;
  readonly warnings: number;
  readonly triangles: number;
  readonly bytes: number;
}

/** Plays them on a Blender of its own, with the VRM add-on where its folder is given. Needs dist/. */
export async function play(blender: string, addon?: string): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'avatar-forge-transcripts-'));
  const agent = new Agent({
    cli: join(root, 'dist', 'cli.js'),
    out: folder,
    steps: new Steps(() => undefined),
    env: {
      AVATAR_FORGE_HOME: join(folder, 'workstation'),
      // A path: what is on PATH is found without being told.
      ...(blender === 'blender' ? {} : { AVATAR_FORGE_BLENDER: blender }),
      ...(addon === undefined ? {} : await withVrmAddon(folder, blender, addon)),
    },
  });
  try {
    await agent.connect();
    const calls = (await agent.play(fourPrompts())).flatMap((prompt) => prompt.calls);
    const answer = (tool: string): Readonly<Record<string, unknown>> =>
      calls.findLast((call) => call.tool === tool)?.answer ?? {};
    const bytes = await agent.readExport('Companion-A.vrm');
    const { findings } = await checkWhole(new KhronosValidator(), bytes, { profile: PROFILES.app });
    const count = (severity: string): number =>
      findings.filter((finding) => finding.severity === severity).length;
    return {
      blender: String(answer('get_scene_info')['blender']),
      writer: answer('vrm_export')['writer'] === 'own' ? 'ours' : 'VRM add-on',
      calls: calls.length,
      errors: count('error'),
      warnings: count('warning'),
      triangles: Number(answer('vrm_export')['triangles']),
      bytes: bytes.length,
    };
  } finally {
    await agent.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

const columns = ['Blender', 'writer', 'calls', 'errors', 'warnings', 'triangles', 'bytes'] as const;

/** In Markdown. */
export function resultsTable(results: readonly Result[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const number = (value: number): string => value.toLocaleString('en-US');
  return [
    line(columns),
    line(columns.map((_, n) => (n < 2 ? '---' : '---:'))),
    ...results.map(({ blender, writer, calls, errors, warnings, triangles, bytes }) =>
      line([blender, writer, calls, errors, warnings, number(triangles), number(bytes)]),
    ),
  ].join('\n');
}
