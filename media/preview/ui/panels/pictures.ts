import { button, element } from '../dom.ts';
import type { Panel } from '../panel.ts';

/** As VRM asks of a thumbnail: square, best this many pixels. */
const THUMBNAIL = 1024;

export const picturesPanel: Panel = {
  id: 'pictures',
  title: 'Pictures',
  build: ({ viewer, can, wish, say }) => {
    const shot = element('img', { class: 'shot', alt: 'The picture taken last', hidden: true });
    const show = (png: string): void => {
      shot.src = `data:image/png;base64,${png}`;
      shot.hidden = false;
    };
    let thumbnail: string | null = null;
    const save = button('Save picture…', () => {
      const { canvas } = viewer.stage;
      const { png } = viewer.screenshot({ width: canvas.width, height: canvas.height });
      show(png);
      wish({ type: 'wish', wish: 'save-picture', png });
    });
    const keep = button('Write it into the file…', () => {
      if (thumbnail !== null) wish({ type: 'wish', wish: 'keep-thumbnail', png: thumbnail });
    });
    keep.hidden = true;
    const make = button('Make thumbnail', () => {
      thumbnail = viewer.thumbnail(THUMBNAIL).png;
      show(thumbnail);
      keep.hidden = !can('keep-thumbnail');
      say('The same model always gives the same thumbnail.');
    });
    const optimise = button('Optimise for web…', () => wish({ type: 'wish', wish: 'optimise' }));
    return {
      body: element('div', {}, element('div', { class: 'actions' }, make, keep, save, optimise), shot),
      show: () => {
        save.hidden = !can('save-picture');
        optimise.hidden = !can('optimise');
        keep.hidden = true;
        thumbnail = null;
        shot.hidden = true;
      },
    };
  },
};
