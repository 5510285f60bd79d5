import { element } from '../dom.ts';
import type { Panel } from '../panel.ts';

/** Who made the model and what may be done with it, in the file's own words. */
export const licencePanel: Panel = {
  id: 'licence',
  title: 'Licence',
  build: () => {
    const list = element('dl', { class: 'licence' });
    return {
      body: list,
      report: ({ licence }) =>
        list.replaceChildren(
          ...licence.flatMap(([label, text]) => [element('dt', {}, label), element('dd', {}, text)]),
        ),
    };
  },
};
