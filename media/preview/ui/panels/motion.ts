import { button, choice, element, toggle } from '../dom.ts';
import type { Panel } from '../panel.ts';

export const motionPanel: Panel = {
  id: 'motion',
  title: 'Pose and motion',
  build: ({ viewer, can, wish, chooseFile }) => {
    const { motion, turntable } = viewer.features;
    const poses = choice(
      'Pose',
      [
        ['rest', 'T-pose'],
        ['relaxed', 'Relaxed'],
        ['idle', 'Idle'],
      ],
      () => (motion.clip === null ? motion.pose : null),
      (pose) => viewer.setPose(pose),
    );
    const open = button('Play animation…', () => {
      if (can('choose-animation')) wish({ type: 'wish', wish: 'choose-animation' });
      else
        chooseFile('.vrma', async (file) => {
          await viewer.animate({ bytes: await file.arrayBuffer() }, file.name);
        });
    });
    const pause = toggle(
      'Pause',
      () => motion.paused,
      (on) => (motion.paused = on),
    );
    const turn = toggle(
      'Turntable',
      () => turntable.isOn,
      (on) => (turntable.isOn = on),
    );
    const playing = element('p', { class: 'note', role: 'status' });
    const tick = (): void => {
      poses.refresh();
      pause.ariaPressed = String(motion.paused);
      turn.ariaPressed = String(turntable.isOn);
      const { clip } = motion;
      const at = clip === null ? 0 : motion.timeS % Math.max(clip.durationS, 0.001);
      playing.textContent =
        clip === null ? '' : `${clip.name}, ${at.toFixed(1)} of ${clip.durationS.toFixed(1)} s`;
    };
    return {
      body: element('div', {}, poses, element('div', { class: 'actions' }, open, pause, turn), playing),
      show: tick,
      tick,
    };
  },
};
