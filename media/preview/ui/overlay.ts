/** What is written over the picture. Names come out of the file: they are set as text, never as markup. */
import type { LoadedModel, PreviewFault } from '../../../src/protocol/preview.ts';

export interface Overlay {
  showStatus(text: string): void;
  showFault(fault: PreviewFault): void;
  showModel(model: LoadedModel): void;
}

export function createOverlay(
  document: Document,
  onExpression: (name: string, weight: number) => void,
): Overlay {
  const part = (id: string): HTMLElement => {
    const element = document.getElementById(id);
    if (element === null) throw new Error(`The page has no #${id}.`);
    return element;
  };
  const [card, name, facts, expressions, status] = ['card', 'name', 'facts', 'expressions', 'status'].map(
    part,
  ) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];

  const showStatus = (text: string, fault = false): void => {
    status.textContent = text;
    status.classList.toggle('fault', fault);
    card.hidden = expressions.hidden = text !== '';
  };

  const buttonFor = (expression: string): HTMLButtonElement => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = expression;
    button.ariaPressed = 'false';
    button.addEventListener('click', () => {
      const press = button.ariaPressed !== 'true';
      for (const other of expressions.querySelectorAll('button')) other.ariaPressed = 'false';
      button.ariaPressed = String(press);
      onExpression(expression, press ? 1 : 0);
    });
    return button;
  };

  return {
    showStatus: (text) => showStatus(text),
    showFault: (fault) => showStatus(`${fault.message} ${fault.next}`, true),
    showModel: (model) => {
      showStatus('');
      name.textContent = model.name;
      facts.textContent = [
        `VRM ${model.version}`,
        `${model.heightM.toFixed(2)} m`,
        `${model.triangles.toLocaleString('en')} triangles`,
        `${model.bones.length} bones`,
      ].join(' · ');
      // A model that is loaded again keeps the face it made.
      const pressed = expressions.querySelector('[aria-pressed="true"]')?.textContent;
      const buttons = model.expressions.map(buttonFor);
      expressions.replaceChildren(...buttons);
      buttons.find((button) => button.textContent === pressed)?.click();
    },
  };
}
