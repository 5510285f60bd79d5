import assert from 'node:assert/strict';
import { plainText, plainValue } from '../../../src/core/untrusted.ts';

describe('plainText', () => {
  it('leaves ordinary text alone, in any script', () => {
    const text = 'Haare_links (1)\tネコ\n🎉 é';
    assert.equal(plainText(text), text);
  });

  it('shows characters that hide or reorder text', () => {
    assert.equal(
      plainText('a\u0000b\u202ec\u200bd\u{e0049}e\u0085\ufeff'),
      'a\\u{0}b\\u{202e}c\\u{200b}d\\u{e0049}e\\u{85}\\u{feff}',
    );
  });

  it('leaves out the middle of a long text, and says how much', () => {
    assert.equal(
      plainText('a'.repeat(50) + 'b'.repeat(50), 20),
      `${'a'.repeat(10)}\n… 80 characters left out …\n${'b'.repeat(10)}`,
    );
  });
});

describe('plainValue', () => {
  it('goes into lists and members, and leaves numbers, null and bytes', () => {
    const bytes = new Uint8Array([1]);
    assert.deepEqual(plainValue({ 'k\u0007': ['\u202e', 1, null, true], bytes }), {
      'k\\u{7}': ['\\u{202e}', 1, null, true],
      bytes,
    });
  });
});
