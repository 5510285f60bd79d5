import { z } from 'zod';
import type { ListedSession } from '../../core/kasm/sessions.ts';

/**
 * What the Developer API answers, as far as it is needed (https://docs.kasm.com/docs/latest/developers/developer-api): members
 * that are not are let pass, and a state is any word.
 */

const id = z.string().min(1);
const word = z.string().nullish();

const portMap = z
  .looseObject({ vnc: z.looseObject({ port: z.number().int().nullish(), path: z.string() }).nullish() })
  .nullish();

export const launched = z
  .looseObject({
    kasm_id: id,
    user_id: id,
    username: word,
    session_token: word,
    kasm_url: word,
    status: word,
  })
  .transform((it) => ({
    kasmId: it.kasm_id,
    userId: it.user_id,
    username: it.username ?? null,
    sessionToken: it.session_token ?? null,
    page: it.kasm_url ?? null,
    status: it.status ?? 'starting',
  }));
export type Launched = z.infer<typeof launched>;

export const status = z
  .looseObject({
    kasm_url: word,
    operational_status: word,
    operational_message: word,
    operational_progress: z.number().nullish(),
    kasm: z
      .looseObject({
        operational_status: word,
        operational_message: word,
        operational_progress: z.number().nullish(),
        container_ip: word,
        expiration_date: word,
        port_map: portMap,
      })
      .nullish(),
  })
  .transform(({ kasm, ...top }) => {
    const vnc = kasm?.port_map?.vnc;
    return {
      /** As it came; before a server was found there is none. */
      status: kasm?.operational_status ?? top.operational_status ?? 'requested',
      message: kasm?.operational_message ?? top.operational_message ?? null,
      page: top.kasm_url ?? null,
      containerIp: kasm?.container_ip ?? null,
      /** When Kasm ends it, as Kasm writes dates. */
      expires: kasm?.expiration_date ?? null,
      desktop: vnc === null || vnc === undefined ? null : { path: vnc.path, port: vnc.port ?? null },
    };
  });
export type KasmStatus = z.infer<typeof status>;

export const listed = z
  .looseObject({
    kasms: z.array(
      z.looseObject({
        kasm_id: id,
        user_id: id,
        image_id: word,
        image: z.looseObject({ image_id: word }).nullish(),
        operational_status: word,
      }),
    ),
  })
  .transform(({ kasms }) =>
    kasms.map((it): ListedSession => ({
      kasmId: it.kasm_id,
      userId: it.user_id,
      imageId: it.image_id ?? it.image?.image_id ?? '',
      status: it.operational_status ?? 'requested',
    })),
  );

export const images = z
  .looseObject({
    images: z.array(
      z.looseObject({ image_id: id, name: word, friendly_name: word, enabled: z.boolean().nullish() }),
    ),
  })
  .transform((it) =>
    it.images.map(({ image_id, name, friendly_name, enabled }) => ({
      imageId: image_id,
      names: [name, friendly_name].filter((one) => typeof one === 'string'),
      enabled: enabled ?? true,
    })),
  );
export type KasmImage = z.infer<typeof images>[number];

export const users = z
  .looseObject({ users: z.array(z.looseObject({ user_id: id, username: z.string() })) })
  .transform((it) => it.users.map(({ user_id, username }) => ({ userId: user_id, username })));
export type KasmUser = z.infer<typeof users>[number];

export const keptAlive = z
  .looseObject({ usage_reached: z.boolean().nullish() })
  .transform(({ usage_reached }) => ({ usageReached: usage_reached ?? false }));

/** Of calls whose answers are not documented. */
export const anything = z.unknown();

/** The member that refuses, which also comes with HTTP 200. */
export const refusal = z.looseObject({ error_message: z.string().min(1) });
