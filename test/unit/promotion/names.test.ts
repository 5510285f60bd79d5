import assert from 'node:assert/strict';
import {
  lookAlikeOf,
  nextName,
  parseName,
  splitVersion,
  versionsOf,
  withExtension,
} from '../../../src/core/promotion/names.ts';
import { ForgeError } from '../../../src/core/errors.ts';

describe('names in production', () => {
  const good = [
    'Companion-A.vrm',
    'Companion-A-v2.vrm',
    'a.b_c+(1).vrm',
    'Zoë Straße.vrm',
    'アリス-カード.vrm',
    '小雪 2.vrm',
    '서연.vrm',
    `${'x'.repeat(196)}.vrm`,
  ];
  for (const name of good) it(`takes ${name.slice(0, 30)}`, () => assert.equal(parseName(name), name));

  const bad: readonly (readonly [string, RegExp])[] = [
    ['', /empty/],
    ['../x.vrm', /segment/],
    ['a/b.vrm', /segment/],
    ['a\\b.vrm', /segment/],
    ['..', /starts/],
    ['.hidden.vrm', /starts/],
    ['-rf.vrm', /starts/],
    [' x.vrm', /starts/],
    ['x .vrm', /before its ending/],
    ['x..vrm', /before its ending/],
    ['.vrm', /starts/],
    ['x.VRM', /lower case/],
    ['x.vrm.exe', /does not end/],
    ['x', /does not end/],
    [`${'x'.repeat(197)}.vrm`, /200 bytes/],
    [`${'雪'.repeat(66)}.vrm`, /200 bytes/],
    ['tab\t.vrm', /U\+0009, which is a control/],
    ['nul\0.vrm', /U\+0000, which is a control/],
    ['esc\u001b[31m.vrm', /U\+001B/],
    ['line\n.vrm', /U\+000A/],
    ['rtl\u202emrv.vrm', /U\+202E, which cannot be seen/],
    ['zero\u200bwidth.vrm', /U\+200B, which cannot be seen/],
    ['nbsp\u00a0.vrm', /look like others/],
    ['Zoe\u0308.vrm', /normal form C/],
    ['Ｃompanion.vrm', /look like others/],
    ['ﬁsh.vrm', /look like others/],
    ['C\u043empanion.vrm', /U\+043E, which can be taken for a letter/],
    ['\u0391lice.vrm', /U\+0391, which can be taken for a letter/],
    ['\u0251lice.vrm', /U\+0251, which can be taken for a letter/],
    ['d\u0131ana.vrm', /U\+0131, which can be taken for a letter/],
    ['A\u2011B.vrm', /look like others/],
    ['A\u2013B.vrm', /U\+2013/],
    ['A\u0334.vrm', /U\+0334/],
    ['Wave.vrm.vrma', /two endings/],
    ['Wave.VRMA.vrm', /two endings/],
    ['a:b.vrm', /U\+003A/],
    ['a%2fb.vrm', /U\+0025/],
    ['a?b.vrm', /U\+003F/],
    ['a"b.vrm', /U\+0022/],
    ['😀.vrm', /U\+1F600/],
    ['\ud800.vrm', /U\+D800/],
  ];
  for (const [name, why] of bad) {
    it(`refuses ${JSON.stringify(name).slice(0, 40)}`, () => {
      assert.throws(
        () => parseName(name),
        (thrown) => {
          assert.ok(thrown instanceof ForgeError);
          assert.equal(thrown.code, 'bad-name');
          assert.match(thrown.message, why);
          // What is shown to a person cannot act on their terminal.
          assert.doesNotMatch(thrown.message, /[\p{Cc}\p{Cf}]/u);
          return true;
        },
      );
    });
  }

  it('get their ending where it was left out', () => {
    assert.deepEqual(
      ['A', 'A.vrm', 'A.VRM', 'A.v2'].map((name) => withExtension(name)),
      ['A.vrm', 'A.vrm', 'A.VRM', 'A.v2.vrm'],
    );
  });

  it('are taken apart into stem and version', () => {
    assert.deepEqual(splitVersion('Companion-A.vrm'), { stem: 'Companion-A', version: 1 });
    assert.deepEqual(splitVersion('Companion-A-v12.vrm'), { stem: 'Companion-A', version: 12 });
    assert.deepEqual(splitVersion('Companion-v0.vrm'), { stem: 'Companion-v0', version: 1 });
    assert.deepEqual(splitVersion('-v2.vrm'), { stem: '-v2', version: 1 });
  });

  it('are listed by version, as numbers', () => {
    const taken = ['A-v10.vrm', 'A.vrm', 'AA.vrm', 'A-v2.vrm', 'A-v2.vrm.sha256', 'A-v3.vrma', 'README.md'];
    assert.deepEqual(versionsOf('A.vrm', taken), ['A.vrm', 'A-v2.vrm', 'A-v10.vrm']);
  });

  it('move on to one more than the highest', () => {
    assert.equal(nextName('A.vrm', []), 'A.vrm');
    assert.equal(nextName('A.vrm', ['B.vrm', 'A.vrm']), 'A-v2.vrm');
    assert.equal(nextName('A.vrm', ['A.vrm', 'A-v2.vrm', 'A-v9.vrm']), 'A-v10.vrm');
    assert.equal(nextName('A-v2.vrm', ['A.vrm']), 'A-v2.vrm');
    assert.equal(nextName('A-v2.vrm', ['A-v2.vrm']), 'A-v3.vrm');
    // A.vrm was taken away: caches may still hold it.
    assert.equal(nextName('A.vrm', ['A-v2.vrm']), 'A-v3.vrm');
  });

  it('are not those of another model to a hasty eye', () => {
    const taken = ['Companion-A.vrm', 'Zoë.vrm', 'readme.txt'];
    assert.equal(lookAlikeOf('companion_a.vrm', taken), 'Companion-A.vrm');
    assert.equal(lookAlikeOf('C0mpan1on-A-v2.vrm', taken), 'Companion-A.vrm');
    assert.equal(lookAlikeOf('Zoe.vrm', taken), 'Zoë.vrm');
    assert.equal(lookAlikeOf('Companion-A.vrm', ['Companion-A.VRM']), 'Companion-A.VRM');
    assert.equal(lookAlikeOf('Companion-A-v2.vrm', taken), null);
    assert.equal(lookAlikeOf('Companion-B.vrm', taken), null);
  });
});
