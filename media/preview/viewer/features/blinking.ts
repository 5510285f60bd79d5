const LENGTH_S = 0.16;
/** Pauses that do not look regular; the same in every run. */
const PAUSES_S = [2.4, 3.7, 1.9, 4.6, 0.3, 3.1];
const CYCLE_S = PAUSES_S.reduce((sum, pause) => sum + pause + LENGTH_S, 0);

/** How far the lids are closed, 0 to 1, at a time in seconds. */
export function blinkAt(seconds: number): number {
  let at = seconds % CYCLE_S;
  for (const pause of PAUSES_S) {
    if (at < pause) return 0;
    at -= pause;
    if (at < LENGTH_S) return Math.sin((Math.PI * at) / LENGTH_S);
    at -= LENGTH_S;
  }
  return 0;
}
