/** Runs `act` once, `ms` after the first of a burst of calls: views follow quick changes without flicker, and none is lost. */
export function debounced(ms: number, act: () => void): { (): void; dispose(): void } {
  let timer: NodeJS.Timeout | undefined;
  const call = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      act();
    }, ms);
  };
  return Object.assign(call, { dispose: () => clearTimeout(timer) });
}
