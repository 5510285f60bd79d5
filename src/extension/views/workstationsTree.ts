import * as vscode from 'vscode';
import type { Services } from '../services.ts';
import { type ProviderId, providerIds } from '../settings.ts';
import { providers } from '../workstations/index.ts';
import { debounced } from './debounce.ts';
import {
  type Fact,
  isUp,
  stateIcon,
  workstationDescription,
  workstationFacts,
  workstationLabel,
} from './workstationText.ts';

/** A row of the view; commands are given the one they were called on. */
export type WorkstationNode =
  | { readonly type: 'workstation'; readonly provider: ProviderId }
  | { readonly type: 'fact'; readonly fact: Fact };

const refreshMs = 200;
const icons = { thisMachine: 'device-desktop', endpoint: 'remote', kasm: 'server-environment' } as const;

/** Workstations by provider: the current one with what is known of it, and the others that could take its place. */
export class WorkstationsTree implements vscode.TreeDataProvider<WorkstationNode> {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #refresh = debounced(refreshMs, () => this.#changed.fire(undefined));
  readonly #subscriptions: readonly { dispose(): void }[];

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(services: Services) {
    this.#services = services;
    this.#subscriptions = [
      services.workstations.onDidChange(this.#refresh),
      services.settings.onDidChange(this.#refresh),
      this.#refresh,
    ];
  }

  /** Nothing at all where nothing has been started: then the view says how to begin. */
  getChildren(node?: WorkstationNode): WorkstationNode[] {
    const info = this.#services.workstations.info();
    if (node === undefined) {
      if (info.state.is === 'absent' || info.state.is === 'stopped') return [];
      const others = providerIds.filter((provider) => provider !== info.provider);
      return [info.provider, ...others].map((provider) => ({ type: 'workstation', provider }));
    }
    if (node.type === 'fact' || node.provider !== info.provider) return [];
    return workstationFacts(info, Date.now(), vscode.l10n.t).map((fact) => ({ type: 'fact', fact }));
  }

  getTreeItem(node: WorkstationNode): vscode.TreeItem {
    return node.type === 'fact' ? factItem(node.fact) : this.#workstationItem(node.provider);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #workstationItem(provider: ProviderId): vscode.TreeItem {
    const info = this.#services.workstations.info();
    if (provider !== info.provider) return this.#otherItem(provider);
    const item = new vscode.TreeItem(info.label, vscode.TreeItemCollapsibleState.Expanded);
    item.id = `current/${provider}`; // another than as a row to connect to: rows keep whether they are open
    item.description = workstationDescription(info, vscode.l10n.t);
    item.iconPath = themeIcon(stateIcon(info.state), info.state.is === 'failed');
    item.contextValue = isUp(info.state) ? 'workstation.up' : 'workstation.down';
    item.accessibilityInformation = { label: workstationLabel(info, vscode.l10n.t), role: 'treeitem' };
    if (info.state.is === 'failed') item.tooltip = workstationLabel(info, vscode.l10n.t);
    return item;
  }

  /** Not the current one: can be connected to. */
  #otherItem(provider: ProviderId): vscode.TreeItem {
    const label =
      provider === 'thisMachine'
        ? vscode.l10n.t('This machine')
        : providers[provider].label(this.#services.settings);
    const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
    item.id = `other/${provider}`;
    item.description = vscode.l10n.t('not connected');
    item.iconPath = new vscode.ThemeIcon(icons[provider]);
    item.contextValue = 'workstation.other';
    item.accessibilityInformation = {
      label: vscode.l10n.t('{0}, not connected', label),
      role: 'treeitem',
    };
    return item;
  }
}

function factItem({ label, value, icon }: Fact): vscode.TreeItem {
  const item = new vscode.TreeItem(label);
  item.description = value;
  item.tooltip = value;
  item.iconPath = themeIcon(icon, icon === 'error');
  item.accessibilityInformation = { label: `${label}: ${value}`, role: 'treeitem' };
  return item;
}

function themeIcon(name: string, isError: boolean): vscode.ThemeIcon {
  return isError
    ? new vscode.ThemeIcon(name, new vscode.ThemeColor('list.errorForeground'))
    : new vscode.ThemeIcon(name);
}
