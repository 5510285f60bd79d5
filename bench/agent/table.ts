import { type Cost, noCost, plus, tokens } from '../../scripts/demo/cost.ts';
import type { Attempt } from './attempt.ts';

/** What the tools alone cost a model, once a session. */
export interface ToolLists {
  readonly ours: number;
  readonly stock: number;
}

export const solved = ({ unsolved, wrong, collateral }: Attempt): boolean =>
  unsolved === null && wrong.length === 0 && collateral.length === 0;

const state = (attempt: Attempt): string => {
  if (attempt.unsolved !== null) return '–';
  if (attempt.wrong.length > 0) return 'wrong';
  return attempt.collateral.length > 0 ? 'harm' : 'ok';
};
const figures = ({ calls, bytes, ...text }: Cost): string[] => [
  String(calls),
  (bytes / 1000).toFixed(1),
  String(tokens(text)),
];

const head = ['task', 'kind', 'ours', 'calls', 'kB', 'tokens', 's', 'stock', 'calls', 'kB', 'tokens', 's'];

/** A table in Markdown: a row for each task, then what both solved, added up. */
export function table(attempts: readonly Attempt[], lists: ToolLists): string {
  const names = [...new Set(attempts.map(({ task }) => task))];
  const of = (task: string, side: Attempt['side']) =>
    attempts.find((attempt) => attempt.task === task && attempt.side === side);
  const cells = (attempt: Attempt | undefined): string[] =>
    attempt?.unsolved !== null
      ? ['–', '', '', '', '']
      : [state(attempt), ...figures(attempt.cost), attempt.seconds.toFixed(1)];
  const rows = names.map((name) => [
    name,
    attempts.find(({ task }) => task === name)?.kind ?? '',
    ...cells(of(name, 'ours')),
    ...cells(of(name, 'stock')),
  ]);
  const both = names.filter((name) =>
    [of(name, 'ours'), of(name, 'stock')].every((attempt) => attempt !== undefined && solved(attempt)),
  );
  const sum = (side: Attempt['side']): string[] => {
    const mine = attempts.filter((attempt) => attempt.side === side);
    const shared = mine.filter(({ task }) => both.includes(task));
    const seconds = shared.reduce((all, attempt) => all + attempt.seconds, 0);
    const cost = shared.map((attempt) => attempt.cost).reduce(plus, noCost);
    return [`${mine.filter(solved).length}/${names.length}`, ...figures(cost), seconds.toFixed(1)];
  };
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    line(['solved; sums of what both solved', `${both.length}`, ...sum('ours'), ...sum('stock')]),
    '',
    `The list of tools, once a session: ours ${lists.ours} tokens, stock ${lists.stock}.`,
  ].join('\n');
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
