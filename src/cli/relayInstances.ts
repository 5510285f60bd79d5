import type { Command, Option } from 'commander';
import type { Actor, Registry } from '../core/relay/registry.ts';

interface DatabaseFlags {
  readonly db: string;
}

interface ListFlags extends DatabaseFlags {
  readonly json: boolean;
}

export interface RelayAdministration {
  readonly database: () => Option;
  readonly administer: <T>(
    db: string,
    work: (registry: Registry, actor: Actor) => T | Promise<T>,
  ) => Promise<T>;
  readonly print: (line: string) => void;
  readonly tell: (line: string) => void;
}

/** What `avatar-forge relay` knows of users, keys, workstations and who may reach them. */
export function registerInstances(
  relay: Command,
  { database, administer, print, tell }: RelayAdministration,
): void {
  /** Lines of words between tabs, or one array of JSON. */
  const list = (rows: readonly Readonly<Record<string, Word>>[], { json }: ListFlags): void => {
    if (json) print(JSON.stringify(rows));
    else for (const row of rows) print(Object.values(row).map(wordOf).join('\t'));
  };
  const listing = (parent: Command, description: string): Command =>
    parent
      .command('list')
      .description(description)
      .addOption(database())
      .option('--json', 'as an array of JSON', false);

  listing(groupOf(relay, 'user'), 'list the users').action(async (flags: ListFlags) => {
    const users = await administer(flags.db, ({ store }) => store.users());
    list(
      users.map(({ id, name }) => ({ id, name })),
      flags,
    );
  });
  listing(groupOf(relay, 'key'), "list a user's API keys: never the keys themselves")
    .argument('<user>')
    .action(async (user: string, flags: ListFlags) => {
      const keys = await administer(flags.db, async (registry) =>
        registry.store.keysOf((await registry.userNamed(user)).id),
      );
      const rows = keys.map(({ id, scopes, allow, expiresAt, revokedAt, lastUsedAt }) => ({
        id,
        scopes,
        allow: allow ?? ['*'],
        expires: dateOf(expiresAt),
        revoked: dateOf(revokedAt),
        lastUsed: dateOf(lastUsedAt),
      }));
      list(rows, flags);
    });

  const instance = relay.command('instance').description('workstations');
  listing(instance, 'list all of them').action(async (flags: ListFlags) => {
    const rows = await administer(flags.db, async ({ store }) => {
      const users = new Map((await store.users()).map(({ id, name }) => [id, name]));
      const all = await store.allInstances();
      return all.map(({ id, name, owner, lease }) => ({ id, owner: users.get(owner) ?? owner, name, lease }));
    });
    list(rows, flags);
  });
  instance
    .command('rename')
    .description('give a workstation another name')
    .argument('<id>')
    .argument('<name>')
    .addOption(database())
    .action(async (id: string, name: string, { db }: DatabaseFlags) => {
      await administer(db, (registry, actor) => registry.change(actor, id, { name }));
      tell(`It is called ${name}.`);
    });

  instance
    .command('remove')
    .description('remove a workstation; one whose agent runs is cut off, and comes back as a new one')
    .argument('<id>')
    .addOption(database())
    .action(async (id: string, { db }: DatabaseFlags) => {
      // Which are connected is known to the relay alone, which ends their lines within seconds.
      await administer(db, (registry, actor) => registry.remove(actor, id, new Set()));
      tell('It is removed, and shared with nobody any longer.');
    });

  const grant = relay.command('grant').description('who else may reach a workstation');
  grant
    .command('add')
    .description('let another user reach a workstation')
    .argument('<instance>')
    .argument('<user>')
    .addOption(database())
    .action(async (id: string, user: string, { db }: DatabaseFlags) => {
      await administer(db, (registry, actor) => registry.grant(actor, id, user));
      tell(`${user} may reach it.`);
    });
  grant
    .command('remove')
    .description('take a workstation back from a user; sessions end within seconds')
    .argument('<instance>')
    .argument('<user>')
    .addOption(database())
    .action(async (id: string, user: string, { db }: DatabaseFlags) => {
      await administer(db, (registry, actor) => registry.takeBack(actor, id, user));
      tell(`${user} may reach it no longer.`);
    });
}

/** A group of commands that is there already. */
function groupOf(relay: Command, name: string): Command {
  const group = relay.commands.find((one) => one.name() === name);
  if (group === undefined) throw new Error(`no commands of ${name}`);
  return group;
}

type Word = string | readonly string[] | null;

function wordOf(value: Word): string {
  return typeof value === 'string' ? value : (value?.join(',') ?? '-');
}

function dateOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
