import { ForgeError } from '../../src/core/errors.ts';
import type { BlenderPort, CallOptions, FileRoot, PeerInfo, RemoteFile } from '../../src/core/ports.ts';

type Answer = (params: Record<string, unknown>, options: CallOptions) => unknown;

/** A BlenderPort for tests of what stands in front of Blender: answers by a function for each method, and remembers calls. */
export class FakeBlender implements BlenderPort {
  readonly calls: { readonly method: string; readonly params: Record<string, unknown> }[] = [];
  readonly #answers: Readonly<Record<string, Answer>>;
  readonly #isThere: boolean;
  readonly files: Record<string, Uint8Array>;

  /** @param isThere whether it says who it is */
  constructor(
    answers: Readonly<Record<string, Answer>> = {},
    files: Record<string, Uint8Array> = {},
    isThere = true,
  ) {
    this.#answers = answers;
    this.files = files;
    this.#isThere = isThere;
  }

  call(method: string, params: Record<string, unknown>, options: CallOptions = {}): Promise<unknown> {
    this.calls.push({ method, params });
    const answer = this.#answers[method];
    return answer === undefined ? Promise.reject(unreachable()) : Promise.resolve(answer(params, options));
  }

  readFile(_root: string, name: string): Promise<Uint8Array> {
    const bytes = this.files[name];
    return bytes === undefined
      ? Promise.reject(new ForgeError('not-found', `There is no ${name}.`, 'Export first.'))
      : Promise.resolve(bytes);
  }

  writeFile(root: FileRoot, name: string, bytes: Uint8Array): Promise<RemoteFile> {
    this.files[name] = bytes;
    return Promise.resolve({ root, name, size: bytes.length, sha256: '' });
  }

  describe(): Promise<PeerInfo> {
    if (!this.#isThere) return Promise.reject(unreachable());
    return Promise.resolve({
      dialect: 'avatar-forge',
      addonVersion: '0.0.0',
      blenderVersion: '3.4.1',
      background: true,
      instance: 'fake',
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function unreachable(): ForgeError {
  return new ForgeError('blender-unreachable', 'Nobody answers.', 'Start Blender.');
}
