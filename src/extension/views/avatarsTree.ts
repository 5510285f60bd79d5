import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { toForgeError } from '../../core/errors.ts';
import { type Avatar, type AvatarKind, avatarKinds } from '../avatars/avatar.ts';
import type { AvatarStore } from '../avatars/store.ts';
import { errorText } from '../failure.ts';
import type { Served } from '../promotion/served.ts';
import type { Services } from '../services.ts';
import { avatarUri } from './avatarBadges.ts';
import { avatarDescription, avatarLabel, avatarTooltip, kindText } from './avatarText.ts';
import { debounced } from './debounce.ts';

/** A row of the view; commands are given the one they were called on. */
export type AvatarNode =
  | { readonly type: 'kind'; readonly kind: AvatarKind; readonly avatars: readonly Avatar[] }
  | { readonly type: 'avatar'; readonly avatar: Avatar }
  | { readonly type: 'note'; readonly kind: AvatarKind; readonly text: string; readonly is: Note };

/** `waiting`: for a remote's answer. */
type Note = 'warning' | 'waiting';

const refreshMs = 200;
/** So long the view waits for a remote; what comes later is shown when it comes. */
const patienceMs = 300;

/** Projects, exports and what is promoted, with what is known of each file. */
export class AvatarsTree implements vscode.TreeDataProvider<AvatarNode> {
  readonly #store: AvatarStore;
  readonly #served: Served;
  readonly #changed = new vscode.EventEmitter<AvatarNode | undefined>();
  readonly #refresh = debounced(refreshMs, () => this.#changed.fire(undefined));
  readonly #subscriptions: readonly { dispose(): void }[];
  #wasReady = false;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor({ avatars, workstations, served }: Services) {
    this.#store = avatars;
    this.#served = served;
    this.#subscriptions = [
      avatars.onDidChange(this.#refresh),
      served.onDidChange(this.#refresh),
      // The files of a workstation elsewhere come and go with the connection.
      workstations.onDidChange(() => {
        const isReady = ['ready', 'busy'].includes(workstations.state.is);
        if (isReady !== this.#wasReady) this.#refresh();
        this.#wasReady = isReady;
      }),
      this.#refresh,
    ];
  }

  /** Nothing at all where there is no file: then the view says how to make one. */
  async getChildren(node?: AvatarNode): Promise<AvatarNode[]> {
    if (node !== undefined)
      return node.type === 'kind' ? node.avatars.map((avatar) => ({ type: 'avatar', avatar })) : [];
    const groups = (await Promise.all(avatarKinds.map((kind) => this.#group(kind)))).flat();
    const exported = groups.some((one) => one.type === 'kind' && one.kind === 'export');
    void vscode.commands.executeCommand('setContext', 'avatarForge.hasExports', exported);
    // Where production does not answer, it is said once.
    const isSaid = groups.some((one) => one.type === 'note' && one.kind === 'promoted');
    return groups.filter((one) => !(isSaid && one.type === 'note' && one.kind === 'animation'));
  }

  getTreeItem(node: AvatarNode): vscode.TreeItem {
    switch (node.type) {
      case 'kind':
        return kindItem(node.kind, node.avatars.length);
      case 'note':
        return noteItem(node);
      case 'avatar':
        return this.#avatarItem(node);
    }
  }

  /** The hover is made when somebody hovers. */
  async resolveTreeItem(item: vscode.TreeItem, node: AvatarNode): Promise<vscode.TreeItem> {
    if (node.type !== 'avatar') return item;
    const details = await this.#store.glance(node.avatar).catch(() => null);
    const picture = details?.thumbnail ?? null;
    const name = picture === null ? null : basename(picture);
    const served = this.#served.state(node.avatar);
    const text = avatarTooltip(node.avatar, details, name, served, vscode.l10n.t, vscode.env.language);
    const tooltip = new vscode.MarkdownString(text);
    if (picture !== null) tooltip.baseUri = vscode.Uri.file(`${dirname(picture)}/`);
    item.tooltip = tooltip;
    return item;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  async #group(kind: AvatarKind): Promise<AvatarNode[]> {
    try {
      const avatars = await this.#listed(kind);
      if (avatars === null) {
        return [{ type: 'note', kind, text: vscode.l10n.t('The remote is being asked…'), is: 'waiting' }];
      }
      return avatars.length === 0 ? [] : [{ type: 'kind', kind, avatars }];
    } catch (thrown) {
      const error = toForgeError(thrown, 'internal', 'The files cannot be listed', 'Please report it.');
      return error.code === 'not-connected'
        ? []
        : [{ type: 'note', kind, text: errorText(error), is: 'warning' }];
    }
  }

  /** Null while a remote has not answered: the other groups do not wait for it. */
  async #listed(kind: AvatarKind): Promise<readonly Avatar[] | null> {
    const list = this.#store.list(kind);
    if (!this.#store.isRemote(kind)) return list;
    const answer = await Promise.race([list, sleep(patienceMs, null)]);
    if (answer === null) void list.catch(() => null).then(this.#refresh);
    return answer;
  }

  #avatarItem(node: AvatarNode & { readonly type: 'avatar' }): vscode.TreeItem {
    const { avatar } = node;
    const details = this.#store.known(avatar);
    if (details === null) void this.#lookInto(node);
    const item = new vscode.TreeItem(avatar.name, vscode.TreeItemCollapsibleState.None);
    item.id = `${avatar.kind}/${avatar.name}`;
    const served = this.#served.state(avatar);
    item.description = avatarDescription(avatar, details, vscode.l10n.t, served);
    item.contextValue = `avatar.${avatar.kind}`;
    item.accessibilityInformation = {
      label: avatarLabel(avatar, details, vscode.l10n.t, served),
      role: 'treeitem',
    };
    item.resourceUri = avatarUri(avatar, details);
    const thumbnail = details?.thumbnail ?? null;
    item.iconPath =
      thumbnail === null ? new vscode.ThemeIcon(rowIcons[avatar.kind]) : vscode.Uri.file(thumbnail);
    if (avatar.kind !== 'project') {
      item.command = {
        command: 'avatarForge.previewAvatar',
        title: vscode.l10n.t('Preview avatar'),
        arguments: [node],
      };
    }
    return item;
  }

  async #lookInto(node: AvatarNode & { readonly type: 'avatar' }): Promise<void> {
    const details = await this.#store.glance(node.avatar).catch(() => null);
    if (details !== null) this.#changed.fire(node);
  }
}

const kindIcons: Readonly<Record<AvatarKind, string>> = {
  project: 'folder',
  export: 'package',
  stored: 'cloud',
  promoted: 'verified',
  animation: 'verified',
};

const rowIcons: Readonly<Record<AvatarKind, string>> = {
  project: 'symbol-file',
  export: 'person',
  stored: 'person',
  promoted: 'person',
  animation: 'play-circle',
};

function kindItem(kind: AvatarKind, count: number): vscode.TreeItem {
  const text = kindText(kind, vscode.l10n.t);
  const item = new vscode.TreeItem(text, vscode.TreeItemCollapsibleState.Expanded);
  item.id = kind;
  item.description = String(count);
  item.iconPath = new vscode.ThemeIcon(kindIcons[kind]);
  item.contextValue = `avatars.${kind}`;
  item.accessibilityInformation = { label: vscode.l10n.t('{0}, {1} files', text, count), role: 'treeitem' };
  return item;
}

function noteItem({ kind, text, is }: AvatarNode & { readonly type: 'note' }): vscode.TreeItem {
  const item = new vscode.TreeItem(kindText(kind, vscode.l10n.t));
  item.id = `note/${kind}`;
  item.description = text;
  item.tooltip = text;
  item.iconPath =
    is === 'waiting'
      ? new vscode.ThemeIcon('loading~spin')
      : new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  item.accessibilityInformation = { label: `${kindText(kind, vscode.l10n.t)}: ${text}`, role: 'treeitem' };
  return item;
}
