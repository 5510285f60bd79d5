import type { HostAbility, LoadedModel, PreviewReport, PreviewWish } from '../../../src/protocol/preview.ts';
import type { Viewer } from '../viewer/viewer.ts';

/** What a panel works with: the same for all. */
export interface PanelContext {
  readonly viewer: Viewer;
  /** What the host can do for the user. */
  readonly can: (ability: HostAbility) => boolean;
  readonly wish: (wish: PreviewWish) => void;
  /** A word at the foot of the picture. */
  readonly say: (text: string) => void;
  /** Lets the user choose a file where the host has no way of its own. */
  readonly chooseFile: (accept: string, use: (file: File) => Promise<void>) => void;
  /** Runs what a user asked for; what goes wrong is said. */
  readonly attempt: (work: () => Promise<unknown>) => void;
}

export interface PanelView {
  readonly body: HTMLElement;
  /** A model is shown, maybe again. */
  show?(model: LoadedModel, context: PanelContext): void;
  /** The host's check has something to say. */
  report?(report: PreviewReport): void;
  /** A few times a second, while it is open. */
  tick?(): void;
}

/** A section beside the picture: one file in panels/ and one line in its index.ts. */
export interface Panel {
  readonly id: string;
  readonly title: string;
  /** Unfolded at first. */
  readonly open?: boolean;
  /** Also where there is little room: in a chat. */
  readonly inChat?: boolean;
  readonly build: (context: PanelContext) => PanelView;
}
