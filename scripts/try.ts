/** VS Code in the browser with the packaged extension, Blender on this machine and a sample workspace, until Ctrl+C. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CodeServer } from './codeServer.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '8137' } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 1 || port > 65_535) {
  console.error(`--port ${values.port} is no port: a number from 1 to 65535`);
  process.exit(2);
}

const root = join(import.meta.dirname, '..');
const folder = join(root, 'out/try');
const workspace = join(folder, 'workspace');

const readme = `# Try Avatar Forge

1. The anvil in the activity bar opens the workstations: start "This machine".
2. Open the chat, choose agent mode (it wants a sign-in), and ask:
   > Create a humanoid with anime proportions, blue hair and a fantasy outfit. Export it as VRM and check it.
3. Without a sign-in: F1, "Avatar Forge: Run Demo Prompt…".

What you make lies in out/try/avatars of the repository, published models in out/try/production.
`;

mkdirSync(workspace, { recursive: true });
writeFileSync(join(workspace, 'README.md'), readme);
execFileSync(process.execPath, [join(root, 'scripts/package.ts')], { stdio: 'inherit' });

const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
});
const server = await CodeServer.start({
  profile: join(folder, 'profile'),
  port,
  extensions: [join(root, 'out/avatar-forge.vsix')],
  settings: {
    'avatarForge.workstation.provider': 'thisMachine',
    'avatarForge.home': join(folder, 'avatars'),
    'avatarForge.production.folder': join(folder, 'production'),
  },
});
console.log(
  `\n${server.url(workspace)}\n\nOnly this machine can open it. Ctrl+C ends it, and Blender with it.`,
);
await stopped;
await server.end();
