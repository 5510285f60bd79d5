/** The panels, beside the picture or below it. */
import type { LoadedModel, PreviewReport } from '../../../src/protocol/preview.ts';
import { element } from './dom.ts';
import type { PanelContext } from './panel.ts';
import { panels } from './panels/index.ts';

export interface Side {
  show(model: LoadedModel): void;
  report(report: PreviewReport): void;
  /** How many findings the fold of a panel tells, and the like. */
  tick(): void;
}

export function fillSide(side: HTMLElement, context: PanelContext, layout: 'editor' | 'chat'): Side {
  const built = panels
    .filter(({ inChat }) => layout === 'editor' || inChat === true)
    .map(({ id, title, open, build }) => {
      const view = build(context);
      const count = element('span', { class: 'count' });
      const fold = element(
        'details',
        { id: `panel-${id}` },
        element('summary', {}, title, count),
        element('div', { class: 'body' }, view.body),
      );
      fold.open = open === true && layout === 'editor';
      return { id, view, fold, count };
    });
  side.replaceChildren(...built.map(({ fold }) => fold));
  return {
    show: (model) => {
      for (const { view } of built) view.show?.(model, context);
    },
    report: (report) => {
      for (const { id, view, count } of built) {
        view.report?.(report);
        if (id === 'findings') count.textContent = String(report.findings.length);
      }
    },
    tick: () => {
      for (const { view, fold } of built) if (fold.open) view.tick?.();
    },
  };
}
