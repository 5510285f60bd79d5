import { ForgeError, toForgeError } from '../errors.ts';

/** What a mesh is to be made of: words, or pictures (of one thing, from several sides), or both. */
export interface GenerationRequest {
  readonly prompt: string | null;
  readonly images: readonly Picture[];
  /** A rough one, sooner and cheaper. */
  readonly draft: boolean;
  /** A human figure is to stand in a T- or A-pose. */
  readonly tPose: boolean;
}

export interface Picture {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Uint8Array;
}

/** How far a generation is; `words` are for people. */
export interface GenerationState {
  readonly is: 'waiting' | 'working' | 'done';
  readonly words: string;
}

/** One that has been paid for. Errors of all: `generation-not-found`, and those of asking. */
export interface Generation {
  readonly id: string;
  /** Error: `generation-failed`. */
  state(signal?: AbortSignal): Promise<GenerationState>;
  /** Where its GLB can be fetched, for some minutes. Errors: `generation-failed`, `bad-answer`. */
  result(signal?: AbortSignal): Promise<URL>;
  /** Asks for its end, where the service has a way to ask; never rejects. */
  abandon(): Promise<void>;
}

/** A service that makes meshes. Errors of all: `service-key-refused`, `insufficient-funds`, `rate-limited`, `generation-refused`, and those of the way there. */
export interface Generator {
  /** For people: `Hyper3D`. */
  readonly name: string;
  readonly page: string;
  start(request: GenerationRequest, signal?: AbortSignal): Promise<Generation>;
  /** One that was started before, perhaps by another process. Asks nothing yet. */
  resume(id: string): Generation;
  /** Errors: `asset-too-large`, and those of the way there. */
  fetch(
    result: URL,
    options: { signal?: AbortSignal | undefined; onBytes?: (received: number) => void },
  ): Promise<Uint8Array>;
}

export function noKey(): ForgeError {
  return new ForgeError(
    'no-service-key',
    'There is no API key for Hyper3D.',
    'The user sets one: in VS Code by the command "Set Hyper3D API key", elsewhere by AVATAR_FORGE_HYPER3D_KEY or AVATAR_FORGE_FAL_KEY.',
  );
}

export function keyRefused(service: string): ForgeError {
  return new ForgeError(
    'service-key-refused',
    `${service} does not accept the API key.`,
    'The user sets a new one, made on the page of the service.',
  );
}

export function insufficientFunds(service: string, page: string): ForgeError {
  return new ForgeError(
    'insufficient-funds',
    `The account at ${service} has no credit left. Nothing was generated.`,
    `The user tops it up at ${page}; calling again before that is of no use.`,
  );
}

export function generationRefused(service: string, why: string): ForgeError {
  return new ForgeError(
    'generation-refused',
    `${service} does not take this: ${why}`,
    'Describe it in other words, or give other pictures.',
  );
}

export function generationFailed(service: string, why: string): ForgeError {
  return new ForgeError(
    'generation-failed',
    `${service} could not make it: ${why}`,
    'Try other words or pictures; whether it was charged shows the account there.',
  );
}

export function generationTimeout(service: string, minutes: number): ForgeError {
  return new ForgeError(
    'generation-timeout',
    `${service} was not done within ${minutes} minutes.`,
    'It may still be under way there, and charged: the account shows it.',
  );
}

export function generationNotFound(service: string, why: string): ForgeError {
  return new ForgeError(
    'generation-not-found',
    `${service} has no such generation, or no longer: ${why}`,
    'See that the id is whole, and that the API key is for the service that made it; the account there may still have the model.',
  );
}

/** The error, and how to get what was paid for all the same. */
export function paidFor(thrown: unknown, id: string, upload: string | null): ForgeError {
  const error = toForgeError(thrown, 'internal', 'The import failed', 'Please report it.');
  const { code, message, next, data } = error;
  if (code === 'generation-failed' || code === 'generation-not-found') return error; // there is nothing to get
  const file = upload === null ? '' : ` What was generated is kept as uploads/${upload}.`;
  const again = ` Called with id "${id}", hyper3d_generate fetches it without paying again.`;
  return new ForgeError(code, message, `${next}${file}${again}`, { data, cause: thrown });
}
