/** What is done most, under the picture; each has a key, too, while the picture has the focus. */
import { button, element, toggle } from './dom.ts';
import type { PanelContext } from './panel.ts';

const STEP_DEG = 15;

export interface Toolbar {
  readonly refresh: () => void;
}

export function fillToolbar(
  bar: HTMLElement,
  canvas: HTMLElement,
  { viewer }: PanelContext,
  side: HTMLElement,
): Toolbar {
  const { turntable, eyesView } = viewer.features;
  const { stage } = viewer;
  const frame = (framing: 'full' | 'face') => (): void => {
    if (viewer.loaded !== null) viewer.setCamera({ framing, turnDeg: 0 });
    refresh();
  };
  const full = button('Whole', frame('full'), { title: 'The whole figure (0)' });
  const face = button('Face', frame('face'), { title: 'The face (F)' });
  const turn = toggle(
    'Turn',
    () => turntable.isOn,
    (on) => (turntable.isOn = on),
  );
  turn.title = 'Turntable (T)';
  const eyes = toggle(
    'First person',
    () => eyesView.isOn,
    (on) => {
      if (viewer.loaded !== null) eyesView.isOn = on;
    },
  );
  eyes.title = 'Through the eyes of the avatar (1)';
  const panels = toggle(
    'Panels',
    () => !side.hidden,
    (on) => (side.hidden = !on),
  );
  panels.title = 'Show or hide the panels (P)';
  const refresh = (): void => {
    turn.ariaPressed = String(turntable.isOn);
    eyes.ariaPressed = String(eyesView.isOn);
    panels.ariaPressed = String(!side.hidden);
  };
  bar.replaceChildren(full, face, turn, eyes, element('span', { class: 'gap' }), panels);

  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => stage.orbit(-STEP_DEG, 0),
    ArrowRight: () => stage.orbit(STEP_DEG, 0),
    ArrowUp: () => stage.orbit(0, STEP_DEG),
    ArrowDown: () => stage.orbit(0, -STEP_DEG),
    '+': () => stage.dolly(0.85),
    '-': () => stage.dolly(1 / 0.85),
    '0': () => full.click(),
    f: () => face.click(),
    t: () => turn.click(),
    '1': () => eyes.click(),
    p: () => panels.click(),
  };
  canvas.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  return { refresh };
}
