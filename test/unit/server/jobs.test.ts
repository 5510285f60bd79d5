import assert from 'node:assert/strict';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { AuditEntry } from '../../../src/core/audit.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import { FakeBlender } from '../../support/fakeBlender.ts';
import { mcpPair } from '../../support/mcpPair.ts';
import { until } from '../control/support.ts';

type Pair = Awaited<ReturnType<typeof mcpPair>>;

/** The id of the job that a call becomes. */
async function jobOf({ client }: Pair, name: string, args: Record<string, unknown>): Promise<string> {
  const { structuredContent } = (await client.callTool({ name, arguments: args })) as CallToolResult;
  return (structuredContent as { job: { id: string } }).job.id;
}

/** An export that goes on until it is stopped. */
const stuck = {
  vrm_export: (_: unknown, { signal }: { signal?: AbortSignal | undefined }) =>
    new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('stopped')))),
};

const outline = ({ what, outcome, note }: AuditEntry) => [what, outcome, note];

describe('a call that takes long', () => {
  const slow = {
    vrm_export: (_: unknown, { signal }: { signal?: AbortSignal | undefined }) =>
      new Promise((resolve, reject) => {
        const done = {
          file: { name: 'a.vrm', size: 1, sha256: '' },
          bones: [],
          expressions: [],
          writer: 'own',
        };
        const timer = setTimeout(resolve, 150, done);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(new Error('stopped'));
        });
      }),
  };

  it('becomes a job, whose result job gives', async () => {
    const pair = await mcpPair({ blender: new FakeBlender(slow), jobAfterMs: 20 });
    const first = (await pair.client.callTool({
      name: 'vrm_export',
      arguments: { name: 'a' },
    })) as CallToolResult;
    const { job } = first.structuredContent as { job: { id: string; state: string } };
    assert.equal(job.state, 'running');
    const second = (await pair.client.callTool({
      name: 'job',
      arguments: { id: job.id },
    })) as CallToolResult;
    assert.equal((second.structuredContent as { writer: string }).writer, 'own');
    await pair.close();
  });

  it('can be cancelled as a job', async () => {
    const pair = await mcpPair({ blender: new FakeBlender(slow), jobAfterMs: 20 });
    const first = (await pair.client.callTool({
      name: 'vrm_export',
      arguments: { name: 'a' },
    })) as CallToolResult;
    const { job } = first.structuredContent as { job: { id: string } };
    const result = (await pair.client.callTool({
      name: 'cancel_job',
      arguments: { id: job.id },
    })) as CallToolResult;
    assert.deepEqual(result.structuredContent, { job: { id: job.id, state: 'cancelled' } });
    await pair.close();
  });

  it('is in the audit when it becomes a job and when it ends, before its result goes out', async () => {
    let resolve: (made: unknown) => void = () => undefined;
    const promise = new Promise((done) => (resolve = done));
    const pair = await mcpPair({
      blender: new FakeBlender({ create_object: () => promise }),
      jobAfterMs: 20,
    });
    const id = await jobOf(pair, 'create_object', { objects: [{ kind: 'cube' }] });
    assert.deepEqual(pair.audit.map(outline), [['create_object', 'started', id]]);
    resolve({ created: ['Cube'], diff: { revision: 1 } });
    await pair.client.callTool({ name: 'job', arguments: { id } });
    assert.deepEqual(pair.audit.map(outline), [
      ['create_object', 'started', id],
      ['create_object', 'ok', id],
    ]);
    assert.equal(pair.audit[0]?.digest, pair.audit[1]?.digest);
    await pair.close();
  });

  it('is in the audit with the code by which it failed, whether or not somebody waits', async () => {
    let reject: (thrown: ForgeError) => void = () => undefined;
    const promise = new Promise((_, failed) => (reject = failed));
    const pair = await mcpPair({
      blender: new FakeBlender({ create_object: () => promise }),
      jobAfterMs: 20,
    });
    const id = await jobOf(pair, 'create_object', { objects: [{ kind: 'cube' }] });
    reject(new ForgeError('not-found', 'There is no such parent.', 'Name another.'));
    await until(() => pair.audit.length === 2, 'its end is in the audit');
    assert.deepEqual(outline(pair.audit[1]!), ['create_object', 'not-found', id]);
    await pair.close();
  });

  it('is in the audit as cancelled, and so is who cancelled it', async () => {
    const pair = await mcpPair({ blender: new FakeBlender(stuck), jobAfterMs: 20 });
    const id = await jobOf(pair, 'vrm_export', { name: 'a' });
    await pair.client.callTool({ name: 'cancel_job', arguments: { id } });
    await pair.client.callTool({ name: 'cancel_job', arguments: { id: 'job-99' } });
    await pair.close();
    assert.deepEqual(pair.audit.map(outline), [
      ['vrm_export', 'started', id],
      ['vrm_export', 'cancelled', id],
      ['cancel_job', 'ok', `vrm_export, ${id}`],
      ['cancel_job', 'not-found', undefined],
    ]);
  });

  it('is in the audit as cancelled when the server ends', async () => {
    const pair = await mcpPair({ blender: new FakeBlender(stuck), jobAfterMs: 20 });
    await jobOf(pair, 'vrm_export', { name: 'a' });
    await pair.close();
    assert.deepEqual(
      pair.audit.map(({ outcome }) => outcome),
      ['started', 'cancelled'],
    );
  });

  it('is ended where the audit does not take it', async () => {
    const record = () => Promise.reject(new ForgeError('audit-failed', 'It is full.', 'Make room.'));
    let signal: AbortSignal | undefined;
    const blender = new FakeBlender({
      vrm_export: (params, options) => stuck.vrm_export(params, { signal: (signal = options.signal) }),
    });
    const pair = await mcpPair({ blender, jobAfterMs: 20, record });
    const answer = await pair.client.callTool({ name: 'vrm_export', arguments: { name: 'a' } });
    assert.match(JSON.stringify(answer.content), /audit-failed/);
    assert.equal(signal?.aborted, true);
    const listed = (await pair.client.callTool({ name: 'job', arguments: {} })) as CallToolResult;
    assert.deepEqual(listed.structuredContent, { jobs: [] });
    await pair.close();
  });

  it('is listed and waited for unasked, for that only reads; its end is asked about', async () => {
    const pair = await mcpPair({ blender: new FakeBlender(stuck), jobAfterMs: 20 });
    const { tools: listed } = await pair.client.listTools();
    const hints = (name: string) => listed.find((tool) => tool.name === name)?.annotations;
    assert.equal(hints('job')?.readOnlyHint, true);
    assert.deepEqual(
      [hints('cancel_job')?.readOnlyHint, hints('cancel_job')?.destructiveHint],
      [false, true],
    );
    const id = await jobOf(pair, 'vrm_export', { name: 'a' });
    const answer = (await pair.client.callTool({ name: 'job', arguments: {} })) as CallToolResult;
    const { jobs } = answer.structuredContent as { jobs: { id: string; tool: string; state: string }[] };
    assert.deepEqual(
      jobs.map((job) => [job.id, job.tool, job.state]),
      [[id, 'vrm_export', 'running']],
    );
    assert.equal(pair.audit.length, 1);
    await pair.close();
  });

  it('stops in Blender when the client cancels it', async () => {
    let stopped = false;
    const blender = new FakeBlender({
      vrm_export: (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () => {
            stopped = true;
            reject(new Error('stopped'));
          }),
        ),
    });
    const pair = await mcpPair({ blender, jobAfterMs: 5000 });
    const abort = new AbortController();
    const pending = pair.client.callTool({ name: 'vrm_export', arguments: { name: 'a' } }, undefined, {
      signal: abort.signal,
    });
    setTimeout(() => abort.abort(), 20);
    await assert.rejects(pending);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(stopped, true);
    await pair.close();
  });
});
