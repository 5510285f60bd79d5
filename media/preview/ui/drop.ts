/** Files that are dragged onto the page: a model is shown, an animation played. */
export function acceptDrops(
  target: HTMLElement,
  use: { readonly model: (file: File) => void; readonly animation: (file: File) => void },
): void {
  target.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files') !== true) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    target.classList.add('drop');
  });
  target.addEventListener('dragleave', () => target.classList.remove('drop'));
  target.addEventListener('drop', (event) => {
    event.preventDefault();
    target.classList.remove('drop');
    for (const file of event.dataTransfer?.files ?? []) {
      const name = file.name.toLowerCase();
      if (name.endsWith('.vrma')) use.animation(file);
      else if (name.endsWith('.vrm')) use.model(file);
    }
  });
}
