import { markdownText } from '../../core/markdown.ts';
import type { WorkstationState } from '../../core/workstation.ts';
import type { WorkstationInfo } from '../services.ts';
import { inEditorWords } from '../editorWords.ts';
import { countText, durationText, type Translate } from '../text.ts';

/** What the Workstations view and the status bar say, as plain functions. */

function stateText(state: WorkstationState, t: Translate): string {
  switch (state.is) {
    case 'absent':
      return t('not started');
    case 'launching':
      return t('launching');
    case 'starting':
      return t('Blender is starting');
    case 'connecting':
      return t('connecting');
    case 'ready':
      return t('ready');
    case 'busy':
      return state.job === null ? t('busy') : t('busy: {0}', state.job);
    case 'reconnecting':
      return t('reconnecting, attempt {0}', state.attempt);
    case 'idle':
      return t('asleep');
    case 'stopping':
      return t('stopping');
    case 'stopped':
      return t('stopped');
    case 'failed':
      return t('failed');
  }
}

/** Whether something is there that can be stopped. */
export function isUp(state: WorkstationState): boolean {
  return !['absent', 'stopped', 'failed', 'idle'].includes(state.is);
}

/** A codicon, by its name. */
export function stateIcon(state: WorkstationState): string {
  switch (state.is) {
    case 'ready':
      return 'vm-active';
    case 'busy':
      return 'vm-running';
    case 'launching':
    case 'starting':
    case 'connecting':
    case 'reconnecting':
    case 'stopping':
      return 'loading~spin';
    case 'failed':
      return 'error';
    case 'absent':
    case 'idle':
    case 'stopped':
      return 'vm-outline';
  }
}

/** Beside the workstation's name: `ready · 3 ms`. */
export function workstationDescription({ state, latencyMs }: WorkstationInfo, t: Translate): string {
  return [stateText(state, t), ...(latencyMs === null ? [] : [latencyText(latencyMs)])].join(' · ');
}

/** Rows below a workstation that is up: what is known of it. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly icon: string;
}

export function workstationFacts(info: WorkstationInfo, nowMs: number, t: Translate): readonly Fact[] {
  const { state, blenderVersion, addonVersion, scene, upSinceMs } = info;
  const facts: Fact[] = [];
  if (state.is === 'failed')
    facts.push({ label: t('Why'), value: inEditorWords(state.failure.message), icon: 'error' });
  if (blenderVersion !== null) {
    const addon = addonVersion === null ? t('stock add-on') : t('add-on {0}', addonVersion);
    facts.push({ label: 'Blender', value: `${blenderVersion} · ${addon}`, icon: 'symbol-misc' });
  }
  if (scene !== null) {
    const amounts = t('{0} objects · {1} triangles', scene.objects, countText(scene.triangles));
    const value = scene.file === null ? amounts : `${scene.file} · ${amounts}`;
    facts.push({ label: t('Scene'), value, icon: 'symbol-structure' });
  }
  if (upSinceMs !== null)
    facts.push({ label: t('Up for'), value: durationText(nowMs - upSinceMs), icon: 'watch' });
  return facts;
}

/** For screen readers. */
export function workstationLabel(info: WorkstationInfo, t: Translate): string {
  const why = info.state.is === 'failed' ? `, ${inEditorWords(info.state.failure.message)}` : '';
  return `${info.label}, ${workstationDescription(info, t).replaceAll(' · ', ', ')}${why}`;
}

/** `$(vm-active) Blender 3 ms`. */
export function statusBarText({ state, latencyMs }: WorkstationInfo, t: Translate): string {
  const latency = latencyMs === null ? '' : ` ${latencyText(latencyMs)}`;
  const detail = state.is === 'ready' ? latency : `: ${stateText(state, t)}`;
  return `$(${stateIcon(state)}) Blender${detail}`;
}

/** The hover of the status bar, in Markdown. */
export function statusBarTooltip(info: WorkstationInfo, nowMs: number, t: Translate): string {
  return [
    `**${markdownText(info.label)}**: ${markdownText(workstationDescription(info, t))}`,
    ...workstationFacts(info, nowMs, t).map(
      ({ label, value }) => `${markdownText(label)}: ${markdownText(value)}`,
    ),
  ].join('\n\n');
}

function latencyText(ms: number): string {
  return ms < 1 ? '< 1 ms' : `${Math.round(ms)} ms`;
}
