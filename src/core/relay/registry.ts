import { randomUUID } from 'node:crypto';
import { canonicalJson, sha256 } from '../audit.ts';
import { ForgeError } from '../errors.ts';
import { plainText } from '../untrusted.ts';
import { noSuchInstance, resolveInstance } from './access.ts';
import { isAllowEntry } from './allowList.ts';
import { makeRoom } from './instanceRoom.ts';
import { judgeKey, keyIdOf, keyState, type KeyVerdict, mintKey, notKnown } from './keys.ts';
import { freeName, requireName } from './names.ts';
import type { ApiKey, Awaitable, Instance, LeaseMode, RelayStore, Scope, User, Visible } from './records.ts';

/** Whoever asks, as the audit calls them, with the rights they have over others' things. */
export interface Actor {
  readonly who: string;
  /** Null: an administrator. */
  readonly user: string | null;
}

const touchMs = 60_000;

/** The rules of what the relay remembers. Every change and every refusal is a line of audit before it is told. */
export class Registry {
  readonly store: RelayStore;
  readonly #now: () => number;

  constructor(store: RelayStore, now: () => number) {
    this.store = store;
    this.#now = now;
  }

  /** The key that a secret is. Errors: `unauthorized`, for {@link noteFailedLogin}. */
  async authenticate(secret: string | null): Promise<ApiKey> {
    const { record, verdict } = await this.#judge(secret);
    if (verdict !== 'ok' || record === undefined) throw notKnown();
    if (this.#now() - (record.lastUsedAt ?? 0) > touchMs) await this.store.touchKey(record.id, this.#now());
    return record;
  }

  /** Why a key did not count is for the audit alone; whose it is is only known where the secret was right. */
  async noteFailedLogin(secret: string | null, address: string): Promise<void> {
    const { record, verdict } = await this.#judge(secret);
    const who = verdict === 'unknown' || record === undefined ? `address ${address}` : `key ${record.id}`;
    await this.note(who, 'relay', 'login', {}, 'unauthorized', `${verdict}, from ${address}`);
  }

  /** Whether a key that was good once is good still. */
  async stillCounts(keyId: string): Promise<boolean> {
    const record = await this.store.key(keyId);
    return record !== undefined && keyState(record, this.#now()) === 'ok';
  }

  /** How the audit calls the bearer of a key. */
  async actor(key: ApiKey): Promise<Actor> {
    const name = (await this.store.user(key.user))?.name ?? key.user;
    return { who: `user ${name} key ${key.id}`, user: key.scopes.includes('admin') ? null : key.user };
  }

  /** Errors: `bad-name`, `name-taken`. */
  async createUser({ who }: Actor, name: string): Promise<User> {
    return this.audited(who, 'relay', 'user.create', { name }, async () => {
      requireName(name);
      if ((await this.store.userByName(name)) !== undefined) throw nameTaken(name);
      const user = { id: randomUUID(), name };
      await this.store.addUser(user);
      return user;
    });
  }

  /** Returns the key itself, this once. Errors: `no-such-user`, `bad-key`. */
  async createKey(
    { who }: Actor,
    wishes: {
      readonly user: string;
      readonly scopes: readonly Scope[];
      readonly allow: readonly string[] | null;
      readonly expiresAt: number | null;
    },
  ): Promise<{ readonly secret: string; readonly record: ApiKey }> {
    return this.audited(who, 'relay', 'key.create', wishes, async () => {
      const user = await this.userNamed(wishes.user);
      if (wishes.scopes.length === 0) throw badKey('A key needs a scope.', 'Name client, agent or admin.');
      const wrong = wishes.allow?.find((item) => !isAllowEntry(item));
      if (wrong !== undefined) {
        throw badKey(
          'An entry of the allow-list is no method.',
          'Write them as get_scene_info, file.get or file.*.',
        );
      }
      if (wishes.expiresAt !== null && !(wishes.expiresAt > this.#now()))
        throw badKey('The key would have expired already.', 'Choose a time to come.');
      const minted = mintKey({ ...wishes, scopes: [...new Set(wishes.scopes)], user: user.id });
      await this.store.addKey(minted.record);
      return minted;
    });
  }

  /** Errors: `no-such-key`. */
  async revokeKey({ who }: Actor, id: string): Promise<void> {
    await this.audited(who, `key ${id.slice(0, 64)}`, 'key.revoke', { id }, async () => {
      if ((await this.store.key(id)) === undefined)
        throw new ForgeError(
          'no-such-key',
          'There is no key with this id.',
          'The id is the part after avf_.',
        );
      await this.store.revokeKey(id, this.#now());
    });
  }

  async visible(user: string): Promise<Visible> {
    return { own: await this.store.instancesOf(user), granted: await this.store.instancesGrantedTo(user) };
  }

  /** Errors: `no-such-instance`, `instance-ambiguous`. */
  async find(user: string, reference: string): Promise<Instance> {
    return resolveInstance(reference, await this.store.instancesCalled(user, reference));
  }

  async mayReach(user: string, instanceId: string): Promise<boolean> {
    return (
      (await this.store.instance(instanceId))?.owner === user ||
      (await this.store.isGranted(instanceId, user))
    );
  }

  /**
   * An agent says who it is: a new instance, or one it was before. Where its user has as many as there may be, the one that was away
   * longest is forgotten for it, of those that are shared with nobody. Errors: `instance-refused`, `bad-name`, `too-many`.
   */
  async register(
    actor: Actor,
    owner: string,
    wish: { readonly id: string; readonly name: string },
    online: () => Awaitable<ReadonlySet<string>>,
  ): Promise<Instance> {
    const known = await this.store.instance(wish.id);
    const instance = known?.owner === owner ? known : await this.#add(actor, owner, wish, known, online);
    await this.seen(instance.id);
    return instance;
  }

  /** Its agent is here, or was until now. */
  async seen(instanceId: string): Promise<void> {
    await this.store.sawInstance(instanceId, this.#now());
  }

  async #add(
    { who }: Actor,
    owner: string,
    wish: { readonly id: string; readonly name: string },
    known: Instance | undefined,
    online: () => Awaitable<ReadonlySet<string>>,
  ): Promise<Instance> {
    return this.audited(who, `instance ${wish.id}`, 'instance.register', wish, async () => {
      if (known !== undefined) {
        throw new ForgeError(
          'instance-refused',
          'The relay does not take an instance of this id from this key.',
          'Give the workstation an id of its own: a fresh random UUID.',
        );
      }
      requireName(wish.name);
      const forgotten = await makeRoom(this.store, owner, online);
      if (forgotten !== null)
        await this.note(who, `instance ${forgotten.id}`, 'instance.forget', {}, 'ok', forgotten.name);
      const taken = (await this.store.instancesOf(owner)).map(({ name }) => name);
      const instance: Instance = { id: wish.id, name: freeName(wish.name, taken), owner, lease: 'exclusive' };
      await this.store.addInstance(instance);
      return instance;
    });
  }

  /**
   * Removes an instance, its grants and its lease. One that is online would come back by itself. Errors: `no-such-instance`,
   * `instance-online`.
   */
  async remove(actor: Actor, id: string, online: ReadonlySet<string>): Promise<void> {
    await this.audited(actor.who, `instance ${id}`, 'instance.remove', {}, async () => {
      const { id: instance } = await this.owned(actor, id);
      if (online.has(instance)) {
        throw new ForgeError(
          'instance-online',
          'The workstation is connected, and would come back by itself.',
          'End its agent, or revoke the key that it uses, then remove it.',
        );
      }
      await this.store.removeInstance(instance);
    });
  }

  /** A new name, another lease mode. Errors: `no-such-instance`, `bad-name`, `name-taken`. */
  async change(
    actor: Actor,
    id: string,
    { name, lease }: { readonly name?: string | undefined; readonly lease?: LeaseMode | undefined },
  ): Promise<Instance> {
    return this.audited(actor.who, `instance ${id}`, 'instance.change', { name, lease }, async () => {
      const old = await this.owned(actor, id);
      const changed = { ...old, name: requireName(name ?? old.name), lease: lease ?? old.lease };
      const { own } = await this.store.instancesCalled(old.owner, changed.name);
      if (own.some((it) => it.name === changed.name && it.id !== old.id)) throw nameTaken(changed.name);
      await this.store.updateInstance(changed);
      return changed;
    });
  }

  /** Lets another user reach an instance. Errors: `no-such-instance`, `no-such-user`. */
  async grant(actor: Actor, id: string, userName: string): Promise<void> {
    await this.audited(actor.who, `instance ${id}`, 'grant.create', { user: userName }, async () => {
      const { id: instance } = await this.owned(actor, id);
      await this.store.addGrant(instance, (await this.userNamed(userName)).id);
    });
  }

  /** Errors: as {@link grant}, `no-such-grant`. */
  async takeBack(actor: Actor, id: string, userName: string): Promise<void> {
    await this.audited(actor.who, `instance ${id}`, 'grant.delete', { user: userName }, async () => {
      const { id: instance } = await this.owned(actor, id);
      if (!(await this.store.removeGrant(instance, (await this.userNamed(userName)).id)))
        throw new ForgeError(
          'no-such-grant',
          'It is not shared with this user.',
          'There is nothing to take back.',
        );
    });
  }

  /** The instance of an id, for its owner and administrators. Errors: `no-such-instance`. */
  async owned({ user }: Actor, id: string): Promise<Instance> {
    const instance = await this.store.instance(id);
    if (instance === undefined || (user !== null && instance.owner !== user)) throw noSuchInstance();
    return instance;
  }

  /** Does a piece of work and writes how it ended to the audit, before anybody is told. */
  async audited<T>(
    who: string,
    where: string,
    what: string,
    params: unknown,
    work: () => Awaitable<T>,
    note?: string,
  ): Promise<T> {
    const startedAt = this.#now();
    let outcome = 'internal';
    try {
      const result = await work();
      outcome = 'ok';
      return result;
    } catch (thrown) {
      if (thrown instanceof ForgeError) outcome = plainText(thrown.code, 100); // it may be Blender's
      throw thrown;
    } finally {
      await this.note(who, where, what, params, outcome, note, this.#now() - startedAt);
    }
  }

  /** Writes a line of audit. */
  async note(
    who: string,
    where: string,
    what: string,
    params: unknown,
    outcome: string,
    note?: string,
    ms = 0,
  ): Promise<void> {
    const at = new Date(this.#now());
    await this.store.audit(
      { who, where, what, digest: sha256(canonicalJson(params)), outcome, ms, note },
      at,
    );
  }

  async #judge(
    secret: string | null,
  ): Promise<{ readonly record: ApiKey | undefined; readonly verdict: KeyVerdict }> {
    const id = secret === null ? null : keyIdOf(secret);
    const record = id === null ? undefined : await this.store.key(id);
    return { record, verdict: judgeKey(record, secret ?? '', this.#now()) };
  }

  /** Errors: `no-such-user`. */
  async userNamed(name: string): Promise<User> {
    const user = await this.store.userByName(name);
    if (user !== undefined) return user;
    throw new ForgeError('no-such-user', 'There is no user of this name.', 'Create the user first.');
  }
}

function nameTaken(name: string): ForgeError {
  return new ForgeError('name-taken', `The name ${name} is taken.`, 'Choose another.');
}

function badKey(message: string, next: string): ForgeError {
  return new ForgeError('bad-key', message, next);
}
