import type * as vscode from 'vscode';
import type { ServiceKeys } from '../protocol/control.ts';

/** One thing that is kept. */
interface SecretSlot {
  load(): Promise<string | undefined>;
  save(text: string): Promise<void>;
  forget(): Promise<void>;
}

/** Tokens of Blenders, each kept for the one address it was given for: another address never gets to see a proof of it. */
export class Secrets {
  readonly #storage: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>;

  constructor(storage: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete'>) {
    this.#storage = storage;
  }

  /** @param address `host:port` */
  async token(address: string): Promise<string | undefined> {
    return this.#storage.get(keyOf(address));
  }

  async setToken(address: string, token: string): Promise<void> {
    await this.#storage.store(keyOf(address), token);
  }

  async clearToken(address: string): Promise<void> {
    await this.#storage.delete(keyOf(address));
  }

  /** The S3 address and keys of a bucket's role. */
  storage(role: string): SecretSlot {
    return this.#slot(`avatarForge.storage:${role}`);
  }

  /** The API key of a Kasm, or the sessions we have there, by its origin: another Kasm never gets to see them. */
  kasm(what: 'key' | 'sessions', origin: string): SecretSlot {
    return this.#slot(`avatarForge.kasm.${what}:${origin.toLowerCase()}`);
  }

  /** The key by which the agents of our sessions go out to the relay at an address, `host:port`. */
  relayAgent(address: string): SecretSlot {
    return this.#slot(`avatarForge.relayAgent:${address.toLowerCase()}`);
  }

  /** The key of a service that makes meshes. */
  service(name: keyof ServiceKeys): SecretSlot {
    return this.#slot(`avatarForge.service:${name}`);
  }

  async serviceKeys(): Promise<ServiceKeys> {
    const [hyper3d, fal] = await Promise.all([this.service('hyper3d').load(), this.service('fal').load()]);
    return { hyper3d: hyper3d ?? null, fal: fal ?? null };
  }

  #slot(name: string): SecretSlot {
    return {
      load: async () => this.#storage.get(name),
      save: async (text) => this.#storage.store(name, text),
      forget: async () => this.#storage.delete(name),
    };
  }
}

function keyOf(address: string): string {
  return `avatarForge.token:${address.toLowerCase()}`;
}
