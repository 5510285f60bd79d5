import type { ControlNews } from '../protocol/control.ts';

/** Who is told what the server does, as it does it: the editor's extension, where there is one. */
export type Observer = <K extends keyof ControlNews>(news: K, params: ControlNews[K]) => void;
