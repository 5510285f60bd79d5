import assert from 'node:assert/strict';
import type { Finding } from '../../../src/core/vrm/finding.ts';
import { Jobs } from '../../../src/server/jobs.ts';
import { vrmCheck } from '../../../src/server/tools/vrmCheck.ts';
import { outsideFor } from '../../support/assets/outside.ts';
import { FakeBlender } from '../../support/fakeBlender.ts';
import { sampleVrm } from '../../support/vrm/sampleVrm.ts';

describe('vrm_check', () => {
  it('counts all that was found, and says information that repeats itself once', async () => {
    const empty = (node: number): Finding => ({
      code: 'gltf:NODE_EMPTY',
      severity: 'info',
      message: 'Empty node encountered.',
      next: 'Nothing needs to be done.',
      where: { pointer: `/nodes/${node}` },
      spec: null,
    });
    const { structured } = await vrmCheck.run(
      { file: 'A.vrm' },
      {
        blender: new FakeBlender({}, { 'A.vrm': sampleVrm('1.0').glb }),
        validator: { validate: () => Promise.resolve([1, 2, 3].map(empty)) },
        jobs: new Jobs(),
        outside: outsideFor(),
        showsApps: false,
        signal: new AbortController().signal,
      },
    );
    assert.deepEqual([structured['ok'], structured['more_findings']], [true, 0]);
    assert.ok((structured['counts'] as { infos: number }).infos >= 3);
    const said = (structured['findings'] as Finding[]).filter(({ code }) => code === 'gltf:NODE_EMPTY');
    assert.deepEqual(
      said.map(({ message }) => message),
      ['Empty node encountered. (and 2 more of this code)'],
    );
  });
});
