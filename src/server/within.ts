/** What `work` comes to; undefined where it takes longer than `ms`, or where `signal` says that nobody waits any more. */
export async function within<T>(work: Promise<T>, ms: number, signal?: AbortSignal): Promise<T | undefined> {
  let giveUp = (): void => undefined;
  const patience = new Promise<undefined>((resolve) => (giveUp = () => resolve(undefined)));
  const timer = setTimeout(giveUp, ms);
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([work, patience]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}
