import { PICTURES, jpegOf, pngOf } from '../support/vrm/pictures.ts';
import { pointers, HOSTILE, random } from '../support/fuzz.ts';
import { agreeOn, withPictures } from '../support/vrm/checkReadings.ts';
import { readGlb } from '../../src/core/vrm/glb.ts';

const ROUNDS = 400;

describe('what is read of corrupted files for a check', function () {
  this.timeout(300_000);
  const pick = <T>(from: readonly T[], next: () => number): T => from[Math.floor(next() * from.length)]!;

  it('shows whatever stands in their JSON', async () => {
    const next = random(21);
    const pictures = [pngOf([], 64, 900), jpegOf([], 64, 3, 900)];
    const places = pointers(readGlb(withPictures(pictures)).json).filter((place) =>
      /^.(buffer|accessor|image)/.test(place),
    );
    for (let round = 0; round < ROUNDS; round++) {
      const value = next() < 0.5 ? pick(HOSTILE, next) : Math.floor(next() * 3000);
      await agreeOn(withPictures(pictures, [{ at: pick(places, next), value }]));
    }
  });

  it('shows whatever is in their pictures', async () => {
    const next = random(22);
    for (let round = 0; round < ROUNDS; round++) {
      const broken = pick(Object.values(PICTURES), next).slice(
        0,
        next() < 0.3 ? Math.floor(next() * 5000) : undefined,
      );
      for (let n = 0; n < 1 + next() * 4; n++) {
        broken[Math.floor(next() * next() * Math.min(broken.length, 400))] = Math.floor(next() * 256);
      }
      await agreeOn(withPictures([broken, pngOf([], 64, 900)]));
    }
  });

  it('shows whatever is in their bytes', async () => {
    const next = random(23);
    const whole = withPictures([pngOf([], 64, 900), jpegOf([], 64, 3, 900)]);
    for (let round = 0; round < ROUNDS; round++) {
      const broken = whole.slice(0, next() < 0.1 ? Math.floor(next() * whole.length) : undefined);
      for (let n = 0; n < 1 + next() * 3; n++) {
        broken[Math.floor(next() * broken.length)] = pick([0x20, 0x2c, 0x31, Math.floor(next() * 256)], next);
      }
      await agreeOn(broken);
    }
  });
});
