import { ReplaceableBlender } from '../../adapters/blender/replaceable.ts';
import { ForgeError, reasonOf, toForgeError } from '../../core/errors.ts';
import type { BlenderEndpoint, BlenderPort, PeerInfo } from '../../core/ports.ts';
import { backoffMs, type SessionState } from '../../core/session.ts';
import { absent, workstation, type WorkstationEvent, type WorkstationState } from '../../core/workstation.ts';
import type { ControlNews } from '../../protocol/control.ts';
import { Emitter, type Event } from '../emitter.ts';
import type { WorkstationInfo, WorkstationService } from '../services.ts';
import { Activity } from './activity.ts';
import { Diary } from './diary.ts';
import { attachedPlace, isOfEndpoint } from './endpoint.ts';
import type { Place, Provider, ProviderContext } from './provider.ts';
import { Pulse } from './pulse.ts';
import type { WorkstationServiceOptions } from './serviceOptions.ts';
import { Slumber } from './slumber.ts';

const down: readonly WorkstationState['is'][] = ['absent', 'idle', 'stopped', 'failed'];
/** How long after a call a workstation counts as used. */
const usedMs = 600_000;
/** What trying again does not mend. */
const hopeless = ['auth-failed', 'blender-not-found', 'bad-endpoint', 'dialect-blender-lab', 'not-blender'];

/** The current workstation: launches it, keeps a connection of its own to see how it is, and comes back when it is lost. */
export class CurrentWorkstation implements WorkstationService {
  readonly #options: WorkstationServiceOptions;
  readonly #changed = new Emitter<void>();
  readonly #replaced = new Emitter<void>();
  readonly #restarted = new Emitter<void>();
  readonly #activity = new Activity();
  readonly #blender: ReplaceableBlender;
  readonly #pulse: Pulse;
  readonly #subscription: { dispose(): void };
  readonly #diary: Diary;
  readonly #slumber: Slumber;
  #state: WorkstationState = absent;
  #sinceMs = Date.now();
  #upSinceMs: number | null = null;
  #lastUseMs = Date.now();
  #place: Place | null = null;
  #attached: BlenderEndpoint | null = null;
  /** Where it was launched last; others may have connected there before this window has. */
  #launchedAt: BlenderEndpoint | null = null;
  #launching: Promise<BlenderEndpoint> | null = null;
  #stopping: Promise<void> | null = null;
  #retry: NodeJS.Timeout | undefined;
  #peer: PeerInfo | null = null;

  readonly onDidChange: Event<void> = this.#changed.event;
  /** Another workstation took its place: who holds a connection to the old one gives it up. */
  readonly onDidReplace: Event<void> = this.#replaced.event;
  /** Blender had ended by itself and was started again, with an empty scene. */
  readonly onDidRestart: Event<void> = this.#restarted.event;
  readonly blender: BlenderPort;

