/** Elements, made in one expression. Texts are set as text, never as markup: names come out of files. */

type Child = Node | string;

type Attributes = Readonly<Record<string, string | boolean | ((event: Event) => void)>>;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (typeof value === 'boolean') made.toggleAttribute(name, value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export function button(text: string, act: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return element('button', { type: 'button', click: act, ...attributes }, text);
}

/** A button that stays down. */
export function toggle(text: string, isOn: () => boolean, act: (on: boolean) => void): HTMLButtonElement {
  const made = button(text, () => {
    act(!isOn());
    made.ariaPressed = String(isOn());
  });
  made.ariaPressed = String(isOn());
  return made;
}

/** One of several: buttons of which one is down. */
export function choice<T extends string>(
  label: string,
  values: readonly (readonly [value: T, text: string])[],
  current: () => T | null,
  act: (value: T) => void,
): HTMLElement & { refresh(): void } {
  const buttons = values.map(([value, text]) => {
    const one = button(text, () => {
      act(value);
      refresh();
    });
    return [value, one] as const;
  });
  const refresh = (): void => {
    for (const [value, one] of buttons) one.ariaPressed = String(value === current());
  };
  refresh();
  const group = element(
    'div',
    { role: 'group', 'aria-label': label, class: 'choice' },
    ...buttons.map(([, one]) => one),
  );
  return Object.assign(group, { refresh });
}

export function row(label: string, ...children: readonly Child[]): HTMLElement {
  return element('div', { class: 'row' }, element('span', { class: 'label' }, label), ...children);
}

/** A slider from 0 to 1. */
export function slider(label: string, value: number, act: (value: number) => void): HTMLInputElement {
  const made = element('input', { type: 'range', min: '0', max: '1', step: '0.01', 'aria-label': label });
  made.value = String(value);
  made.addEventListener('input', () => act(made.valueAsNumber));
  return made;
}

export function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 });
}

export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 2 : 1)} MiB`;
}
