import type * as vscode from 'vscode';

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
}

function keyOf(address: string): string {
  return `avatarForge.token:${address.toLowerCase()}`;
}
