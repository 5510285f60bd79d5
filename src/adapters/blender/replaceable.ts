import type { BlenderPort, CallOptions, FileRoot, PeerInfo, RemoteFile } from '../../core/ports.ts';

/** A BlenderPort to keep while the Blender behind it changes. */
export class ReplaceableBlender implements BlenderPort {
  readonly #connect: () => BlenderPort;
  #current: BlenderPort;

  /** @param connect makes the port, at once and anew after each {@link replace}; it connects lazily. */
  constructor(connect: () => BlenderPort) {
    this.#connect = connect;
    this.#current = connect();
  }

  /** Gives up the connection: calls under way are answered `blender-gone`, the next one connects anew. */
  async replace(): Promise<void> {
    const old = this.#current;
    this.#current = this.#connect();
    await old.close();
  }

  call(method: string, params: Record<string, unknown>, options?: CallOptions): Promise<unknown> {
    return this.#current.call(method, params, options);
  }

  describe(): Promise<PeerInfo> {
    return this.#current.describe();
  }

  readFile(root: FileRoot, name: string, options?: CallOptions): Promise<Uint8Array> {
    return this.#current.readFile(root, name, options);
  }

  writeFile(root: FileRoot, name: string, bytes: Uint8Array, options?: CallOptions): Promise<RemoteFile> {
    return this.#current.writeFile(root, name, bytes, options);
  }

  close(): Promise<void> {
    return this.#current.close();
  }
}
