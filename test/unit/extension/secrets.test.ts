import assert from 'node:assert/strict';
import { secretsOver } from './settingsFake.ts';

describe('keys of services on the web', () => {
  it('are kept in the secret storage, each for itself, and forgotten', async () => {
    const kept = new Map<string, string>();
    const secrets = secretsOver(kept);
    assert.deepEqual(await secrets.serviceKeys(), { hyper3d: null, fal: null });
    await secrets.service('fal').save('k');
    assert.deepEqual(await secrets.serviceKeys(), { hyper3d: null, fal: 'k' });
    await secrets.service('fal').forget();
    assert.equal(kept.size, 0);
  });
});
