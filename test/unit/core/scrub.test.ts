import assert from 'node:assert/strict';
import { scrub } from '../../../src/core/scrub.ts';

const nothing = { secrets: [], home: '' };

describe('what leaves in a report', () => {
  const secrets: readonly (readonly [text: string, secret: string])[] = [
    ['AVATAR_FORGE_TOKEN=9f8e7d6c5b4a', '9f8e7d6c5b4a'],
    ['{"token": "9f8e7d6c5b4a", "port": 9876}', '9f8e7d6c5b4a'],
    ["secret_access_key: 'wJalrXUtnFEMI'", 'wJalrXUtnFEMI'],
    ['GET / Authorization: Bearer abcdef0123456789', 'abcdef0123456789'],
    ['https://me:hunter22@example.org/x', 'hunter22'],
    ['blender --token hunter22 --background', 'hunter22'],
    ['key AKIAIOSFODNN7EXAMPLE used', 'AKIAIOSFODNN7EXAMPLE'],
    ['ghp_abcdefghijklmnopqrstuvwxyz0123', 'ghp_abcdefghijklmnopqrstuvwxyz0123'],
    ['jwt eyJhbGciOi.eyJzdWIi.SflKxwRJ ok', 'SflKxwRJ'],
    ['-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----', 'MIIEvQ'],
  ];
  for (const [text, secret] of secrets) {
    it(`loses the secret of ${JSON.stringify(text)}`, () => {
      const clean = scrub(text, nothing);
      assert.ok(!clean.includes(secret), clean);
      assert.ok(clean.includes('•••'));
    });
  }

  it('loses values that are known to be secret, wherever they stand', () => {
    assert.equal(scrub('a hunter22 b hunter22', { secrets: ['hunter22', 'a', ''], home: '' }), 'a ••• b •••');
  });

  it('loses the name in the path of the home folder', () => {
    assert.equal(scrub('/home/jane/avatar-forge', { secrets: [], home: '/home/jane' }), '~/avatar-forge');
  });

  it('leaves what is none', () => {
    const text =
      'exported Companion.vrm, 9040 bytes, sha256 9f8e7d6c; tcp://127.0.0.1:9876; the token was wrong';
    assert.equal(scrub(text, nothing), text);
  });
});
