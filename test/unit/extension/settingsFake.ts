import { Secrets } from '../../../src/extension/secrets.ts';
import { Settings } from '../../../src/extension/settings.ts';

/** Settings over a plain object, as the editor would hold them. */
export function settingsOver(values: Record<string, unknown>) {
  const listeners = new Set<(event: { affectsConfiguration: (name: string) => boolean }) => unknown>();
  const settings = new Settings({
    getConfiguration: (section) => ({ get: (name) => values[`${section}.${name}`] }),
    onDidChangeConfiguration: (listener) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  });
  const set = (name: string, value: unknown): void => {
    values[name] = value;
    for (const listener of listeners) listener({ affectsConfiguration: (asked) => asked === name });
  };
  return { settings, set };
}

export function secretsOver(kept = new Map<string, string>()): Secrets {
  return new Secrets({
    get: (key) => Promise.resolve(kept.get(key)),
    store: (key, value) => Promise.resolve(void kept.set(key, value)),
    delete: (key) => Promise.resolve(void kept.delete(key)),
  });
}
