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
import { modelUrl, mostModelBytes } from './modelUrl.ts';
import type { Answered, WebService } from './webService.ts';

const name = 'Hyper3D';
const page = 'https://hyper3d.ai';

const started = z.object({ uuid: z.string(), jobs: z.object({ subscription_key: z.string() }) });
const status = z.object({ jobs: z.array(z.object({ status: z.string() })).min(1) });
const list = z.object({ list: z.array(z.object({ name: z.string(), url: z.string() })) });

/** The API of Hyper3D itself: https://developer.hyper3d.ai/api-specification/overview. It refuses with HTTP 201, too. */
export class Hyper3dSite implements Generator {
  readonly name = name;
  readonly page = page;
  readonly #web: WebService;
  readonly #api: URL;
  readonly #subscriptions: Map<string, string>;

  /**
   * @param web with the authorization `Bearer KEY`
   * @param subscriptions what the API calls a task when it is asked how far it is, by the task's id: outlives this object
   */
  constructor(web: WebService, api: URL, subscriptions: Map<string, string>) {
    this.#web = web;
    this.#api = api;
    this.#subscriptions = subscriptions;
  }

  async start(
    { prompt, images, draft, tPose }: GenerationRequest,
    signal?: AbortSignal,
  ): Promise<Generation> {
    const form = new FormData();
    for (const { name: file, mime, bytes } of images) {
      form.append('images', new Blob([new Uint8Array(bytes)], { type: mime }), file);
    }
    const fields = {
      ...(prompt === null ? {} : { prompt }),
      tier: draft ? 'Sketch' : 'Regular',
      geometry_file_format: 'glb',
      material: 'PBR',
      quality: 'medium',
      mesh_mode: 'Raw',
      ...(tPose ? { TAPose: 'true' } : {}),
    };
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    const encoded = new Response(form);
    const body = new Uint8Array(await encoded.arrayBuffer());
    const headers = { 'Content-Type': encoded.headers.get('content-type') ?? '' };
    const { uuid, jobs } = await this.#post('rodin', started, { headers, body }, signal);
    this.#subscriptions.set(uuid, jobs.subscription_key);
    return this.resume(uuid);
  }

  resume(id: string): Generation {
    const ask = <T>(path: string, schema: z.ZodType<T>, members: object, until?: AbortSignal): Promise<T> =>
      this.#post(
        path,
        schema,
        { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(members) },
        until,
      );
    const glb = async (until: AbortSignal | undefined): Promise<string | undefined> => {
      const { list: files } = await ask('download', list, { task_uuid: id }, until);
      return files.find((file) => file.name.toLowerCase().endsWith('.glb'))?.url;
    };
    return {
      id,
      state: async (until) => {
        const subscription = this.#subscriptions.get(id);
        if (subscription !== undefined)
          return stateOf(await ask('status', status, { subscription_key: subscription }, until));
        // Another process started it: all that can be asked by the id is which files there are.
        const isThere = (await glb(until)) !== undefined;
        return isThere ? { is: 'done', words: 'done' } : { is: 'working', words: 'no model there yet' };
      },
      result: async (until) => {
        const url = await glb(until);
        if (url === undefined) throw generationFailed(name, 'there is no GLB among its files.');
        return modelUrl(url, this.#api, name);
      },
      abandon: () => Promise.resolve(), // no way to ask for it is documented
    };
  }

  fetch: Generator['fetch'] = (result, options) =>
    this.#web.bytes(result, { ...options, most: mostModelBytes });

  async #post<T>(
    path: string,
    schema: z.ZodType<T>,
    request: { headers: Record<string, string>; body: string | Uint8Array<ArrayBuffer> },
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const url = new URL(`/api/v2/${path}`, this.#api);
    const answered = await this.#web.ask(url, { ...request, method: 'POST', signal });
    this.#judge(url, answered, path === 'rodin' ? generationRefused : generationNotFound);
    return this.#web.parsed(url, answered, schema);
  }

  /** @param refusedBy what a refusal is about: what is wanted, or a task */
  #judge(url: URL, answered: Answered, refusedBy: typeof generationRefused): void {
    const { status: http, json } = answered;
    const said = this.#web.said(answered) ?? '';
    if (/INSUFFICIENT|NO_ACTIVE_SUBSCRIPTION/i.test(said) || http === 402)
      throw insufficientFunds(name, page);
    if (http === 401 || http === 403 || /UNAUTHORI[SZ]ED|INVALID_(TOKEN|KEY)/i.test(said))
      throw keyRefused(name);
    if (http === 429 || http >= 500) throw this.#web.refusal(url, answered);
    const error = refusal.safeParse(json).data?.error ?? '';
    if (http >= 400 || !['', 'OK'].includes(error)) {
      if (said === '') throw this.#web.refusal(url, answered);
      throw refusedBy(name, said);
    }
  }
}

/** `OK` is what its examples have where nothing is wrong. */
const refusal = z.object({ error: z.string().nullish() });

/** A task is done when all of its jobs are. */
function stateOf({ jobs }: z.output<typeof status>): GenerationState {
  const states = jobs.map((job) => job.status);
  if (states.includes('Failed')) throw generationFailed(name, 'the task failed there.');
  if (states.every((one) => one === 'Done')) return { is: 'done', words: 'done' };
  if (states.every((one) => one === 'Waiting')) return { is: 'waiting', words: 'waiting in its queue' };
  const done = states.filter((one) => one === 'Done').length;
  return { is: 'working', words: `generating, ${done} of ${states.length} steps done` };
}
