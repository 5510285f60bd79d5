import { VISEMES, visemeRun, visemesOf } from '../../viewer/features/speech.ts';
import { button, choice, element, row, toggle } from '../dom.ts';
import type { Panel } from '../panel.ts';

export const speechPanel: Panel = {
  id: 'speech',
  title: 'Speech and eyes',
  open: true,
  inChat: true,
  build: ({ viewer, say }) => {
    const { face, gaze } = viewer.features;
    const visemesMissing = (): boolean => {
      const missing = VISEMES.filter((viseme) => viewer.loaded?.expressions.includes(viseme) !== true);
      if (missing.length > 0) say(`The model has no ${missing.join(', ')}.`);
      return missing.length === VISEMES.length;
    };
    const text = element('input', {
      type: 'text',
      'aria-label': 'Text to say',
      value: 'Hello, I am your new companion.',
      spellcheck: 'false',
    });
    const speak = (): void => {
      if (visemesMissing()) return;
      const spans = visemesOf(text.value);
      if (spans.length === 0) say('Only Latin letters can be read here: write it as it sounds.');
      face.speak(spans);
    };
    text.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') speak();
    });
    const blink = toggle(
      'Blink by itself',
      () => face.blinking,
      (on) => (face.blinking = on),
    );
    const eyes = choice(
      'Eyes look',
      [
        ['ahead', 'Ahead'],
        ['camera', 'At camera'],
        ['mouse', 'At mouse'],
      ],
      () => gaze.at,
      (at) => (gaze.at = at),
    );
    const run = button('All visemes', () => {
      if (!visemesMissing()) face.speak(visemeRun());
    });
    const tick = (): void => {
      blink.ariaPressed = String(face.blinking);
      eyes.refresh();
    };
    return {
      body: element(
        'div',
        {},
        element('div', { class: 'say' }, text, button('Say', speak)),
        element('div', { class: 'actions' }, run, blink),
        row('Eyes', eyes),
      ),
      show: tick,
      tick,
    };
  },
};
