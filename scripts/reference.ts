/**
 * `docs/extension.md`: each command, setting, view, menu and context key of the extension, from package.json and its English
 * words. `--check` fails where the file does not say what package.json says.
 */
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const file = join(root, 'docs/extension.md');

const menuItem = z.object({ command: z.string().optional(), when: z.string().optional() });
const property = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.string()).optional(),
  default: z.unknown(),
  scope: z.string().optional(),
  description: z.string().optional(),
  markdownDescription: z.string().optional(),
});
const manifest = z.object({
  contributes: z.object({
    commands: z.array(
      z.object({
        command: z.string(),
        title: z.string(),
        category: z.string(),
        enablement: z.string().optional(),
      }),
    ),
    views: z.record(
      z.string(),
      z.array(z.object({ id: z.string(), name: z.string(), when: z.string().optional() })),
    ),
    viewsWelcome: z.array(z.object({ view: z.string(), when: z.string().optional() })),
    menus: z.record(z.string(), z.array(menuItem)),
    walkthroughs: z.array(
      z.object({ id: z.string(), title: z.string(), steps: z.array(z.object({ title: z.string() })) }),
    ),
    configuration: z
      .union([
        z.object({ properties: z.record(z.string(), property) }),
        z.array(z.object({ properties: z.record(z.string(), property) })),
      ])
      .optional(),
  }),
});

const { contributes } = manifest.parse(readJson('package.json'));
const words = z.record(z.string(), z.string()).parse(readJson('package.nls.json'));

const page = [
  '# The extension',
  '',
  '<!-- Made by `node scripts/reference.ts` from package.json. Do not edit. -->',
  '',
  '## Commands',
  '',
  'All are in the palette under “Avatar Forge”.',
  '',
  ...table(
    ['Command', 'Id', 'Also in', 'Enabled when'],
    contributes.commands.map(({ command, title, enablement }) => [
      say(title),
      code(command),
      placesOf(command).join(', '),
      enablement === undefined ? 'always' : code(enablement),
    ]),
  ),
  '## Settings',
  '',
  ...table(
    ['Setting', 'Type', 'Default', 'Scope', 'Meaning'],
    settings().map(([name, one]) => [
      code(name),
      one.enum?.map(code).join(', ') ?? [one.type ?? ''].flat().join(', '),
      code(JSON.stringify(one.default ?? null)),
      one.scope ?? 'window',
      say(one.markdownDescription ?? one.description ?? ''),
    ]),
  ),
  '## Views',
  '',
  ...table(
    ['View', 'Id', 'Says, while it is empty, when'],
    Object.values(contributes.views)
      .flat()
      .map(({ id, name }) => [
        say(name),
        code(id),
        contributes.viewsWelcome
          .filter(({ view }) => view === id)
          .map(({ when }) => (when === undefined ? 'always' : code(when)))
          .join('; '),
      ]),
  ),
  '## Walkthrough',
  '',
  ...contributes.walkthroughs.flatMap(({ title, steps }) => [
    `“${say(title)}”: ${steps.map((step) => say(step.title)).join(' → ')}`,
    '',
  ]),
  '## Context keys',
  '',
  ...table(
    ['Key', 'Set in', 'Asked for by'],
    contextKeys().map(([key, setIn, askedBy]) => [code(key), setIn, askedBy]),
  ),
].join('\n');

const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
const text = `${page.trimEnd()}\n`;
if (process.argv.includes('--check')) {
  if (before !== text) {
    console.error(
      'docs/extension.md does not say what package.json says. node scripts/reference.ts writes it.',
    );
    process.exitCode = 1;
  }
} else if (before !== text) {
  writeFileSync(file, text);
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(root, name), 'utf8'));
}

/** `%key%` in English; on one line of a table. */
function say(label: string): string {
  const key = /^%(.+)%$/.exec(label)?.[1];
  const found = key === undefined ? label : words[key];
  if (found === undefined) throw new Error(`package.nls.json has no ${String(key)}`);
  return found.replaceAll('\n', ' ').replaceAll('|', '\\|');
}

function code(value: string): string {
  return `\`${value.replaceAll('|', '\\|')}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return ['None.', ''];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}

/** The menus a command stands in, each once. */
function placesOf(command: string): string[] {
  const names: Readonly<Record<string, string>> = {
    'view/title': "a view's title",
    'view/item/context': "a row's menu",
    'explorer/context': "the Explorer's menu",
    'editor/title': "an editor's title",
  };
  return Object.entries(contributes.menus).flatMap(([menu, items]) =>
    items.some((item) => item.command === command) ? [names[menu] ?? menu] : [],
  );
}

function settings(): [string, z.infer<typeof property>][] {
  return [contributes.configuration ?? []].flat().flatMap(({ properties }) => Object.entries(properties));
}

/** Keys of ours that `when` clauses ask for or sources set, with who does. */
function contextKeys(): [key: string, setIn: string, askedBy: string][] {
  const clauses = [
    ...contributes.commands.map(({ command, enablement }) => [command, enablement] as const),
    ...contributes.viewsWelcome.map(({ view, when }) => [`${view} (empty)`, when] as const),
    ...Object.entries(contributes.menus).flatMap(([menu, items]) =>
      items.map(({ when }) => [menu, when] as const),
    ),
  ];
  const sources = globSync('src/extension/**/*.ts', { cwd: root }).map((name) => ({
    name,
    text: readFileSync(join(root, name), 'utf8'),
  }));
  const asked = new Map<string, Set<string>>();
  for (const [who, clause] of clauses) {
    // In `view == avatarForge.avatars` the name is a value, no key.
    for (const [, key] of (clause ?? '').matchAll(/(?<![=~]\s)\b(avatarForge\.\w+)/g)) {
      if (key !== undefined) asked.set(key, (asked.get(key) ?? new Set()).add(who));
    }
  }
  return [...asked]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([key, who]) => [key, settersOf(key, sources), [...who].join(', ')]);
}

function settersOf(
  key: string,
  sources: readonly { readonly name: string; readonly text: string }[],
): string {
  const short = key.replace('avatarForge.', '');
  const setters = sources.filter(
    ({ text }) =>
      text.includes("'setContext'") && (text.includes(`'${key}'`) || text.includes(`set('${short}'`)),
  );
  if (setters.length === 0) throw new Error(`${key} is asked for, but nothing sets it.`);
  return setters.map(({ name }) => code(name)).join(', ');
}
