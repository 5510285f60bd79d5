import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { checkVrm } from '../../src/core/vrm/check.ts';
import { PROFILES } from '../../src/core/vrm/profile.ts';
import { packGlb } from '../support/vrm/glb.ts';
import { edited } from '../support/vrm/json.ts';
import { sampleVrm } from '../support/vrm/sampleVrm.ts';
import { HOSTILE, pointers, random } from '../support/fuzz.ts';

/** Files of each kind; four kinds, ten thousand in all. */
const ROUNDS = 2500;
/** What is left after as many files: a leak of a kilobyte a file would show. */
const MOST_GROWTH = 2 << 20;

// Without a collection right before both looks the difference is garbage.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('the check of ten thousand corrupted files', function () {
  this.timeout(120_000);

  const check = (bytes: Uint8Array, what: string): void => {
    const { counts, findings } = checkVrm(bytes, { profile: PROFILES.web });
    assert.equal(counts.errors + counts.warnings + counts.infos, findings.length, what);
  };
  const used = (): number => {
    // Buffers are freed beside the program: the second collection waits for what the first has left to free.
    collectGarbage();
    collectGarbage();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const bounded = (work: (rounds: number) => void): void => {
    work(100); // what is compiled and remembered once is no leak
    const before = used();
    work(ROUNDS);
    const growth = used() - before;
    assert(growth < MOST_GROWTH, `${Math.round(growth / 1024)} KiB more`);
  };

  for (const version of ['1.0', '0.x'] as const) {
    const { document, bin, glb } = sampleVrm(version);
    const places = pointers(document);

    it(`whatever stands in their JSON (${version})`, () =>
      bounded((rounds) => {
        const next = random(11);
        const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)]!;
        for (let round = 0; round < rounds; round += 1) {
          const edits = Array.from({ length: 1 + Math.floor(next() * 3) }, () => ({
            at: pick(places),
            value: pick(HOSTILE),
          }));
          // A second edit may reach into what the first took away.
          let broken: object = document;
          for (const edit of edits) {
            try {
              broken = edited(broken, [edit]);
            } catch {
              continue;
            }
          }
          check(packGlb(broken, bin), `round ${round}: ${JSON.stringify(edits)}`);
        }
      }));

    it(`whatever their bytes are (${version})`, () =>
      bounded((rounds) => {
        const next = random(12);
        for (let round = 0; round < rounds; round += 1) {
          const broken = glb.slice(0, next() < 0.25 ? Math.floor(next() * glb.length) : glb.length);
          for (let n = 0; n < 1 + next() * 12; n += 1) {
            broken[Math.floor(next() * broken.length)] = Math.floor(next() * 256);
          }
          check(broken, `round ${round}`);
        }
      }));
  }
});
