import type { KasmFacts, Probe } from '../../core/doctor/facts.ts';
import { ForgeError } from '../../core/errors.ts';
import { sameId } from '../../core/kasm/sessions.ts';
import type { TriedWay } from '../../core/kasm/ways.ts';
import { probe } from '../probe.ts';
import type { KasmApi } from './kasmApi.ts';
import { findImage } from './launcher.ts';
import { KasmMemories, type SessionStore } from './sessionStore.ts';

export interface ExamineKasmOptions {
  /** Rejects where it is not set up. */
  readonly open: () => Promise<{ readonly api: KasmApi; readonly store: SessionStore }>;
  readonly image: string;
  readonly ways: readonly TriedWay[] | null;
}

/** Looks at everything the doctor judges of a Kasm; launches nothing, never rejects. */
export async function examineKasm({ open, image, ways }: ExamineKasmOptions): Promise<KasmFacts> {
  const opened = await probe(open);
  if (opened.is !== 'found') return { ...unseen(opened), ways };
  const { api, store } = opened.value;
  const listed = await probe(() => api.sessions());
  const address = { is: 'found', value: { origin: api.origin, revision: api.revision } } as const;
  if (listed.is === 'failed' && listed.code !== 'kasm-permission') return { ...unseen(listed), ways };
  if (listed.is !== 'found') {
    return { address, key: listed, image: await imageIn(api, image), session: waits, ways };
  }
  const { session } = await new KasmMemories(store).load();
  const kasmId = session?.kasmId ?? null;
  const there = kasmId === null ? undefined : listed.value.find((one) => sameId(one.kasmId, kasmId));
  return {
    address,
    key: { is: 'found', value: { sessions: listed.value.length } },
    image: await imageIn(api, image),
    session:
      there === undefined ? none : { is: 'found', value: { kasmId: there.kasmId, status: there.status } },
    ways,
  };
}

const waits = { is: 'skipped', why: 'Not looked at: what comes before it is not well.' } as const;
const none = { is: 'skipped', why: 'There is none of ours.' } as const;

function unseen(address: Exclude<Probe<never>, { is: 'found' }>): Omit<KasmFacts, 'ways'> {
  return { address, key: waits, image: waits, session: waits };
}

function imageIn(api: KasmApi, image: string): Promise<Probe<{ readonly image: string }>> {
  return probe(async () => {
    if (image === '') throw noImage();
    await findImage(api, image);
    return { image };
  });
}

function noImage(): ForgeError {
  return new ForgeError(
    'kasm-not-configured',
    'No image is set for a workstation in Kasm.',
    'Set avatarForge.kasm.image to the name or the id of the image of Avatar Forge.',
  );
}
