import assert from 'node:assert/strict';
import { PNG } from 'pngjs';
import type { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { PreviewPanels } from '../support/previewPanels.ts';
import { packGlb } from '../support/vrm/glb.ts';
import { mtoonVrm } from '../support/vrm/mtoonVrm.ts';

const { document, bin } = mtoonVrm();

describe('how the preview can show a model', function () {
  this.timeout(120_000);
  let panels: PreviewPanels;
  let session: PreviewSession;

  before(async function () {
    panels = await PreviewPanels.open(this, packGlb(document, bin));
    ({ session } = panels);
  });

  after(() => (panels as PreviewPanels | undefined)?.close());

  it('looks at the camera, at the mouse wherever it goes, and ahead', async () => {
    const { page } = session;
    await panels.changes(() => panels.press('speech', 'At camera'));
    await panels.changes(() => panels.press('speech', 'At mouse'));
    await panels.changes(() => page.locator('#view').hover({ position: { x: 20, y: 20 } }));
    await panels.changes(() => page.locator('#view').hover({ position: { x: 400, y: 400 } }));
    await panels.changes(() => panels.press('speech', 'Ahead'));
  });

  it('lets hair swing in the wind, stops it, and lets it hang anew', async () => {
    await panels.panel('springs').getByText('joints swing').waitFor();
    const wind = panels.panel('springs').getByRole('slider', { name: 'Wind' });
    await panels.changes(() => panels.press('look', 'Springs'));
    const calm = await panels.look();
    await wind.fill('1');
    await panels.changes(() => session.page.waitForTimeout(300));
    await panels.press('springs', 'Swing');
    await session.page.waitForTimeout(300);
    const before = await panels.look();
    await session.page.waitForTimeout(300);
    assert(before.equals(await panels.look()), 'it swings on');
    await panels.changes(() => panels.press('springs', 'Swing'));
    await wind.fill('0');
    await panels.press('springs', 'Reset');
    assert(calm.equals(await panels.look()), 'it does not hang as it did');
    await panels.changes(() => panels.press('look', 'Springs'));
  });

  for (const name of ['Skeleton', 'Colliders', 'Wireframe'] as const) {
    it(`draws over the model: ${name}`, async () => {
      await panels.changes(() => panels.press('look', name));
      await panels.changes(() => panels.press('look', name));
    });
  }

  /** The same view under each of them, by name; they are left as the first has it. */
  const underEach = async (group: string, names: readonly string[]): Promise<ReadonlyMap<string, PNG>> => {
    const shots = new Map<string, PNG>();
    for (const name of names) {
      await panels.choose(group, name);
      const { png } = await session.call('capture', { width: 120, height: 160 });
      shots.set(name, PNG.sync.read(Buffer.from(png, 'base64')));
    }
    await panels.choose(group, names[0] ?? '');
    return shots;
  };

  for (const [group, names] of [
    ['Light', ['Studio', 'Soft', 'Side', 'Back', 'Night']],
    ['Wall', ['Studio', 'Dark', 'White', 'Green']],
    ['Surface', ['Material', 'Normals', 'MToon shade', 'MToon UV']],
  ] as const) {
    it(`shows the model otherwise by each ${group}: ${names.join(', ')}`, async () => {
      const offered = panels.panel('look').getByRole('group', { name: group }).getByRole('button');
      assert.deepEqual(await offered.allTextContents(), names);
      const shots = [...(await underEach(group, names)).values()];
      assert.equal(new Set(shots.map(({ data }) => data.toString('base64'))).size, names.length);
    });
  }

  it('shows of a surface its normals, how much of it is in shade, and where its texture lies', async () => {
    const shots = await underEach('Surface', ['Material', 'Normals', 'MToon shade', 'MToon UV']);
    const at = (name: string, x: number, y: number): readonly [number, number, number] => {
      const { data, width } = shots.get(name) ?? assert.fail(name);
      const [r = 0, g = 0, b = 0] = data.subarray(4 * (y * width + x));
      return [r, g, b];
    };
    // The front of the box: its normal looks at the camera, its texture from left to right and down.
    const [nx, ny, nz] = at('Normals', 60, 80);
    assert(Math.abs(nx - 128) < 8 && Math.abs(ny - 128) < 12 && nz > 245, `a normal of ${nx}, ${ny}, ${nz}`);
    const [r, g, b] = at('MToon shade', 60, 80);
    assert(Math.max(r, g, b) - Math.min(r, g, b) < 16 && r > 60, `a shade of ${r}, ${g}, ${b}`);
    const [left, right, low] = [at('MToon UV', 52, 60), at('MToon UV', 68, 60), at('MToon UV', 60, 100)];
    assert(left[0] < right[0] && left[1] < low[1] && left[2] === 0, [left, right, low].join(' | '));
  });

  it('takes the same thumbnail whatever is done to the model, and leaves that as it was', async () => {
    const thumbnail = async (): Promise<string> => (await session.call('thumbnail', { side: 256 })).png;
    const plain = await thumbnail();
    const wind = panels.panel('springs').getByRole('slider', { name: 'Wind' });
    await panels.press('look', 'Springs'); // lines are all that swings here
    await wind.fill('1');
    await session.page.waitForTimeout(300);
    assert((await thumbnail()) === plain, 'in the wind');
    await panels.changes(() => session.page.waitForTimeout(100)); // it blows on
    for (const [panel, name, before] of [
      ['springs', 'Swing', 'Swing'],
      ['look', 'Wireframe', 'Wireframe'],
      ['look', 'MToon UV', 'Material'],
      ['speech', 'At camera', 'Ahead'],
    ] as const) {
      await panels.press(panel, name);
      assert((await thumbnail()) === plain, name);
      await panels.press(panel, before);
    }
    await panels.changes(() => session.page.waitForTimeout(100)); // it swings again
    await wind.fill('0');
    await panels.press('springs', 'Reset');
    await panels.press('look', 'Springs');
    assert((await thumbnail()) === plain, 'afterwards');
  });

  it('hangs the wall behind the picture on the screen, too', async () => {
    const wall = session.page.locator('#stage');
    await panels.choose('Wall', 'Dark');
    assert.equal(await wall.getAttribute('data-wall'), 'dark');
    await panels.choose('Wall', 'Studio');
    assert.equal(await wall.getAttribute('data-wall'), 'studio');
  });
});
