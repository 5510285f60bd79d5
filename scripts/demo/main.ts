/** The main job, end to end: a script of prompts → avatar → VRM → pictures → promotion. All it makes lies in out/demo/. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { LocalWorkstation } from '../../src/adapters/workstations/local.ts';
import { findInstallation } from '../../src/adapters/home.ts';
import { sha256 } from '../../src/core/audit.ts';
import { Agent } from './agent.ts';
import { preview } from './pictures.ts';
import { Stores } from './production.ts';
import { fourPrompts } from './script.ts';
import { Steps } from './steps.ts';
import { transcriptPage } from './transcript.ts';

const { values } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
const root = join(import.meta.dirname, '..', '..');
const out = join(root, 'out', 'demo');
const home = join(out, 'workstation');
const exportName = 'Companion-A.vrm';
const waveName = 'Companion-A-wave.vrma';
const steps = new Steps();
const started = performance.now();

await rm(out, { recursive: true, force: true });
await mkdir(home, { recursive: true });

const installation = findInstallation(import.meta.dirname);
// With --keep the workstation is the demo's own, so that it outlives the server; otherwise the server starts the embedded one.
const kept = values.keep
  ? new LocalWorkstation({ bootScript: installation.bootScript, home, env: process.env })
  : null;
const endpoint = await kept?.launch();
const agent = new Agent({
  cli: join(root, 'dist', 'cli.js'),
  out,
  steps,
  env: {
    AVATAR_FORGE_HOME: home,
    AVATAR_FORGE_AUDIT: join(out, 'audit.jsonl'),
    ...(endpoint === undefined
      ? {}
      : {
          AVATAR_FORGE_URL: `tcp://${endpoint.host}:${endpoint.port}`,
          AVATAR_FORGE_TOKEN: endpoint.token ?? '',
        }),
  },
});

steps.title('MCP');
await steps.run(
  'connect to the server',
  () => agent.connect(),
  (tools) => `${tools} tools`,
);
const played = await agent.play(fourPrompts());
const last = (tool: string) =>
  played.flatMap(({ calls }) => calls).findLast((call) => call.tool === tool)?.answer ?? {};
const exported = last('vrm_export');
const check = last('vrm_check');
await writeFile(
  join(out, 'transcript.md'),
  transcriptPage(played, String(last('get_scene_info')['blender'])),
);

steps.title('Bring it home and look at it');
const file = join(out, exportName);
const model = await steps.run(
  'download the export',
  () => agent.readExport(exportName),
  (b) => size(b.length),
);
await writeFile(file, model);
const wave = await steps.run(
  'download its wave',
  () => agent.readExport(waveName),
  (b) => size(b.length),
);
await writeFile(join(out, waveName), wave);
const shown = await steps.run(
  'preview in Chromium',
  () => preview(file, wave, installation.media, out),
  ({ pictures, expressions }) =>
    `${pictures.length} pictures, ${Object.keys(expressions).length} expressions measured`,
);

steps.title('Promote it');
const production = await (async () => {
  await using stores = await steps.run('open S3 and production', () => Stores.open(out));
  const place = await steps.run(
    'upload to S3',
    () => stores.upload(file),
    (p) => p,
  );
  const promoted = await steps.run(
    'promote',
    () => stores.promote(place, exportName),
    ({ outcome, name }) => `${outcome}: ${name}`,
  );
  const published = await readFile(join(stores.production, exportName));
  // Another export of the same scene: other bytes, same name.
  await agent.call('set_material', { objects: ['Armor'], preset: 'metal', base_color: '#b8c4d6' });
  await agent.call('vrm_export', {
    name: 'Companion-A',
    meta: { name: 'Companion A', authors: ['Avatar Forge demo'] },
  });
  const changed = join(out, 'changed', exportName);
  await mkdir(join(out, 'changed'));
  await writeFile(changed, await agent.readExport(exportName));
  const other = await steps.run(
    'upload a changed model',
    () => stores.upload(changed),
    (p) => p,
  );
  const refusal = await steps.run(
    'promote it under the same name',
    () => stores.refused(other, exportName),
    ({ code }) => `refused: ${code}`,
  );
  const unchanged = sha256(await readFile(join(stores.production, exportName))) === sha256(published);
  return {
    promoted,
    refusal,
    unchanged,
    sha256: sha256(published),
    file: join(stores.production, exportName),
  };
})();
await agent.close();

const summary = {
  seconds: Math.round((performance.now() - started) / 100) / 10,
  steps: steps.done,
  export: { file: exportName, size: model.length, sha256: sha256(model) },
  promoted: {
    file: relative(out, production.file),
    sha256: production.sha256,
    outcome: production.promoted.outcome,
  },
  refusal: { ...production.refusal, unchanged: production.unchanged },
  bones: shown.bones,
  expressions: shown.expressions,
  facts: check['facts'],
  validator: check['counts'],
  findings: check['findings'],
  writer: exported['writer'],
  renderer: shown.renderer,
  pictures: ['viewport.png', 'face.png', 'turntable.png', ...shown.pictures],
};
await writeFile(join(out, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);

const show = (path: string) => relative(process.cwd(), join(out, path));
steps.title(`Done in ${summary.seconds} s`);
steps.line(`  the avatar      ${show(exportName)} (${size(model.length)})`);
steps.line(`  pictures        ${show('preview.png')}, ${show('turntable.png')}, ${show('viewport.png')}`);
steps.line(`  in production   ${relative(process.cwd(), production.file)}`);
steps.line(`  the tool calls  ${show('transcript.md')}`);
steps.line(`  all the facts   ${show('summary.json')}`);

if (kept !== null && endpoint !== undefined) {
  steps.title('Blender is still up. Point an MCP client at it, or try by hand:');
  steps.line(
    `  AVATAR_FORGE_URL=tcp://${endpoint.host}:${endpoint.port} AVATAR_FORGE_TOKEN=${endpoint.token ?? ''} node dist/cli.js mcp`,
  );
  steps.line('  Ctrl+C ends it.');
  await new Promise<void>((resolve) =>
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve()),
  );
  await kept.stop();
}
process.exit(0);

function size(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}
