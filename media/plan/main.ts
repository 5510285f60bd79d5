/** The page of a promotion's plan: the extension has written it, here its buttons are given life. */
import type { FromPlan } from '../../src/protocol/plan.ts';

interface Editor {
  postMessage(message: FromPlan): void;
}
declare function acquireVsCodeApi(): Editor;

const editor = acquireVsCodeApi();
const publish = document.querySelector<HTMLButtonElement>('#publish');
const needed = [...document.querySelectorAll<HTMLInputElement>('[data-needed]')];
const commit = document.querySelector<HTMLInputElement>('#commit');

function follow(): void {
  if (publish !== null) publish.disabled = needed.some(({ checked }) => !checked);
}

for (const box of needed) box.addEventListener('change', follow);
publish?.addEventListener('click', () => {
  publish.disabled = true; // a second click is no second promotion
  editor.postMessage({ type: 'publish', commit: commit?.checked === true });
});
document.querySelector('#leave')?.addEventListener('click', () => editor.postMessage({ type: 'leave' }));
document.addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') editor.postMessage({ type: 'leave' });
});
follow();
