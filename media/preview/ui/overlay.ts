/** What is written over the picture. Names come out of the file: they are set as text, never as markup. */
import type { LoadedModel, PreviewFault } from '../../../src/protocol/preview.ts';

export interface Overlay {
  showStatus(text: string, share?: number): void;
  showFault(fault: PreviewFault): void;
  showModel(model: LoadedModel, note?: string): void;
  /** A word that goes away by itself. */
  say(text: string): void;
}

const SAID_MS = 5_000;

export function createOverlay(document: Document): Overlay {
  const part = (id: string): HTMLElement => {
    const element = document.getElementById(id);
    if (element === null) throw new Error(`The page has no #${id}.`);
    return element;
  };
  const [card, name, facts, status, said] = ['card', 'name', 'facts', 'status', 'said'].map(part) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  const progress = document.createElement('progress');
  progress.ariaLabel = 'Loading';
  let timer = 0;

  const showStatus = (text: string, fault = false, share?: number): void => {
    status.textContent = text;
    if (share !== undefined) {
      progress.value = share;
      status.append(progress);
    }
    status.classList.toggle('fault', fault);
    card.hidden = text !== '';
  };

  return {
    showStatus: (text, share) => showStatus(text, false, share),
    showFault: (fault) => showStatus(`${fault.message} ${fault.next}`, true),
    showModel: (model, note) => {
      showStatus('');
      name.textContent = model.name;
      facts.textContent = [
        `VRM ${model.version}`,
        `${model.heightM.toFixed(2)} m`,
        `${model.triangles.toLocaleString('en')} triangles`,
        `${model.bones.length} bones`,
        ...(note === undefined ? [] : [note]),
      ].join(' · ');
    },
    say: (text) => {
      said.textContent = text;
      window.clearTimeout(timer);
      timer = window.setTimeout(() => (said.textContent = ''), SAID_MS);
    },
  };
}
