import { z } from 'zod';
import { allows } from '../core/relay/allowList.ts';
import { ForgeError } from '../core/errors.ts';
import { type Instance, leaseModes, scopes } from '../core/relay/records.ts';
import { plainText } from '../core/untrusted.ts';
import { runCommand } from './command.ts';
import { passOnRequest, wasPassedOn } from './passOn.ts';
import { type ApiParts, type Route, route } from './route.ts';

const name = z.string().min(1).max(64);
const user = z.object({ id: z.string(), name });
const keyMade = z.object({
  id: z.string(),
  key: z.string().describe('The key itself, told only here.'),
  expiresAt: z.iso.datetime().nullable(),
});
const instanceSeen = z.object({
  id: z.string(),
  name,
  owner: name,
  lease: z.enum(leaseModes),
  online: z.boolean(),
  busy: z.boolean(),
});
const newKey = z.strictObject({
  user: name.describe('The name of a user.'),
  scopes: z.array(z.enum(scopes)).min(1).max(3),
  allow: z
    .array(z.string().max(100))
    .max(200)
    .nullable()
    .default(null)
    .describe('Methods it may call; null: all.'),
  expiresAt: z.iso.datetime().nullable().default(null),
});
const newInstance = z.strictObject({ id: z.uuid(), name, owner: name.optional() });
const instanceChange = z.strictObject({ name: name.optional(), lease: z.enum(leaseModes).optional() });
const grant = z.strictObject({ instance: z.uuid(), user: name });
const command = z.strictObject({
  method: z.string().min(1).max(100),
  params: z.record(z.string(), z.unknown()).default({}),
  deadlineMs: z.int().min(100).max(600_000).default(60_000),
});
const auditLine = z.looseObject({ seq: z.int(), at: z.iso.datetime(), hash: z.string() });

