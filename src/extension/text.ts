/** Looks a sentence up in the user's language; `{0}`, `{1}` … stand for the arguments. The shape of `vscode.l10n.t`. */
export type Translate = (message: string, ...args: (string | number)[]) => string;

/** `9.0 MB`; powers of 1000, as file managers and CDNs count. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB'];
  let value = bytes / 1000;
  let unit = 0;
  for (; value >= 999.95 && unit < units.length - 1; unit += 1) value /= 1000;
  return `${value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** `950`, `29.9 k`, `1.2 M`. */
export function countText(count: number): string {
  if (count < 1000) return String(count);
  return count < 999_950 ? `${(count / 1000).toFixed(1)} k` : `${(count / 1e6).toFixed(1)} M`;
}

/** `12 s`, `5 min`, `2 h 10 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
