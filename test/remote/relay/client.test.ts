import assert from 'node:assert/strict';
import { openConnection } from '../../../src/adapters/transports/index.ts';
import type { Connection } from '../../../src/adapters/transports/transport.ts';
import { ForgeError } from '../../../src/core/errors.ts';
import { readProblem } from '../../../src/core/relay/problem.ts';
import { afterwards, closeAll, open, startAgent, startEcho, startRelay } from './support.ts';

describe('our own client at a relay', () => {
  afterEach(closeAll);

  it('is told in the relay’s words why it was refused', async () => {
    const { relay, key } = await startRelay();
    const mine = key('ada', 'client');
    await startAgent(relay.url, key('ada', 'agent'), await startEcho());
    const refusals: readonly (readonly [string, string, string])[] = [
      ['/instances/nothing', mine, 'no-such-instance'],
      ['/instances/desk', key('ada', 'agent'), 'scope-missing'],
      ['/instances/desk', 'avf_x', 'unauthorized'],
    ];
    for (const [path, bearer, code] of refusals) {
      const error = await refused(connect(relay.url, path, bearer));
      assert.equal(error.code, code);
      assert.ok(error.next.length > 0);
    }
    await open(relay.url, '/instances/desk', mine, { 'avatar-forge-client': 'another-window' });
    assert.equal((await refused(connect(relay.url, '/instances/desk', mine))).code, 'instance-busy');
  });

  it('is one client in one process: a second connection takes no lease away', async () => {
    const { relay, key } = await startRelay();
    const mine = key('ada', 'client');
    await startAgent(relay.url, key('ada', 'agent'), await startEcho());
    await connect(relay.url, '/instances/desk', mine);
    await connect(relay.url, '/instances/desk', mine);
    const window = { 'avatar-forge-client': 'window-7' };
    assert.equal((await refused(connect(relay.url, '/instances/desk', mine, window))).code, 'instance-busy');
  });

  it('takes no other text for a problem, and shows what is hidden in one', () => {
    for (const text of [
      '',
      '{}',
      '<html>',
      '{"code":"x","detail":1,"next":"n"}',
      '{"code":"A B","detail":"d","next":"n"}',
    ])
      assert.equal(readProblem(text), null);
    const error = readProblem('{"code":"no-luck","detail":"a\\u202eb\\u001b[31m","next":"n"}');
    assert.equal(error?.code, 'no-luck');
    assert.doesNotMatch(error.message, /[\u202e\u001b]/);
  });
});

async function connect(
  relayUrl: string,
  path: string,
  key: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Connection> {
  const connection = await openConnection(new URL(`${relayUrl.replace(/^http/, 'ws')}${path}`), {
    timeoutMs: 5_000,
    trust: { headers: { authorization: `Bearer ${key}`, ...headers } },
  });
  afterwards(() => connection.close());
  return connection;
}

async function refused(opening: Promise<Connection>): Promise<ForgeError> {
  try {
    await opening;
  } catch (thrown) {
    assert.ok(thrown instanceof ForgeError);
    return thrown;
  }
  assert.fail('it was let in');
}
