import { button, element, row, slider, toggle } from '../dom.ts';
import type { Panel } from '../panel.ts';

export const springsPanel: Panel = {
  id: 'springs',
  title: 'Hair and cloth',
  build: ({ viewer }) => {
    const { springs } = viewer.features;
    const on = toggle(
      'Swing',
      () => springs.isOn,
      (isOn) => (springs.isOn = isOn),
    );
    const count = element('p', { class: 'note' });
    return {
      body: element(
        'div',
        {},
        element(
          'div',
          { class: 'actions' },
          on,
          button('Reset', () => springs.reset()),
        ),
        row(
          'Wind',
          slider('Wind', springs.wind, (wind) => (springs.wind = wind)),
        ),
        count,
      ),
      show: () => {
        count.textContent =
          springs.joints === 0 ? 'The model has no springs.' : `${springs.joints} joints swing.`;
      },
    };
  },
};
