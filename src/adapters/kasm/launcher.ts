import { randomBytes } from 'node:crypto';
import { ForgeError } from '../../core/errors.ts';
import { sessionEnvironment, type SessionNeeds } from '../../core/kasm/environment.ts';
import { isUnanswered } from '../../core/kasm/errors.ts';
import { candidatesFor, sameId } from '../../core/kasm/sessions.ts';
import { phaseOf } from '../../core/kasm/states.ts';
import type { KasmApi } from './kasmApi.ts';
import { pause } from './pause.ts';
import type { KasmMemories, KeptSession } from './sessionStore.ts';

export interface LauncherOptions extends Pick<SessionNeeds, 'relay' | 'idleMinutes'> {
  readonly api: KasmApi;
  readonly memories: KasmMemories;
  readonly image: string;
  readonly user: string;
  readonly pollMs: number;
  readonly settleMs?: number | undefined;
  readonly onLine?: ((line: string) => void) | undefined;
}

export type Found = KeptSession & { readonly kasmId: string };

/**
 * `new`: nobody can have worked in it yet. `found`: by its looks the one of a launch whose answer was lost; it may be somebody
 * else's. `recalled`: we were told its id.
 */
export type How = 'new' | 'found' | 'recalled';

/** Finds the session that was asked for before, or asks for one. What is asked for is kept before it is asked for. */
export class Launcher {
  readonly #options: LauncherOptions;

  constructor(options: LauncherOptions) {
    this.#options = options;
  }

  async find(signal: AbortSignal): Promise<{ readonly session: Found; readonly how: How }> {
    const { session } = await this.#options.memories.load();
    const recalled = await this.recall(signal);
    if (recalled === null) return this.#ask(signal);
    this.#options.onLine?.(`kasm: session ${recalled.kasmId} is still there`);
    return { session: recalled, how: session?.kasmId === null ? 'found' : 'recalled' };
  }

  /** The session that was asked for before, if it is there. Error: `kasm-launch-unclear`. */
  async recall(signal?: AbortSignal): Promise<Found | null> {
    const { session } = await this.#options.memories.load();
    if (session === null) return null;
    const { kasmId } = session;
    if (kasmId === null) return this.#recover(session, signal);
    const listed = await this.#options.api.sessions(signal);
    const there = listed.find((one) => sameId(one.kasmId, kasmId));
    if (there !== undefined && phaseOf(there.status) !== 'going') return { ...session, kasmId };
    await this.#keep(null);
    return null;
  }

  async #ask(signal: AbortSignal): Promise<{ readonly session: Found; readonly how: How }> {
    const { api } = this.#options;
    const [{ userId, username }, imageId] = await Promise.all([this.#userOf(signal), this.#imageId(signal)]);
    const intent: KeptSession = {
      kasmId: null,
      userId,
      imageId,
      username,
      sessionToken: null,
      page: null,
      agentToken: randomBytes(32).toString('hex'),
      blenderToken: randomBytes(32).toString('hex'),
      before: (await api.sessions(signal)).map(({ kasmId }) => kasmId),
    };
    // Another window may have asked meanwhile.
    if ((await this.#options.memories.load()).session !== null) return this.find(signal);
    await this.#keep(intent);
    const { agentToken, blenderToken } = intent;
    const { relay, idleMinutes } = this.#options;
    const environment = sessionEnvironment({
      origin: api.origin,
      agentToken,
      blenderToken,
      relay,
      idleMinutes,
    });
    try {
      // Not cut short by the caller: half a launch is a session that nobody knows.
      const answer = await api.launch({ userId, imageId, environment });
      const { kasmId, sessionToken, page } = answer;
      const found = { ...intent, kasmId, sessionToken, page, username: answer.username ?? username };
      await this.#keep(found);
      return { session: found, how: 'new' };
    } catch (thrown) {
      if (!isUnanswered(thrown)) {
        await this.#keep(null);
        throw thrown;
      }
      this.#options.onLine?.('kasm: no answer to the launch; looking whether the session came up');
      const found = await this.#recover(intent, signal);
      if (found === null) throw thrown;
      return { session: found, how: 'found' };
    }
  }

  /** The session of a launch without an answer; null, and forgotten, where none came up in a while. */
  async #recover(intent: KeptSession, signal: AbortSignal | undefined): Promise<Found | null> {
    const { api, pollMs, settleMs = 15_000, onLine } = this.#options;
    for (const end = Date.now() + settleMs; ;) {
      const candidates = candidatesFor(intent, await api.sessions(signal));
      const [one, another] = candidates;
      if (another !== undefined) throw unclear(candidates.length);
      if (one !== undefined) {
        const username = intent.username ?? (await this.#usernameOf(intent.userId, signal));
        const found = { ...intent, kasmId: one.kasmId, username };
        await this.#keep(found);
        onLine?.(`kasm: found session ${one.kasmId}`);
        return found;
      }
      if (Date.now() > end) break;
      await pause(pollMs, signal);
    }
    await this.#keep(null);
    return null;
  }

  /** A name, where only the id is given, comes with the answer to the launch. */
  async #userOf(signal: AbortSignal): Promise<{ readonly userId: string; readonly username: string | null }> {
    const { api, user } = this.#options;
    if (isId(user)) return { userId: user, username: null };
    const found = (await api.users(signal)).find(
      ({ username }) => username.toLowerCase() === user.toLowerCase(),
    );
    if (found !== undefined) return found;
    throw new ForgeError(
      'kasm-user-not-found',
      `Kasm has no user ${user}.`,
      'Set avatarForge.kasm.user to the name of a user of Kasm, or to its id.',
    );
  }

  /** Null where this key may not look. */
  async #usernameOf(userId: string, signal: AbortSignal | undefined): Promise<string | null> {
    const users = await this.#options.api.users(signal).catch(() => []);
    return users.find((one) => sameId(one.userId, userId))?.username ?? null;
  }

  async #imageId(signal: AbortSignal): Promise<string> {
    const { api, image } = this.#options;
    return isId(image) ? image : (await findImage(api, image, signal)).imageId;
  }

  async #keep(session: KeptSession | null): Promise<void> {
    await this.#options.memories.change((memory) => ({ ...memory, session }));
  }
}

/** By name or id. Error: `kasm-image-not-found`. */
export async function findImage(
  api: KasmApi,
  image: string,
  signal?: AbortSignal,
): Promise<{ readonly imageId: string }> {
  const found = (await api.images(signal)).find(
    ({ imageId, names, enabled }) =>
      enabled && (sameId(imageId, image) || names.some((name) => name.toLowerCase() === image.toLowerCase())),
  );
  if (found !== undefined) return found;
  throw new ForgeError(
    'kasm-image-not-found',
    `Kasm has no enabled image ${image}.`,
    'Set avatarForge.kasm.image to the name or the id of an image that this user may launch.',
  );
}

function isId(text: string): boolean {
  return /^[0-9a-f]{32}$/i.test(text.replaceAll('-', ''));
}

function unclear(count: number): ForgeError {
  return new ForgeError(
    'kasm-launch-unclear',
    `The answer to a launch was lost, and ${count} sessions came up that may be it.`,
    'Delete those that are not needed on the pages of Kasm, then start the workstation again.',
  );
}
