import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { Agent } from '../../scripts/demo/agent.ts';
import { fourPrompts } from '../../scripts/demo/script.ts';
import { Steps } from '../../scripts/demo/steps.ts';
import type { PlayedPrompt } from '../../scripts/demo/transcript.ts';
import { withVrmAddon } from '../../scripts/demo/vrmAddon.ts';
import { KhronosValidator } from '../../src/adapters/vrm/khronos.ts';
import { PROFILES } from '../../src/core/vrm/profile.ts';
import { checkWhole } from '../../src/core/vrm/validator.ts';
import { skip } from '../support/skip.ts';

const root = join(import.meta.dirname, '..', '..');
/** A folder `io_scene_vrm` with the VRM add-on, or nothing. */
const vrmAddon = process.env['AVATAR_FORGE_VRM_ADDON'];

/**
 * The script that ./demo plays on the machine's Blender (test:demo), here on any other (AVATAR_FORGE_BLENDER): the MCP server
 * over stdio, and the Blender it starts.
 */
describe('the four prompts, as tool calls', function () {
  this.timeout(400_000);
  let folder: string;
  let agent: Agent;
  let played: readonly PlayedPrompt[];

  const calls = () => played.flatMap((prompt) => prompt.calls);
  const errorsIn = async (name: string): Promise<unknown[]> => {
    const bytes = await agent.readExport(name);
    const options = { profile: PROFILES.app };
    const { findings } = await checkWhole(new KhronosValidator(), bytes, options);
    return findings.filter(({ severity }) => severity === 'error');
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'avatar-forge-transcripts-'));
    const machines = process.env['AVATAR_FORGE_BLENDER'] ?? 'blender';
    const blender = vrmAddon === undefined ? {} : await withVrmAddon(folder, machines, vrmAddon);
    agent = new Agent({
      cli: join(root, 'dist', 'cli.js'),
      out: folder,
      steps: new Steps(() => undefined),
      env: { AVATAR_FORGE_HOME: join(folder, 'workstation'), ...blender },
    });
    await agent.connect();
    played = await agent.play(fourPrompts());
  });
  after(async () => {
    await agent.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  it('take at most 12 calls, and no Python', () => {
    assert.ok(calls().length <= 12, `${calls().length} calls`);
    assert.ok(!calls().some(({ tool }) => tool === 'execute_blender_code'));
  });

  it('end with an avatar without an error for the app, as the server finds, and Khronos’ validator', async () => {
    const [exported, checked] = calls().slice(-2);
    assert.equal(exported?.answer['writer'], vrmAddon === undefined ? 'own' : 'addon');
    assert.equal(checked?.answer['ok'], true, JSON.stringify(checked?.answer['findings']));
    assert.deepEqual(await errorsIn('Companion-A.vrm'), []);
  });

  it('do so by our writer, too, where the VRM add-on is there', async function () {
    if (vrmAddon === undefined) skip(this, 'AVATAR_FORGE_VRM_ADDON names no folder of the VRM add-on');
    const exported = calls().find(({ tool }) => tool === 'vrm_export');
    const own = { ...exported?.arguments, name: 'Own', writer: 'own' };
    const { structuredContent } = await agent.call('vrm_export', own);
    assert.equal(structuredContent?.['writer'], 'own');
    assert.deepEqual(await errorsIn('Own.vrm'), []);
  });

  it('leave pictures that show something', async () => {
    const pictures = calls().flatMap(({ picture }) => picture ?? []);
    assert.ok(pictures.length >= 3);
    for (const picture of pictures) {
      const { data } = PNG.sync.read(await readFile(join(folder, picture)));
      const colours = new Set<number>();
      for (let i = 0; i < data.length; i += 4 * 97) colours.add(data.readUInt32BE(i));
      assert.ok(colours.size > 100, `${picture}: ${colours.size} colours`);
    }
  });
});
