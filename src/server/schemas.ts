import { z } from 'zod';

/** Shapes that several tools share. Metres, degrees, `#rrggbb`. */
export const vector = z.array(z.number()).length(3);
export const colour = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be #rrggbb');
export const diff = z.looseObject({ revision: z.number() });
export const fileName = z.string().min(1).max(100);
