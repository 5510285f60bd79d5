import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { Script } from 'node:vm';
import { openGrammars } from '../../../src/adapters/register/grammars.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import { type Change, changeAllowlist, type ChangedList } from '../../../src/core/register/change.ts';
import type { Language, Parse } from '../../../src/core/register/syntax.ts';
import { skip } from '../../support/skip.ts';
import { type Shape, shapes } from './shapes.ts';

let parse: Parse;
before(async () => {
  parse = await openGrammars();
});

function change(
  shape: Pick<Shape, 'language' | 'text'>,
  what: Change,
  list: string | null = null,
): ChangedList {
  const file = shape.language === 'go' ? 'database.go' : 'avatar.js';
  return changeAllowlist({ ...shape, file, list }, what, parse);
}

const register = (name: string, keep = false): Change => ({ kind: 'register', name, keep });
const unregister = (name: string): Change => ({ kind: 'unregister', name });
/** To the first version. */
const rollback = (to: string): Change => ({ kind: 'replace', from: 'Companion-A-v2.vrm', to });

function code(thrown: () => unknown): string {
  try {
    thrown();
  } catch (error) {
    assert.ok(error instanceof ForgeError, String(error));
    return error.code;
  }
  return 'none';
}

const hasGofmt = spawnSync('gofmt', ['-h']).error === undefined;

/** The same after gofmt; where that is not installed, the tree is sound, which {@link change} has seen to. */
function assertFormatted(language: Language, text: string): void {
  if (language === 'javascript')
    new Script(text.replaceAll(/^export (default )?/gm, (_, d) => (d ? 'q = ' : ''))); // which parses it
  else if (hasGofmt) assert.equal(execFileSync('gofmt', { input: text, encoding: 'utf8' }), text);
}