export const routes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/users',
    operation: 'create_user',
    summary: 'Create a user',
    scopes: ['admin'],
    body: z.strictObject({ name }),
    status: 201,
    answer: user,
    run: ({ actor, body }, { registry }) => registry.createUser(actor, body.name),
  }),
  route({
    method: 'POST',
    path: '/v1/keys',
    operation: 'create_key',
    summary: 'Make an API key for a user',
    scopes: ['admin'],
    body: newKey,
    status: 201,
    answer: keyMade,
    run: async ({ actor, body }, { registry }) => {
      const expiresAt = body.expiresAt === null ? null : Date.parse(body.expiresAt);
      const { secret, record } = await registry.createKey(actor, { ...body, expiresAt });
      return { id: record.id, key: secret, expiresAt: body.expiresAt };
    },
  }),
  {
    method: 'DELETE',
    path: '/v1/keys/{id}',
    operation: 'revoke_key',
    summary: 'Revoke an API key; what is connected with it is cut off',
    scopes: ['admin'],
    body: null,
    status: 204,
    answer: null,
    run: async ({ actor, path: [id = ''] }, { registry, sessions, switchboard, replicas }) => {
      await registry.revokeKey(actor, id);
      await replicas.changed();
      await sessions.sweep();
      await switchboard.sweep();
    },
  },
  {
    method: 'GET',
    path: '/v1/instances',
    operation: 'list_blender_instances',
    summary: 'List your workstations and those shared with you; with an admin key, all',
    scopes: ['client', 'admin'],
    body: null,
    status: 200,
    answer: z.object({ instances: z.array(instanceSeen) }),
    run: async ({ actor }, parts) => {
      const { store } = parts.registry;
      if (actor.user === null) return { instances: await seen(await store.allInstances(), parts) };
      const { own, granted } = await parts.registry.visible(actor.user);
      return { instances: await seen([...own, ...granted], parts) };
    },
  },
  route({
    method: 'POST',
    path: '/v1/instances',
    operation: 'register_blender_instance',
    summary: 'Register a workstation before its agent does',
    scopes: ['client', 'admin'],
    body: newInstance,
    status: 201,
    answer: instanceSeen,
    run: async ({ actor, key, body }, parts) => {
      const { registry, switchboard } = parts;
      const owner =
        actor.user === null && body.owner !== undefined
          ? (await registry.userNamed(body.owner)).id
          : key.user;
      const registered = await registry.register(actor, owner, body, () => switchboard.online());
      return (await seen([registered], parts))[0];
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/instances/{id}',
    operation: 'change_instance',
    summary: 'Rename a workstation of yours, or change whether several clients may share it',
    scopes: ['client', 'admin'],
    body: instanceChange,
    status: 200,
    answer: instanceSeen,
    run: async ({ actor, body, path: [id = ''] }, parts) =>
      (await seen([await parts.registry.change(actor, id, body)], parts))[0],
  }),
  {
    method: 'DELETE',
    path: '/v1/instances/{id}',
    operation: 'remove_instance',
    summary:
      'Remove a workstation of yours that is not connected, and take it back from whom it is shared with',
    scopes: ['client', 'admin'],
    body: null,
    status: 204,
    answer: null,
    run: async ({ actor, path: [id = ''] }, { registry, sessions, switchboard, replicas }) => {
      await registry.remove(actor, id, await switchboard.online());
      await replicas.changed();
      await sessions.sweep();
    },
  },
  route({
    method: 'POST',
    path: '/v1/instances/{id}/commands',
    operation: 'route_command',
    summary: 'Run one command in a Blender and wait for its answer',
    scopes: ['client'],
    body: command,
    status: 200,
    answer: z.object({ result: z.unknown() }),
    run: async ({ actor, key, body, path: [id = ''], request }, parts) => {
      const { registry, sessions, version, switchboard, replicas } = parts;
      const called = plainText(body.method);
      if (key.allow !== null && !allows(key.allow, body.method)) {
        await registry.note(actor.who, 'relay', 'call', { method: body.method }, 'not-allowed', called);
        throw new ForgeError(
          'not-allowed',
          'The API key does not allow this method.',
          'Ask for a key that does.',
        );
      }
      const instance = await registry.find(key.user, id).catch(() => null); // `begin` tells and notes it
      if (instance !== null && !switchboard.isOnline(instance.id) && !wasPassedOn(request)) {
        const to = await replicas.holderOf(instance.id);
        if (to !== null) return passOnRequest(to, request, body);
      }
      const session = await sessions.begin(key, id, 'http-api');
      try {
        const { agent } = session;
        if (agent === null) throw new Error('a session without a data connection');
        const run = (): Promise<unknown> => runCommand(agent, body, `avatar-forge-relay/${version}`);
        const where = `instance ${session.instance.id}`;
        return { result: await registry.audited(actor.who, where, 'call', body, run, called) };
      } finally {
        await sessions.finish(session);
      }
    },
  }),
  route({
    method: 'POST',
    path: '/v1/grants',
    operation: 'create_grant',
    summary: 'Share a workstation of yours with another user',
    scopes: ['client', 'admin'],
    body: grant,
    status: 204,
    answer: null,
    run: ({ actor, body }, { registry }) => registry.grant(actor, body.instance, body.user),
  }),
  {
    method: 'DELETE',
    path: '/v1/grants/{instance}/{user}',
    operation: 'delete_grant',
    summary: 'Take a workstation of yours back from a user',
    scopes: ['client', 'admin'],
    body: null,
    status: 204,
    answer: null,
    run: async ({ actor, path: [instance = '', userName = ''] }, { registry, sessions, replicas }) => {
      await registry.takeBack(actor, instance, userName);
      await replicas.changed();
      await sessions.sweep();
    },
  },
  {
    method: 'GET',
    path: '/v1/audit',
    operation: 'read_audit',
    summary: 'Read lines of the audit, oldest first: ?after=SEQ&limit=1…1000',
    scopes: ['admin'],
    body: null,
    status: 200,
    answer: z.object({ lines: z.array(auditLine) }),
    run: async ({ query }, { registry }) => {
      const page = z.object({
        after: z.coerce.number().int().min(0).default(0),
        limit: z.coerce.number().int().min(1).max(1000).default(100),
      });
      const { after, limit } = page.parse(Object.fromEntries(query));
      return { lines: await registry.store.auditLines(after, limit) };
    },
  },
];

async function seen(
  instances: readonly Instance[],
  { registry, sessions, switchboard, replicas }: ApiParts,
): Promise<z.infer<typeof instanceSeen>[]> {
  const busy = sessions.busy();
  const elsewhere = await replicas.elsewhere();
  const now = Date.now();
  const owners = new Map<string, string>();
  for (const { owner } of instances)
    if (!owners.has(owner)) owners.set(owner, (await registry.store.user(owner))?.name ?? owner);
  const leased = new Set<string>();
  for (const { id } of instances)
    if (elsewhere.has(id) && ((await registry.store.lease(id))?.until ?? 0) > now) leased.add(id);
  return instances.map(({ id, name: called, owner, lease }) => ({
    id,
    name: called,
    owner: owners.get(owner) ?? owner,
    lease,
    online: switchboard.isOnline(id) || elsewhere.has(id),
    busy: busy.has(id) || leased.has(id),
  }));
}
