import { execa } from 'execa';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { CompanionApp, goMissing } from '../support/companionApp.ts';
import { skip } from '../support/skip.ts';

const patch = join(import.meta.dirname, '../../deploy/companion/serve-models.patch');

describe("the companion app's patch", function () {
  this.timeout(60_000);
  let app: CompanionApp;
  before(async function () {
    const missing = goMissing();
    if (missing !== null) skip(this, missing);
    app = await CompanionApp.copy();
    await execa('git', ['apply', '--whitespace=error', patch], { cwd: app.folder });
  });
  after(() => app.remove());

  it('applies, and the app passes its tests and those that the patch brings', () => app.test());

  it('is formatted as gofmt does', async () => {
    assert.equal((await execa('gofmt', ['-l', '.'], { cwd: app.folder })).stdout, '');
  });
});
