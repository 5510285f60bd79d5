import type { MeasuredExpression } from '../../../../src/protocol/preview.ts';
import { button, element, slider } from '../dom.ts';
import type { Panel } from '../panel.ts';

/** A slider for each; one that is declared and moves nothing is greyed out, with what was measured. */
export const expressionsPanel: Panel = {
  id: 'expressions',
  title: 'Expressions',
  open: true,
  inChat: true,
  build: ({ viewer }) => {
    const { face } = viewer.features;
    const list = element('ul', { class: 'expressions' });
    const reset = button('Reset', () => {
      viewer.resetExpressions();
      refresh();
    });
    const body = element('div', {}, list, element('div', { class: 'actions' }, reset));
    let measured: ReadonlyMap<string, MeasuredExpression> = new Map();
    const items = new Map<string, () => void>();

    const refresh = (): void => {
      for (const update of items.values()) update();
    };
    const item = (name: string): HTMLElement => {
      const range = slider(name, 0, (weight) => {
        viewer.setExpression(name, weight);
        update();
      });
      // A press shows this one alone, another takes it back.
      const press = button(name, () => {
        const on = face.weights[name] !== 1;
        viewer.resetExpressions();
        if (on) viewer.setExpression(name, 1);
        refresh();
      });
      const note = element('span', { class: 'note' });
      const made = element('li', {}, press, range, note);
      const update = (): void => {
        const weight = face.weights[name] ?? 0;
        press.ariaPressed = String(weight > 0);
        if (range.valueAsNumber !== weight) range.value = String(weight);
        const found = measured.get(name);
        made.classList.toggle('dead', found?.dead === true);
        note.textContent = found === undefined ? '' : effectOf(found);
        made.title = found?.dead === true ? 'Declared, but nothing of the model changes.' : '';
      };
      items.set(name, update);
      return made;
    };

    return {
      body,
      show: ({ expressions }) => {
        items.clear();
        list.replaceChildren(...expressions.map(item));
        reset.hidden = expressions.length === 0;
        if (expressions.length === 0) list.append(element('li', {}, 'The model has none.'));
        refresh();
      },
      report: ({ expressions }) => {
        measured = new Map(expressions.map((one) => [one.name, one]));
        refresh();
      },
      tick: refresh,
    };
  },
};

function effectOf({ dead, maxDeltaM, materialBinds }: MeasuredExpression): string {
  if (dead) return 'no effect';
  const moved = maxDeltaM === null || maxDeltaM < 1e-5 ? '' : `${(1000 * maxDeltaM).toFixed(1)} mm`;
  return [moved, materialBinds > 0 ? 'material' : ''].filter((one) => one !== '').join(', ');
}
