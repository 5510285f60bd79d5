import { z } from 'zod';
import {
  type Generation,
  generationFailed,
  generationNotFound,
  generationRefused,
  type GenerationRequest,
  type GenerationState,
  type Generator,
  insufficientFunds,
  keyRefused,
} from '../../core/assets/generation.ts';
import { ForgeError } from '../../core/errors.ts';
import { plainText } from '../../core/untrusted.ts';
import { modelUrl, mostModelBytes } from './modelUrl.ts';
import type { Answered, WebService } from './webService.ts';

const name = 'fal.ai';
const app = 'fal-ai/hyper3d';
const model = `${app}/rodin`;

const started = z.object({
  request_id: z.string(),
  status_url: z.string(),
  response_url: z.string(),
  cancel_url: z.string(),
});
const status = z.object({
  status: z.string(),
  queue_position: z.number().nullish(),
  error: z.string().nullish(),
});
const result = z.object({ model_mesh: z.object({ url: z.string() }) });

/** The same generator by the queue of fal.ai: https://fal.ai/models/fal-ai/hyper3d/rodin/api, https://fal.ai/docs/inference-api/queue */
export class FalQueue implements Generator {
  readonly name = name;
  readonly page = 'https://fal.ai/dashboard/billing';
  readonly #web: WebService;
  readonly #api: URL;

  /** @param web with the authorization `Key KEY` */
  constructor(web: WebService, api: URL) {
    this.#web = web;
    this.#api = api;
  }

  async start(
    { prompt, images, draft, tPose }: GenerationRequest,
    signal?: AbortSignal,
  ): Promise<Generation> {
    const body = JSON.stringify({
      ...(prompt === null ? {} : { prompt }),
      ...(images.length === 0
        ? {}
        : {
            input_image_urls: images.map(
              ({ mime, bytes }) => `data:${mime};base64,${Buffer.from(bytes).toString('base64')}`,
            ),
          }),
      tier: draft ? 'Sketch' : 'Regular',
      geometry_file_format: 'glb',
      material: 'PBR',
      quality: 'medium',
      ...(tPose ? { TAPose: true } : {}),
    });
    const headers = { 'Content-Type': 'application/json' };
    const submitted = await this.#ask(new URL(`/${model}`, this.#api), started, {
      method: 'POST',
      headers,
      body,
      signal,
    });
    return this.#generation(submitted.request_id, {
      status: this.#own(submitted.status_url),
      response: this.#own(submitted.response_url),
      cancel: this.#own(submitted.cancel_url),
    });
  }

  resume(id: string): Generation {
    const of = (what: string): URL => new URL(`/${app}/requests/${encodeURIComponent(id)}${what}`, this.#api);
    return this.#generation(id, { status: of('/status'), response: of(''), cancel: of('/cancel') });
  }

  #generation(id: string, at: Readonly<Record<'status' | 'response' | 'cancel', URL>>): Generation {
    return {
      id,
      state: async (until) => stateOf(await this.#ask(at.status, status, { signal: until })),
      result: async (until) => {
        const { model_mesh } = await this.#ask(at.response, result, { signal: until });
        return modelUrl(model_mesh.url, this.#api, name);
      },
      abandon: async () => {
        await this.#web.ask(at.cancel, { method: 'PUT' }).catch(() => undefined); // it may be done by now
      },
    };
  }

  fetch: Generator['fetch'] = (url, options) => this.#web.bytes(url, { ...options, most: mostModelBytes });

  async #ask<T>(url: URL, schema: z.ZodType<T>, ask: Parameters<WebService['ask']>[1]): Promise<T> {
    const answered = await this.#web.ask(url, ask);
    this.#judge(url, answered);
    return this.#web.parsed(url, answered, schema);
  }

  #judge(url: URL, answered: Answered): void {
    const { status: http } = answered;
    if (http < 300) return;
    const said = this.#web.said(answered) ?? '';
    if (http === 402 || /balance|locked/i.test(said)) throw insufficientFunds(name, this.page);
    if (http === 401 || http === 403) throw keyRefused(name);
    if (http === 404 && url.pathname.includes('/requests/'))
      throw generationNotFound(name, said || `HTTP ${http}`);
    if (http === 400 || http === 422) throw generationRefused(name, said || `HTTP ${http}`);
    throw this.#web.refusal(url, answered);
  }

  /** The key goes to the queue's host and to no other. */
  #own(text: string): URL {
    const url = URL.parse(text);
    if (url?.origin === this.#api.origin) return url;
    throw new ForgeError(
      'bad-answer',
      'fal.ai points to another host for the state of its queue.',
      'Try once more; then update Avatar Forge: the API may have changed.',
    );
  }
}

function stateOf({ status: state, queue_position, error }: z.output<typeof status>): GenerationState {
  if (error !== undefined && error !== null) throw generationFailed(name, plainText(error, 300));
  switch (state) {
    case 'IN_QUEUE':
      return { is: 'waiting', words: `in the queue${queue_position ? `, ${queue_position} before it` : ''}` };
    case 'IN_PROGRESS':
      return { is: 'working', words: 'generating' };
    case 'COMPLETED':
      return { is: 'done', words: 'done' };
    default:
      throw generationFailed(name, `its state is ${plainText(state, 40)}.`);
  }
}
