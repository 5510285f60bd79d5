import type { KasmDialect } from './dialect.ts';
import { publicApi } from './publicApi.ts';
import { restApi } from './restApi.ts';

/** The revisions that are spoken, in the order in which they are tried. */
export const dialects = { public: publicApi, rest: restApi } as const satisfies Record<string, KasmDialect>;

export type KasmRevision = keyof typeof dialects;