  constructor(options: WorkstationServiceOptions) {
    this.#options = options;
    this.#diary = new Diary(options.log);
    this.#blender = new ReplaceableBlender(() =>
      this.#connect(
        () => this.#launched(),
        (state) => this.#onSession(state),
      ),
    );
    this.blender = this.#blender;
    this.#slumber = new Slumber({
      blender: this.#blender,
      diary: this.#diary,
      connect: (endpoint) => this.#connect(endpoint),
      isReady: () => this.#isReady(),
      onSlept: () => this.#to({ type: 'slept' }),
    });
    this.#pulse = new Pulse({
      blender: this.#blender,
      everyMs: options.pulseMs ?? 3_000,
      isReady: () => this.#isReady(),
      onChange: () => this.#changed.fire(),
      onBeat: () => {
        this.#sleepWhenIdle();
        if (Date.now() - this.#lastUseMs < usedMs) void this.#place?.keepAlive?.(this.#lastUseMs);
      },
    });
    this.#subscription = options.settings.onDidChange((names) => {
      const elsewhere = this.#provider().id === 'endpoint' && names.some(isOfEndpoint);
      if (!names.includes('workstation.provider') && !elsewhere) return;
      this.#attached = null;
      void this.#replace();
    });
  }

  get state(): WorkstationState {
    return this.#state;
  }

  info(): WorkstationInfo {
    return {
      provider: this.#provider().id,
      label: this.#label(),
      state: this.#state,
      screenUrl: this.#place?.screenUrl?.() ?? this.#provider().screenUrl(this.#options.settings),
      ways: this.#place?.ways?.() ?? [],
      latencyMs: this.#pulse.latencyMs,
      blenderVersion: this.#peer?.blenderVersion ?? null,
      addonVersion: this.#peer?.addonVersion ?? null,
      scene: this.#pulse.scene,
      sinceMs: this.#sinceMs,
      upSinceMs: this.#upSinceMs,
    };
  }

  log(): readonly string[] {
    return this.#diary.lines();
  }

  async start(): Promise<BlenderEndpoint> {
    const endpoint = await this.#launched();
    await this.#greet();
    return endpoint;
  }

  async endpoint(): Promise<BlenderEndpoint> {
    const endpoint = await this.#launched();
    void this.#greet().catch(() => undefined); // the state tells it
    return endpoint;
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => (this.#stopping = null));
    return this.#stopping;
  }

  async attach(endpoint: BlenderEndpoint): Promise<void> {
    this.#attached = endpoint;
    await this.#replace();
    await this.start();
  }

  /** What a server says its tools do. */
  noteActivity(news: ControlNews['activity'], source: object): void {
    this.#lastUseMs = Date.now();
    this.#activity.note(news, source);
    this.#followActivity();
    this.#pulse.lookSoon();
  }

  /** A server is no more. */
  forgetActivity(source: object): void {
    this.#activity.forget(source);
    this.#followActivity();
  }

  async dispose(): Promise<void> {
    this.#subscription.dispose();
    this.#pulse.dispose();
    clearTimeout(this.#retry);
    if (this.#place?.outlivesEditor !== true) await this.stop();
    await this.#blender.close();
    for (const emitter of [this.#changed, this.#replaced, this.#restarted]) emitter.dispose();
  }

  #isReady(): boolean {
    return this.#state.is === 'ready';
  }

  #provider(): Provider {
    const { providers, settings } = this.#options;
    return providers[this.#attached === null ? settings.get('workstation.provider') : 'endpoint'];
  }

  #label(): string {
    return this.#place?.label ?? this.#provider().label(this.#options.settings);
  }

  /** The client is loaded when it is first used, not when the editor starts. */
  async #connect(
    endpoint: BlenderEndpoint | (() => Promise<BlenderEndpoint>),
    onState?: (state: SessionState) => void,
  ): Promise<BlenderPort> {
    const { connectBlender } = await import('../../adapters/blender/connect.ts');
    const { installation, network } = this.#options;
    const client = `avatar-forge-vscode/${installation.version}`;
    return connectBlender(endpoint, { client, library: installation.addon, onState, env: network() });
  }

  #open(): Place {
    const { secrets, home } = this.#options;
    const onStage: ProviderContext['onStage'] = (stage) =>
      this.#to(stage === 'gone' ? { type: 'connection-lost' } : { type: stage });
    const onLine = (line: string): void => this.#diary.note(`blender: ${line}`);
    if (this.#attached !== null) return attachedPlace(this.#attached, secrets, onStage);
    return this.#provider().open({ ...this.#options, home: home(), onStage, onLine });
  }

  /** One launch serves everybody who waits for Blender. */
  #launched(): Promise<BlenderEndpoint> {
    this.#launching ??= this.#launch().finally(() => (this.#launching = null));
    return this.#launching;
  }

  async #launch(): Promise<BlenderEndpoint> {
    await this.#stopping;
    if (down.includes(this.#state.is)) {
      this.#place = this.#open();
      this.#to({ type: 'launch' });
    }
    const place = (this.#place ??= this.#open()); // another one may take its place meanwhile
    try {
      const endpoint = await place.launch();
      this.#launchedAt = endpoint;
      await this.#slumber.wake(place, endpoint);
      return endpoint;
    } catch (thrown) {
      if (this.#state.is !== 'reconnecting') this.#fail(thrown);
      throw thrown;
    }
  }

  async #greet(): Promise<void> {
    try {
      await this.#blender.describe();
    } catch (thrown) {
      if (this.#state.is === 'connecting') this.#fail(thrown);
      throw thrown;
    }
  }

  #fail(thrown: unknown): void {
    const error = toForgeError(thrown, 'internal', 'The workstation did not start', 'Please report it.');
    this.#to({ type: 'gone', failure: { code: error.code, message: `${error.message} ${error.next}` } });
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#retry);
    if (down.includes(this.#state.is)) return;
    const isConnecting = this.#state.is === 'connecting' && this.#launchedAt !== null;
    if (this.#upSinceMs !== null || isConnecting) {
      const aside = isConnecting ? this.#launchedAt : null;
      await this.#slumber.save(this.#place, 'before stopping', aside);
    }
    this.#to({ type: 'stop' });
    await this.#blender.replace();
    try {
      await this.#place?.stop();
    } finally {
      this.#to({ type: 'gone', failure: { code: 'blender-gone', message: 'Stopped.' } });
    }
  }

  async #replace(): Promise<void> {
    const wasUp = !down.includes(this.#state.is);
    const warn = (thrown: unknown): void => this.#diary.note(`the one before: ${reasonOf(thrown)}`, 'warn');
    await this.stop().catch(warn);
    await this.#blender.replace();
    this.#place = null;
    this.#slumber.forget();
    this.#reset(absent);
    this.#replaced.fire();
    if (wasUp) void this.start().catch(() => undefined); // the state tells it
  }

  /** Ours and unused: its scene is kept, its process is not. */
  #sleepWhenIdle(): void {
    const idleMs = this.#options.settings.get('idleMinutes') * 60_000;
    const isIdle = idleMs > 0 && Date.now() - this.#lastUseMs > idleMs;
    if (!isIdle || !this.#provider().owned || !this.#isReady()) return;
    this.#slumber.begin(this.#place, idleMs);
  }

  #onSession(state: SessionState): void {
    if (state.is === 'connected') {
      const isAnother = this.#state.is === 'reconnecting' && this.#peer?.instance !== state.peer.instance;
      this.#peer = state.peer;
      this.#lastUseMs = Date.now();
      this.#to({ type: 'connected' });
      if (isAnother) this.#restarted.fire();
      this.#followActivity();
      void this.#pulse.beat();
      void this.#pulse.look();
    }
    if (state.is === 'disconnected') this.#to({ type: 'connection-lost' });
  }

  #followActivity(): void {
    const job = this.#activity.current;
    this.#to(job === null ? { type: 'job-ended' } : { type: 'job-started', job });
  }

  #to(event: WorkstationEvent): void {
    const next = workstation(this.#state, event);
    if (next !== this.#state && JSON.stringify(next) !== JSON.stringify(this.#state)) this.#reset(next);
  }

  #reset(next: WorkstationState): void {
    const wasUp = this.#state.is === 'ready' || this.#state.is === 'busy';
    const isUp = next.is === 'ready' || next.is === 'busy';
    this.#state = next;
    this.#sinceMs = Date.now();
    if (isUp !== wasUp) this.#upSinceMs = isUp ? this.#sinceMs : null;
    if (!isUp) this.#pulse.forgetLatency();
    if (down.includes(next.is)) {
      this.#launchedAt = null;
      this.#peer = null;
      this.#pulse.forgetScene();
    }
    this.#diary.state(this.#label(), next, wasUp && isUp);
    clearTimeout(this.#retry);
    if (next.is === 'reconnecting') this.#comeBack(next.attempt);
    this.#changed.fire();
  }

  #comeBack(attempt: number): void {
    this.#retry = setTimeout(
      () => {
        this.#blender.describe().catch((thrown: unknown) => {
          if (this.#state.is !== 'reconnecting') return;
          const code = thrown instanceof ForgeError ? thrown.code : '';
          if (attempt >= this.#provider().attempts || hopeless.includes(code)) this.#fail(thrown);
          else this.#to({ type: 'connection-lost' });
        });
      },
      backoffMs(attempt, Math.random()),
    );
  }
}
