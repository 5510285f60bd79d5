import assert from 'node:assert/strict';
import { condenseInfos } from '../../../src/core/vrm/condense.ts';
import type { Finding, Severity } from '../../../src/core/vrm/finding.ts';

const finding = (code: string, severity: Severity): Finding => ({
  code,
  severity,
  message: 'So it is.',
  next: 'Mend it.',
  where: {},
  spec: null,
});

describe('findings for people', () => {
  it('keep every error and warning, and one information of each code', () => {
    const all = [
      finding('a', 'error'),
      finding('a', 'error'),
      finding('b', 'warning'),
      ...Array.from({ length: 100 }, () => finding('c', 'info')),
      finding('d', 'info'),
    ];
    assert.deepEqual(
      condenseInfos(all).map(({ code, message }) => `${code}: ${message}`),
      [
        'a: So it is.',
        'a: So it is.',
        'b: So it is.',
        'c: So it is. (and 99 more of this code)',
        'd: So it is.',
      ],
    );
  });
});
