import assert from 'node:assert/strict';
import { blinkAt } from '../../../media/preview/viewer/features/blinking.ts';
import { closedAt, VISEMES, visemeRun, visemesOf } from '../../../media/preview/viewer/features/speech.ts';

describe('what a mouth does to say a text', () => {
  const vowels = (text: string): readonly string[] =>
    visemesOf(text).flatMap(({ viseme, weight }) => (weight === 1 ? [viseme] : []));

  it('opens for vowels, also for those with accents', () => {
    assert.deepEqual(vowels('banana'), ['aa', 'aa', 'aa']);
    assert.deepEqual(vowels('Éole'), ['ee', 'oh', 'ee']);
  });

  it('closes for m, b and p, and only nearly for other consonants', () => {
    assert.deepEqual(visemesOf('mbp'), []);
    assert.deepEqual(
      visemesOf('st').map(({ weight }) => weight < 0.5),
      [true, true],
    );
  });

  it('goes on in time, pauses where the text does, and ends', () => {
    const spans = visemesOf('oh no. oh');
    for (const [n, { startS, lengthS }] of spans.entries()) {
      assert(startS + lengthS <= (spans[n + 1]?.startS ?? Infinity) + 1e-9);
    }
    assert(closedAt(visemesOf('no. no')) > closedAt(visemesOf('nono')) + 0.3);
    assert.equal(closedAt([]), 0);
  });

  it('says nothing of what it cannot read', () => {
    assert.deepEqual(visemesOf('42 \u3042'), []);
  });

  it('shows each viseme once', () => {
    assert.deepEqual(
      visemeRun().map(({ viseme }) => viseme),
      [...VISEMES],
    );
  });

  it('blinks now and then, shortly', () => {
    const closed = Array.from({ length: 6000 }, (_, n) => blinkAt(n / 100)).filter((lids) => lids > 0.5);
    assert(closed.length > 60 && closed.length < 400, `closed for ${closed.length / 100} s of a minute`);
  });
});