describe('allowlists of the companion app', () => {
  it('are as gofmt writes them', function () {
    if (!hasGofmt) skip(this, 'gofmt is not there: apt-get install golang-go');
    for (const { language, text } of shapes) if (language === 'go') assertFormatted(language, text);
  });

  for (const shape of shapes) {
    const { title, language, text } = shape;
    describe(title, () => {
      it('a model is added after the others, once', () => {
        const done = change(shape, register('Robin_Hood.vrm'));
        assert.deepEqual(done.after, [...done.before, 'Robin_Hood.vrm']);
        assert.equal(change({ language, text: done.text }, register('Robin_Hood.vrm')).text, done.text);
        assertFormatted(language, done.text);
      });

      it('and taken out again, without a trace', () => {
        const added = change(shape, register('Robin_Hood.vrm'));
        const done = change({ language, text: added.text }, unregister('Robin_Hood.vrm'));
        assert.equal(done.text, text);
        assert.equal(change(shape, unregister('Robin_Hood.vrm')).text, text);
      });

      it('a next version takes its place, and back', () => {
        const done = change(shape, register('Companion-A-v2.vrm'));
        const expected = done.before.map((name) =>
          name === 'Companion-A.vrm' ? 'Companion-A-v2.vrm' : name,
        );
        assert.deepEqual(done.after, expected);
        assertFormatted(language, done.text);
        const back = change({ language, text: done.text }, rollback('Companion-A.vrm'));
        assert.equal(back.text, text);
        assert.equal(change({ language, text: back.text }, rollback('Companion-A.vrm')).text, text);
      });

      it('a next version stands beside it, and goes', () => {
        const done = change(shape, register('Companion-A-v2.vrm', true));
        const at = done.before.indexOf('Companion-A.vrm') + 1;
        assert.deepEqual(done.after, done.before.toSpliced(at, 0, 'Companion-A-v2.vrm'));
        assertFormatted(language, done.text);
        const back = change({ language, text: done.text }, rollback('Companion-A.vrm'));
        assert.equal(back.text, text);
      });

      it('every model can go, and another come', () => {
        let now = text;
        const names = change(shape, unregister('none.vrm')).before;
        for (const name of names)
          now = change({ language, text: now }, unregister(name), listName(shape)).text;
        assertFormatted(language, now);
        const left = change({ language, text: now }, unregister('none.vrm'), listName(shape));
        assert.deepEqual(left.after, []);
      });

      it('everything else stays, whatever is done in whatever order', () => {
        const random = randomFrom(title);
        let now = text;
        let expected = [...change(shape, unregister('none.vrm')).before];
        for (let step = 0; step < 30; step += 1) {
          const name = `${pick(random, ['Q', 'Longer-Name-Of-A-Model', 'Zoë', 'アリス'])}${pick(random, ['', '-v2', '-v10'])}.vrm`;
          const isOut = random() < 0.4;
          const what = isOut ? unregister(name) : register(name, true);
          const done = change({ language, text: now }, what);
          assert.deepEqual(done.before, expected, now);
          if (isOut) expected = expected.filter((one) => one !== name);
          assert.deepEqual(
            done.after.toSorted(),
            isOut ? expected.toSorted() : [...new Set([...expected, name])].sort(),
          );
          assertFormatted(language, done.text);
          expected = [...done.after];
          now = done.text;
        }
        for (const name of expected) {
          if (!text.includes(name.replace('.vrm', '')))
            now = change({ language, text: now }, unregister(name)).text;
        }
        assert.equal(now, text);
      });
    });
  }

  it('lines of a new entry say what was taken over from its neighbour', () => {
    const shape = shapes.find(({ title }) => title === 'JS: array of objects')!;
    const done = change(shape, register('Robin-Hood.vrm'));
    assert.match(
      done.text,
      /\{ id: 'robin-hood', label: 'The blue one', url: '\/models\/Robin-Hood.vrm', default: true \},\n\]/,
    );
    assert.deepEqual(done.copied, ["label: 'The blue one'", 'default: true']);
  });

  it('what is switched off is switched on', () => {
    const shape = shapes.find(({ title }) => title.endsWith('one switched off'))!;
    const done = change(shape, register('B.vrm'));
    assert.deepEqual([done.before, done.after], [['Companion-A.vrm'], ['Companion-A.vrm', 'B.vrm']]);
    assertFormatted('go', done.text);
  });

  const empty: readonly (readonly [Language, string, string])[] = [
    [
      'go',
      'package x\n\nvar AllowedAvatarModels = map[string]bool{}\n',
      'package x\n\nvar AllowedAvatarModels = map[string]bool{\n\t"N.vrm": true,\n}\n',
    ],
    [
      'go',
      'package x\n\nvar AllowedAvatarModels = []string{\n\t// none yet\n}\n',
      'package x\n\nvar AllowedAvatarModels = []string{\n\t// none yet\n\t"N.vrm",\n}\n',
    ],
    [
      'javascript',
      "const q = 'x';\nconst AVATAR_MODELS = [];\n",
      "const q = 'x';\nconst AVATAR_MODELS = ['N.vrm'];\n",
    ],
    [
      'javascript',
      'const AVATAR_MODELS = new Set([\n  // none yet\n]);\nconst q = "x";\n',
      'const AVATAR_MODELS = new Set([\n  // none yet\n  "N.vrm",\n]);\nconst q = "x";\n',
    ],
  ];
  for (const [language, text, expected] of empty) {
    it(`an empty list gets its first: ${text.split('\n').slice(-3).join(' ').trim()}`, () => {
      const done = change({ language, text }, register('N.vrm'));
      assert.equal(done.text, expected);
      assertFormatted(language, done.text);
    });
  }

  const faults: readonly (readonly [string, Language, string, Change, string | null])[] = [
    ['list-not-found', 'go', 'package x\nvar Other = []string{"A.vrm"}\n', register('N.vrm'), null],
    ['list-not-found', 'go', 'package x\nvar AllowedAvatarModels = load()\n', register('N.vrm'), null],
    [
      'list-not-found',
      'go',
      'package x\nfunc f() { var AllowedAvatarModels = []string{"A.vrm"} }\n',
      register('N.vrm'),
      null,
    ],
    ['list-not-found', 'javascript', 'const x = ["a", "b"];\n', register('N.vrm'), null],
    ['list-not-found', 'javascript', 'const x = ["A.vrm"];\n', register('N.vrm'), 'y'],
    [
      'list-found-twice',
      'go',
      'package x\nvar AllowedAvatarModels = []string{}\nvar AllowedAvatarModels = []string{}\n',
      register('N.vrm'),
      null,
    ],
    [
      'list-found-twice',
      'javascript',
      'const x = ["A.vrm"]; const y = ["A.vrm"];\n',
      register('N.vrm'),
      null,
    ],
    [
      'list-found-twice',
      'javascript',
      'const x = ["A.vrm"]; { const x = ["A.vrm"]; }\n',
      register('N.vrm'),
      'x',
    ],
    [
      'syntax-error',
      'go',
      'package x\nvar AllowedAvatarModels = []string{"A.vrm"\n',
      register('N.vrm'),
      null,
    ],
    ['syntax-error', 'javascript', 'const x = ["A.vrm";\n', register('N.vrm'), null],
    ['syntax-error', 'javascript', '<<<<<<< HEAD\nconst x = ["A.vrm"];\n=======\n', register('N.vrm'), null],
    [
      'list-shape-unknown',
      'go',
      'package x\nvar AllowedAvatarModels = map[string]Model{}\n',
      register('N.vrm'),
      null,
    ],
    [
      'list-shape-unknown',
      'go',
      'package x\nvar AllowedAvatarModels = map[int]string{1: "A.vrm"}\n',
      register('N.vrm'),
      null,
    ],
    ['list-shape-unknown', 'javascript', 'const models = {};\n', register('N.vrm'), null],
  ];
  for (const [expected, language, text, what, list] of faults) {
    it(`${expected}: ${text
      .split('\n')
      .slice(language === 'go' ? 1 : 0)
      .join(' ')
      .trim()}`, () => {
      assert.equal(
        code(() => change({ language, text }, what, list)),
        expected,
      );
    });
  }

  it('a list is chosen by its name where there are several', () => {
    const text = 'const featured = ["A.vrm"];\nconst AVATAR_MODELS = ["A.vrm"];\n';
    assert.equal(change({ language: 'javascript', text }, register('N.vrm')).list, 'AVATAR_MODELS');
    const other = change({ language: 'javascript', text }, register('N.vrm'), 'featured');
    assert.equal(other.text, 'const featured = ["A.vrm", "N.vrm"];\nconst AVATAR_MODELS = ["A.vrm"];\n');
  });
});

/** So that an emptied list can still be found. */
function listName({ language, text }: Shape): string | null {
  return language === 'go'
    ? null
    : (/(\w+)( =|:) *(?:new Set\(|Object\.freeze\()?[[{]\r?\n? *(?!size|a: 1)/.exec(text)?.[1] ?? null);
}

function randomFrom(seed: string): () => number {
  let state = Array.from(seed).reduce(
    (sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) >>> 0,
    7,
  );
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function pick<T>(random: () => number, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}
