import { z } from 'zod';
import type { ListedSession } from '../../core/kasm/sessions.ts';
import type { KasmStatus, Launched } from './answers.ts';

/**
 * What the announced revision answers. Its published reference names operations and status codes but shows no bodies, so the
 * names of the present revision are taken as well, and a list is found in whatever member it is in.
 */

const word = z.string().nullish();
const names = z.looseObject({
  session_id: word,
  kasm_id: word,
  user_id: word,
  image_id: word,
  username: word,
  operational_status: word,
  status: word,
  state: word,
  operational_message: word,
  message: word,
  connect_url: word,
  kasm_url: word,
  session_token: word,
  container_ip: word,
  expiration_date: word,
  port_map: z
    .looseObject({ vnc: z.looseObject({ port: z.number().int().nullish(), path: z.string() }).nullish() })
    .nullish(),
});
type Names = z.infer<typeof names>;

const idOf = (it: Names): string => it.session_id ?? it.kasm_id ?? '';
const stateOf = (it: Names, otherwise: string): string =>
  (it.operational_status ?? it.status ?? it.state ?? otherwise).toLowerCase();
const pageOf = (it: Names): string | null => it.connect_url ?? it.kasm_url ?? null;
/** An id without which nothing can be done is missing. */
const isNamed = (it: Names): boolean => idOf(it) !== '';

/** The rows of a list, which is the answer itself or a member of it. */
function rowsOf<T>(row: z.ZodType<T>): z.ZodType<readonly T[]> {
  const rows = z.array(row);
  return z.union([
    rows,
    z
      .record(z.string(), z.unknown())
      .transform((members) => Object.values(members).find(Array.isArray))
      .pipe(rows),
  ]);
}

export const launched: z.ZodType<Launched> = names.refine(isNamed).transform((it) => ({
  kasmId: idOf(it),
  userId: it.user_id ?? '',
  username: it.username ?? null,
  sessionToken: it.session_token ?? null,
  page: pageOf(it),
  status: stateOf(it, 'starting'),
}));

export const status: z.ZodType<KasmStatus> = names.transform((it) => {
  const vnc = it.port_map?.vnc;
  return {
    status: stateOf(it, 'requested'),
    message: it.operational_message ?? it.message ?? null,
    page: pageOf(it),
    containerIp: it.container_ip ?? null,
    expires: it.expiration_date ?? null,
    desktop: vnc === null || vnc === undefined ? null : { path: vnc.path, port: vnc.port ?? null },
  };
});

export const sessions: z.ZodType<readonly ListedSession[]> = rowsOf(
  names.refine(isNamed).transform((it) => ({
    kasmId: idOf(it),
    userId: it.user_id ?? '',
    imageId: it.image_id ?? '',
    status: stateOf(it, 'requested'),
  })),
);

export const images = rowsOf(
  z
    .looseObject({
      image_id: z.string().min(1),
      name: word,
      friendly_name: word,
      enabled: z.boolean().nullish(),
    })
    .transform(({ image_id, name, friendly_name, enabled }) => ({
      imageId: image_id,
      names: [name, friendly_name].filter((one) => typeof one === 'string'),
      enabled: enabled ?? true,
    })),
);

export const users = rowsOf(
  z
    .looseObject({ user_id: z.string().min(1), username: z.string() })
    .transform(({ user_id, username }) => ({ userId: user_id, username })),
);

/** RFC 9457: the last part of `type` names the problem (`no-resources`). */
export const problem = z
  .looseObject({ type: word, title: word, detail: word, status: z.number().nullish() })
  .refine(({ type, title, detail }) => [type, title, detail].some((one) => typeof one === 'string'))
  .transform(({ type, title, detail }) => {
    const slug = /([a-z0-9-]+)\/?$/i.exec(type === 'about:blank' ? '' : (type ?? ''))?.[1];
    return [slug, detail ?? title].filter((one) => typeof one === 'string').join(': ');
  });
