/** What the face shows: the weights the user set, and over them a mouth that speaks and lids that blink. */
import type { Model } from '../model.ts';
import type { Feature } from './feature.ts';
import { blinkAt } from './blinking.ts';
import { closedAt, VISEMES } from './speech.ts';
import type { Viseme, VisemeSpan } from './speech.ts';

export class Face implements Feature {
  #model: Model | null = null;
  readonly #weights = new Map<string, number>();
  /** What is to be taken back when nothing asks for it any more. */
  #driven = new Set<string>();
  #timeS = 0;
  #speech: { readonly spans: readonly VisemeSpan[]; readonly fromS: number } | null = null;
  blinking = false;

  get weights(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#weights);
  }

  get speaking(): boolean {
    return this.#speech !== null;
  }

  show(model: Model | null): void {
    this.#model = model;
    this.#driven.clear();
    this.#speech = null;
    for (const name of this.#weights.keys()) {
      if (model !== null && !model.expressions.includes(name)) this.#weights.delete(name);
    }
    this.#apply();
  }

  /** Error: `unknown-expression`. */
  set(name: string, weight: number): void {
    this.#model?.setExpression(name, weight); // an unknown name is refused before it is remembered
    if (weight === 0) this.#weights.delete(name);
    else this.#weights.set(name, weight);
  }

  reset(): void {
    this.#weights.clear();
    this.#driven.clear();
    this.#speech = null;
    this.#model?.resetExpressions();
  }

  /** Shows what another shows, as far as its own model can. */
  mirror(other: Face): void {
    this.#weights.clear();
    for (const [name, weight] of other.#weights) {
      if (this.#model?.expressions.includes(name) === true) this.#weights.set(name, weight);
    }
    this.#speech = other.#speech;
    this.#timeS = other.#timeS;
    this.blinking = other.blinking;
  }

  /** Plays the visemes from now on; an empty list stops. */
  speak(spans: readonly VisemeSpan[]): void {
    this.#speech = spans.length === 0 ? null : { spans, fromS: this.#timeS };
  }

  /** Called after the body's motion, whose animation may set expressions, too. */
  update(seconds: number): void {
    this.#timeS += seconds;
    if (this.#speech !== null && closedAt(this.#speech.spans) < this.#timeS - this.#speech.fromS) {
      this.#speech = null;
    }
    this.#apply();
  }

  #apply(): void {
    const manager = this.#model?.expressionManager ?? null;
    if (manager === null) return;
    const wanted = new Map<string, number>(this.#weights);
    const raise = (name: string, weight: number): void => {
      if (weight > 0) wanted.set(name, Math.max(weight, wanted.get(name) ?? 0));
    };
    if (this.blinking) raise('blink', blinkAt(this.#timeS));
    if (this.#speech !== null) {
      const at = this.#timeS - this.#speech.fromS;
      for (const viseme of VISEMES) raise(viseme, weightAt(this.#speech.spans, viseme, at));
    }
    for (const name of this.#driven) if (!wanted.has(name)) manager.setValue(name, 0);
    for (const [name, weight] of wanted) manager.setValue(name, weight);
    this.#driven = new Set(wanted.keys());
  }
}

function weightAt(spans: readonly VisemeSpan[], viseme: Viseme, seconds: number): number {
  let weight = 0;
  for (const span of spans) {
    if (span.viseme !== viseme) continue;
    const middle = span.startS + span.lengthS / 2;
    // Neighbours overlap by a third, as lips do: they never close between two vowels.
    const reach = span.lengthS * 0.66;
    weight = Math.max(weight, span.weight * Math.max(0, 1 - ((seconds - middle) / reach) ** 2));
  }
  return weight;
}
