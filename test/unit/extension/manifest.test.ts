import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const command = z.object({ command: z.string(), title: z.string(), icon: z.string(), category: z.string() });
const manifest = z
  .object({
    main: z.string(),
    icon: z.string(),
    contributes: z.object({
      commands: z.array(command),
      menus: z.record(z.string(), z.array(z.object({ command: z.string() }))),
      views: z.record(z.string(), z.array(z.object({ id: z.string(), icon: z.string() }))),
      viewsWelcome: z.array(z.object({ view: z.string(), contents: z.string() })),
      walkthroughs: z.array(
        z.object({ steps: z.array(z.object({ id: z.string(), media: z.object({ markdown: z.string() }) })) }),
      ),
    }),
  })
  .parse(JSON.parse(read('package.json')));
const words = z.record(z.string(), z.string()).parse(JSON.parse(read('package.nls.json')));
const { contributes } = manifest;

/** One command a file, but for the table and the type. */
const files = readdirSync(join(root, 'src/extension/commands')).filter(
  (name) => !['index.ts', 'command.ts'].includes(name),
);

describe('the extension as package.json declares it', () => {
  it('has the command of each file, under the name of the file, and no other', () => {
    const declared = contributes.commands.map((one) => one.command).sort();
    assert.deepEqual(declared, files.map((name) => `avatarForge.${basename(name, '.ts')}`).sort());
  });

  for (const file of files) {
    it(`registers commands/${file}`, () => {
      const name = basename(file, '.ts');
      const index = read('src/extension/commands/index.ts');
      assert.match(index, new RegExp(`^  ${name}: \\(\\) => import\\('\\./${name}\\.ts'\\),$`, 'm'));
    });
  }

  it('gives each command a title in sentence case, an icon and the one category', () => {
    for (const { command, title, icon, category } of contributes.commands) {
      const said = words[title.slice(1, -1)] ?? '';
      assert.match(said, /^[A-Z][a-zA-Z0-9 ]*…?$/, `${command}: ${said}`);
      const capitals = said
        .split(' ')
        .slice(1)
        .filter(
          (word) =>
            /^[A-Z]/.test(word) &&
            !['VRM', 'URL', 'MCP', 'Kasm', 'Hyper3D', 'API'].includes(word.replace('…', '')),
        );
      assert.deepEqual(capitals, [], command);
      assert.match(icon, /^\$\([a-z-]+\)$/);
      assert.equal(category, '%category%');
    }
  });

  it('names in menus and welcome texts only commands that there are', () => {
    const known = new Set(contributes.commands.map((one) => one.command));
    for (const items of Object.values(contributes.menus))
      for (const item of items) assert.ok(known.has(item.command), item.command);
    for (const text of Object.values(words)) {
      for (const [, name] of text.matchAll(/\(command:(avatarForge\.\w+)/g))
        assert.ok(known.has(name ?? ''), name);
    }
  });

  it('has words for every key, and no word that nobody says', () => {
    const asked = new Set([...read('package.json').matchAll(/"%([^"%]+)%"/g)].map(([, key]) => key ?? ''));
    assert.deepEqual(
      [...asked].filter((key) => words[key] === undefined),
      [],
    );
    assert.deepEqual(
      Object.keys(words).filter((key) => !asked.has(key)),
      [],
    );
  });

  it('says something in each view while it is empty', () => {
    for (const { id } of Object.values(contributes.views).flat())
      assert.ok(
        contributes.viewsWelcome.some(({ view }) => view === id),
        id,
      );
  });

  it('points at files that there are', () => {
    const views = Object.values(contributes.views).flat();
    const pages = contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.markdown));
    for (const path of [manifest.icon, ...views.map(({ icon }) => icon), ...pages])
      assert.ok(existsSync(join(root, path)), path);
  });
});
