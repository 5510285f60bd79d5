/** What ./check runs, in this order: the quick and the near first. */

/** A part of the set-up in scripts/setup.sh. */
type Need =
  | 'build'
  | 'openssl'
  | 'iproute2'
  | 'postgres'
  | 'go'
  | 'blender'
  | 'chromium'
  | 'code_server'
  | 'rclone'
  | 'buildah'
  | 'swift'
  | 'uml'
  | 'tree:trixie'
  | 'tree:sid';

export interface Suite {
  readonly name: string;
  /** A script of package.json. */
  readonly script: string;
  /** Who says how many tests there were; a `gate` is one check that holds or does not. */
  readonly counts: 'gate' | 'mocha' | 'unittest';
  readonly needs: readonly Need[];
  /** The Debian suite whose Blender is driven; undefined: the machine's own. */
  readonly tree?: Tree | undefined;
  /** Whether it is skipped, not failed, where what it needs cannot be had. */
  readonly mayLack?: boolean;
}

export type Tree = 'trixie' | 'sid';
export type BlenderChoice = Tree | 'system';
export const blenderChoices: readonly BlenderChoice[] = ['system', 'trixie', 'sid'];

const gate = (name: string, script: string): Suite => ({ name, script, counts: 'gate', needs: [] });
const mocha = (name: string, ...needs: Need[]): Suite => ({ name, script: name, counts: 'mocha', needs });

const gates: readonly Suite[] = [
  gate('lint:code', 'lint:code'), // the longest of those that run side by side
  gate('format', 'format:check'),
  gate('typecheck', 'typecheck'),
  gate('lint:version', 'lint:version'),
  gate('lint:reference', 'lint:reference'),
  gate('lint:python', 'lint:python'),
  gate('lint:image', 'lint:image'),
  gate('lint:imports', 'lint:imports'),
  gate('lint:unused', 'lint:unused'),
];

const local: readonly Suite[] = [
  mocha('test:unit', 'openssl'),
  mocha('test:fuzz'),
  { name: 'test:python', script: 'test:python', counts: 'unittest', needs: [] },
];

const outside: readonly Suite[] = [
  mocha('test:remote', 'openssl', 'postgres'),
  mocha('test:network', 'iproute2'),
  mocha('test:app', 'go'),
  mocha('test:storage', 'build', 'rclone', 'swift'),
  mocha('test:nfs', 'uml'),
  mocha('test:web', 'build', 'chromium'),
];

const inBlender = mocha('test:blender', 'build', 'openssl', 'blender', 'rclone');
const inImage = mocha('test:image', 'build', 'openssl', 'tree:trixie', 'buildah');
const inEditor = mocha(
  'test:vscode',
  'build',
  'openssl',
  'blender',
  'chromium',
  'code_server',
  'rclone',
  'go',
);
const demo = mocha('test:demo', 'build', 'blender', 'chromium', 'rclone');

function on(choice: BlenderChoice, suite: Suite): Suite {
  if (choice === 'system') return suite;
  return {
    ...suite,
    name: `${suite.name} ${choice}`,
    tree: choice,
    needs: [...suite.needs.filter((need) => need !== 'blender'), `tree:${choice}`],
  };
}

/** What may depend on Blender's version: the add-on and its commands. */
const addOn: Suite = { ...inBlender, name: 'test:add-on', script: 'test:add-on' };

/**
 * Of it what tells the most, on the newest Blender: its extensions, exports, round trips, and the four prompts. All of it would
 * take minutes more. sid is Debian's unstable: on a day on which it cannot be installed nothing here is wrong.
 */
const latest: Suite = {
  ...on('sid', { ...addOn, name: 'test:latest', script: 'test:latest' }),
  mayLack: true,
};

/** Without a choice: everything on the machine's Blender, the add-on once more on trixie's 4.3, and its main ways on sid's 5.2. */
export function suitesFor(choice: BlenderChoice | undefined): readonly Suite[] {
  const blenders =
    choice === undefined
      ? [inBlender, on('trixie', addOn), latest, inImage, inEditor, demo]
      : [on(choice, inBlender), on(choice, demo)];
  return [...gates, ...local, ...outside, ...blenders];
}

/** `test:add-on` selects `test:add-on trixie` as well, `lint` all of `lint:…`. */
export function selected(suites: readonly Suite[], names: readonly string[]): readonly Suite[] {
  if (names.length === 0) return suites;
  return suites.filter(({ name }) =>
    names.some((wanted) => name === wanted || name.startsWith(`${wanted} `) || name.startsWith(`${wanted}:`)),
  );
}
