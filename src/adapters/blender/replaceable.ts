import type { BlenderPort, CallOptions, FileRoot, PeerInfo, RemoteFile } from '../../core/ports.ts';

/** A BlenderPort to keep while the Blender behind it changes. */
export class ReplaceableBlender implements BlenderPort {
  readonly #connect: () => Promise<BlenderPort>;
  #current: Promise<BlenderPort> | null = null;

  /** @param connect makes the port, when it is first used and anew after each {@link replace} */
  constructor(connect: () => Promise<BlenderPort>) {
    this.#connect = connect;
  }

  /** Gives up the connection: calls under way are answered `blender-gone`, the next one connects anew. */
  async replace(): Promise<void> {
    const old = this.#current;
    this.#current = null;
    await (await old)?.close();
  }

  async call(method: string, params: Record<string, unknown>, options?: CallOptions): Promise<unknown> {
    return (await this.#port()).call(method, params, options);
  }

  async describe(): Promise<PeerInfo> {
    return (await this.#port()).describe();
  }

  async readFile(root: FileRoot, name: string, options?: CallOptions): Promise<Uint8Array> {
    return (await this.#port()).readFile(root, name, options);
  }

  async writeFile(
    root: FileRoot,
    name: string,
    bytes: Uint8Array,
    options?: CallOptions,
  ): Promise<RemoteFile> {
    return (await this.#port()).writeFile(root, name, bytes, options);
  }

  async close(): Promise<void> {
    await (await this.#port()).close();
  }

  #port(): Promise<BlenderPort> {
    this.#current ??= this.#connect();
    return this.#current;
  }
}
