import type { PreviewFinding } from '../../../../src/protocol/preview.ts';
import { element } from '../dom.ts';
import type { Panel } from '../panel.ts';

const SIGN: Readonly<Record<PreviewFinding['severity'], string>> = { error: '✕', warning: '!', info: 'i' };

/** What the check found; a press brings the place before the camera. */
export const findingsPanel: Panel = {
  id: 'findings',
  title: 'Findings',
  open: true,
  inChat: true,
  build: ({ viewer, say }) => {
    const list = element('ul', { class: 'findings' });
    const fly = ({ where, code }: PreviewFinding): void => {
      if (viewer.loaded === null || !viewer.flyTo(where)) say(`${code} has no place on the model.`);
    };
    const item = (finding: PreviewFinding): HTMLElement => {
      const { severity, message, next, code, where } = finding;
      const place = where.bone ?? where.expression ?? where.node ?? where.spring ?? where.image ?? '';
      return element(
        'li',
        { class: severity },
        element(
          'button',
          { type: 'button', click: () => fly(finding) },
          element('span', { class: 'sign', role: 'img', 'aria-label': severity }, SIGN[severity]),
          element('span', { class: 'what' }, message),
          element('span', { class: 'note' }, [code, place].filter((one) => one !== '').join(' · ')),
          element('span', { class: 'next' }, next),
        ),
      );
    };
    return {
      body: list,
      report: ({ findings }) => {
        list.replaceChildren(...findings.map(item));
        if (findings.length === 0) list.append(element('li', { class: 'none' }, 'Nothing was found.'));
      },
    };
  },
};
