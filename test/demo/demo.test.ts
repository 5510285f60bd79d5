import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { z } from 'zod';
import { sha256 } from '../../src/core/audit.ts';
import { checkVrm } from '../../src/core/vrm/check.ts';

const out = join(import.meta.dirname, '..', '..', 'out', 'demo');

const summarySchema = z.object({
  steps: z.array(z.object({ name: z.string(), ms: z.number() })),
  export: z.object({ file: z.string(), size: z.number(), sha256: z.string() }),
  promoted: z.object({ file: z.string(), sha256: z.string(), outcome: z.string() }),
  refusal: z.object({ code: z.string(), unchanged: z.boolean() }),
  bones: z.array(z.string()),
  expressions: z.record(
    z.string(),
    z.object({ movedVertices: z.number(), maxDeltaMm: z.number(), changedPixels: z.number() }),
  ),
  validator: z.object({ errors: z.number() }),
  pictures: z.array(z.string()),
});

/** Reads what `./demo` has left; it runs right before (npm script test:demo). */
describe('the demo', () => {
  let summary: z.infer<typeof summarySchema>;
  before(() => (summary = summarySchema.parse(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')))));

  it('exports a VRM without an error in it', () => {
    assert.equal(summary.validator.errors, 0);
    assert.equal(readFileSync(join(out, summary.export.file)).subarray(0, 4).toString(), 'glTF');
  });

  it('has the bones that VRM asks for, and more', () => {
    assert.ok(summary.bones.length >= 15, `${summary.bones.length} bones`);
    for (const bone of ['hips', 'head', 'leftHand', 'rightFoot'])
      assert.ok(summary.bones.includes(bone), bone);
  });

  for (const name of ['aa', 'ih', 'ou', 'ee', 'oh', 'blink', 'happy']) {
    it(`visibly moves the mesh with ${name}`, () => {
      const effect = summary.expressions[name];
      assert.ok(effect !== undefined, 'missing');
      assert.ok(
        effect.movedVertices > 10 && effect.maxDeltaMm > 1 && effect.changedPixels > 50,
        JSON.stringify(effect),
      );
    });
  }

  it('publishes the very bytes it exported, read-only', () => {
    const promoted = join(out, summary.promoted.file);
    assert.equal(sha256(readFileSync(promoted)), summary.export.sha256);
    assert.equal(summary.promoted.sha256, summary.export.sha256);
    assert.equal(statSync(promoted).mode & 0o777, 0o444);
  });

  it('refuses other bytes under the same name', () => {
    assert.deepEqual(summary.refusal.code, 'name-taken');
    assert.equal(summary.refusal.unchanged, true);
  });

  it('exports a wave that the preview plays', () => {
    assert.deepEqual(
      checkVrm(readFileSync(join(out, 'Companion-A-wave.vrma')), { isAnimation: true }).findings,
      [],
    );
    assert.ok(summary.pictures.includes('preview-wave.png'));
  });

  it('leaves pictures that show something', () => {
    assert.ok(summary.pictures.length >= 4);
    for (const picture of summary.pictures) {
      const { data, width, height } = PNG.sync.read(readFileSync(join(out, picture)));
      const colours = new Set<number>();
      for (let i = 0; i < data.length; i += 4 * 97) colours.add(data.readUInt32BE(i));
      assert.ok(width >= 300 && height >= 300 && colours.size > 100, `${picture}: ${colours.size} colours`);
    }
  });
});
