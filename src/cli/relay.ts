import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { homeFolder } from '../adapters/home.ts';
import { bareHost } from '../core/address.ts';
import { ForgeError } from '../core/errors.ts';
import { type Scope, scopes } from '../core/relay/records.ts';
import type { Actor, Registry } from '../core/relay/registry.ts';
import { registerInstances } from './relayInstances.ts';

interface DatabaseFlags {
  readonly db: string;
}

interface ServeFlags extends DatabaseFlags {
  readonly listen: Address;
  readonly hostName: readonly string[];
  readonly trustedProxy: readonly string[];
  readonly replicaUrl?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly selfSigned: boolean;
}

interface KeyFlags extends DatabaseFlags {
  readonly scope: readonly Scope[];
  readonly allow?: readonly string[];
  readonly days?: number;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

export interface RelayWiring {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A line on stdout: an answer, keys among them. */
  readonly print: (line: string) => void;
  /** A line on stderr. */
  readonly tell: (line: string) => void;
}

/** `avatar-forge relay`: the meeting point of users and workstations, and its administration. docs/relay.md. */
export function registerRelay(program: Command, { env, print, tell }: RelayWiring): void {
  const relay = program.command('relay').description('where users and workstations meet (docs/relay.md)');
  const database = (): Option =>
    new Option(
      '--db <file>',
      'the database file, or postgres://… of several replicas (by the environment: it may hold a password)',
    )
      .env('AVATAR_FORGE_RELAY_DB')
      .default(join(homeFolder(env), 'relay.db'));

  relay
    .command('serve')
    .description('serve until a signal comes')
    .addOption(database())
    .addOption(
      new Option('--listen <host:port>', 'where to listen')
        .argParser(address)
        .default({ host: '127.0.0.1', port: 9443 }, '127.0.0.1:9443'),
    )
    .option('--host-name <name...>', 'by which names it is called; needed off loopback', [])
    .option('--replica-url <url>', 'where other replicas on the same PostgreSQL reach this one')
    .option('--trusted-proxy <address...>', 'proxies before it, whose X-Forwarded-For is believed', [])
    .option('--cert <file>', 'its certificate with the chain, PEM')
    .option('--key <file>', "the certificate's key, PEM")
    .option('--self-signed', 'make a certificate for development', false)
    .action(async ({ db, listen, hostName, trustedProxy, replicaUrl, cert, key, selfSigned }: ServeFlags) => {
      const { serveRelay } = await import('../relay/main.ts');
      const flags = {
        database: db,
        ...listen,
        hostNames: hostName,
        trustedProxies: trustedProxy,
        replicaUrl,
        cert,
        key,
        selfSigned,
      };
      await serveRelay(flags, tell);
    });

  relay
    .command('user')
    .description('users')
    .command('add')
    .description('create a user')
    .argument('<name>')
    .addOption(database())
    .action(async (name: string, { db }: DatabaseFlags) => {
      await administer(db, (registry, actor) => registry.createUser(actor, name));
      tell(`User ${name} is there.`);
    });

  const key = relay.command('key').description('API keys');
  key
    .command('add')
    .description('make an API key and print it, this once, to stdout')
    .argument('<user>')
    .addOption(database())
    .addOption(new Option('--scope <scope...>', 'what it is for').choices(scopes).makeOptionMandatory())
    .option(
      '--allow <method...>',
      'the only methods it may call, such as get_scene_info or file.* (default: all)',
    )
    .option('--days <number>', 'it expires after so many days (default: never)', positive)
    .action(async (user: string, { db, scope, allow, days }: KeyFlags) => {
      const expiresAt = days === undefined ? null : Date.now() + days * 86_400_000;
      const { secret, record } = await administer(db, (registry, actor) =>
        registry.createKey(actor, { user, scopes: scope, allow: allow ?? null, expiresAt }),
      );
      tell(`Key ${record.id} of ${user}, for ${record.scopes.join(', ')}. It is not shown again:`);
      print(secret);
    });
  key
    .command('revoke')
    .description('revoke an API key; what is connected with it is cut off within seconds')
    .argument('<id>')
    .addOption(database())
    .action(async (id: string, { db }: DatabaseFlags) => {
      await administer(db, (registry, actor) => registry.revokeKey(actor, id));
      tell(`Key ${id} no longer counts.`);
    });

  registerInstances(relay, { database, administer, print, tell });

  relay
    .command('audit')
    .description('the audit')
    .command('verify')
    .description('check that no line of the audit was changed or taken away')
    .addOption(database())
    .action(async ({ db }: DatabaseFlags) => {
      const { verifyAudit } = await import('../relay/main.ts');
      const { lines, firstBreak, head } = await verifyAudit(db);
      if (firstBreak !== null) {
        throw new ForgeError(
          'audit-broken',
          `Line ${firstBreak} of the audit does not follow from the one before it.`,
          'Keep the file as it is, and compare it with a copy from before.',
        );
      }
      print(`${lines} lines, whole; the last one's hash is ${head ?? 'none'}`);
    });
}

async function administer<T>(
  db: string,
  work: (registry: Registry, actor: Actor) => T | Promise<T>,
): Promise<T> {
  const relay = await import('../relay/main.ts');
  return relay.administer(db, userInfo().username, work);
}

function address(text: string): Address {
  const url = /^[^/?#@]+:\d+$/.test(text) ? URL.parse(`tcp://${text}`) : null;
  if (url === null) throw new InvalidArgumentError('Write it as 127.0.0.1:9443 or [::1]:9443.');
  return { host: bareHost(url.hostname), port: Number(url.port) };
}

function positive(text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('It is no positive number.');
}
