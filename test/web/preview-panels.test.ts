import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { previewReport } from '../../src/core/preview/report.ts';
import { accessibilityFaults } from '../vscode/support/accessibility.ts';
import { vrmAnimation } from '../support/vrm/animation.ts';
import { buildPreviewPage, chromiumMissing } from '../support/previewPage.ts';
import { skip } from '../support/skip.ts';
import { packGlb } from '../support/vrm/glb.ts';
import { edited } from '../support/vrm/json.ts';
import { sampleVrm } from '../support/vrm/sampleVrm.ts';

/** Pictures to look at. */
const OUT = join(import.meta.dirname, '../../out/test-preview');

const { document, bin, node } = sampleVrm('1.0');
/** `oh` is declared and moves nothing, and nothing is known of its author. */
const model = packGlb(
  edited(document, [
    { at: '/extensions/VRMC_vrm/expressions/preset/oh', value: { morphTargetBinds: [] } },
    { at: '/extensions/VRMC_vrm/meta/authors', value: [] },
    { at: `/nodes/${node('leftUpperArm')}/scale`, value: [1, -1, 1] },
  ]),
  bin,
);

describe('the panels of the preview', function () {
  this.timeout(180_000);
  let built: Awaited<ReturnType<typeof buildPreviewPage>>;
  let session: PreviewSession;

  before(async function () {
    const missing = chromiumMissing();
    if (missing !== null) skip(this, missing);
    built = await buildPreviewPage();
    session = await PreviewSession.open({
      pageFolder: built.folder,
      viewport: { width: 900, height: 560 },
      reducedMotion: 'reduce',
    });
    mkdirSync(OUT, { recursive: true });
    await session.call('welcome', {
      can: ['keep-thumbnail', 'save-picture', 'choose-comparison', 'choose-animation', 'optimise'],
      layout: 'editor',
    });
    await session.load(model, 'sample.vrm');
    await session.call('report', previewReport(model));
    await session.call('setLive', { live: true });
    session.page.setDefaultTimeout(8_000);
    await session.page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))");
  });

  after(async () => {
    await (session as PreviewSession | undefined)?.close();
    await (built as typeof built | undefined)?.remove();
  });

  const panel = (id: string): Locator => session.page.locator(`#panel-${id}`);
  const press = (id: string, name: string): Promise<void> =>
    panel(id).getByRole('button', { name, exact: true }).click();
  const choose = (group: string, name: string): Promise<void> =>
    panel('look').getByRole('group', { name: group }).getByRole('button', { name, exact: true }).click();
  const picture = async (name: string): Promise<void> => {
    await session.page.screenshot({ path: join(OUT, `panels-${name}.png`) });
  };
  /** What is on the picture, without the panels. */
  const look = (): Promise<Buffer> => session.page.locator('#view').screenshot();
  const changes = async (act: () => Promise<unknown>): Promise<void> => {
    const before = await look();
    await act();
    for (let n = 0; n < 20; n += 1) {
      if (!before.equals(await look())) return;
      await session.page.waitForTimeout(100);
    }
    assert.fail('the picture stays the same');
  };
  const state = () => session.call('inspect', {});

  it('holds still where its user wants no motion', async () => {
    assert.equal((await state()).motion.kind, 'rest');
    const before = await look();
    await session.page.waitForTimeout(400);
    assert(before.equals(await look()));
  });

  it('has nothing that axe finds fault with', async () => {
    assert.deepEqual(await accessibilityFaults(session.page.mainFrame()), []);
  });

  it('sets an expression by its slider, and shows one alone by its button', async () => {
    await panel('expressions').getByRole('slider', { name: 'aa', exact: true }).fill('0.5');
    await press('expressions', 'happy');
    assert.deepEqual((await state()).expressions, { happy: 1 });
    await panel('expressions').getByRole('slider', { name: 'aa', exact: true }).fill('0.5');
    assert.deepEqual((await state()).expressions, { happy: 1, aa: 0.5 });
    await press('expressions', 'Reset');
    assert.deepEqual((await state()).expressions, {});
  });

  it('greys out what is declared and dead, with the measured effect of the others', async () => {
    const item = (name: string): Locator =>
      panel('expressions')
        .getByRole('listitem')
        .filter({
          has: session.page.getByRole('button', { name, exact: true }),
        });
    assert.match((await item('oh').getAttribute('class')) ?? '', /dead/);
    assert.match(await item('oh').innerText(), /no effect/);
    assert.match(await item('aa').innerText(), /20\.0 mm/);
  });

  it('moves the mouth to a text', async () => {
    await panel('speech').getByRole('textbox').fill('A o '.repeat(100));
    await changes(() => press('speech', 'Say'));
    await press('expressions', 'Reset');
    await press('speech', 'All visemes');
    await press('expressions', 'Reset');
  });

  it('blinks by itself', async () => {
    await press('speech', 'Blink by itself');
    await changes(() => session.page.waitForTimeout(1));
    await press('speech', 'Blink by itself');
  });

  it('poses, breathes, and turns', async () => {
    await press('motion', 'Idle');
    const { timeS } = (await state()).motion;
    await session.page.waitForTimeout(300);
    assert((await state()).motion.timeS > timeS);
    await press('motion', 'T-pose');
    assert.equal((await state()).motion.kind, 'rest');
    await changes(() => press('motion', 'Turntable'));
    await press('motion', 'Turntable');
    await session.page.getByRole('button', { name: 'Whole' }).click();
  });

  it('plays an animation, and pauses it', async () => {
    await press('motion', 'Play animation…');
    assert.deepEqual(session.wishes.at(-1), { type: 'wish', wish: 'choose-animation' });
    const clip = await session.offering(vrmAnimation(), (url) =>
      session.call('animate', { source: { url }, name: 'wave.vrma' }),
    );
    assert.deepEqual(clip, { name: 'wave.vrma', durationS: 1 });
    await panel('motion').getByText('wave.vrma').waitFor();
    const { motion } = await state();
    assert.equal(motion.kind, 'animation');
    await press('motion', 'Pause');
    const held = (await state()).motion.timeS;
    await session.page.waitForTimeout(200);
    assert.equal((await state()).motion.timeS, held);
    await press('motion', 'T-pose');
    assert.equal((await state()).motion.kind, 'rest');
  });

  it('lets hair swing in the wind, and stops it', async () => {
    await panel('springs').getByText('joints swing').waitFor();
    await panel('look').getByRole('button', { name: 'Springs' }).click();
    await panel('springs').getByRole('slider', { name: 'Wind' }).fill('1');
    await changes(() => session.page.waitForTimeout(300));
    await press('springs', 'Swing');
    await session.page.waitForTimeout(300);
    const before = await look();
    await session.page.waitForTimeout(300);
    assert(before.equals(await look()), 'it swings on');
    await press('springs', 'Swing');
    await panel('springs').getByRole('slider', { name: 'Wind' }).fill('0');
    await press('springs', 'Reset');
    await panel('look').getByRole('button', { name: 'Springs' }).click();
    await session.page.waitForTimeout(1500);
  });

  for (const name of ['Skeleton', 'Colliders', 'Wireframe'] as const) {
    it(`draws over the model: ${name}`, async () => {
      await changes(() => press('look', name));
      await changes(() => press('look', name));
    });
  }

  for (const [group, name, back] of [
    ['Light', 'Night', 'Studio'],
    ['Surface', 'Normals', 'Material'],
  ] as const) {
    it(`shows the model in another light: ${name}`, async () => {
      await changes(() => choose(group, name));
      await changes(() => choose(group, back));
    });
  }

  it('hangs another wall', async () => {
    await choose('Wall', 'Dark');
    assert.equal(await session.page.locator('#stage').getAttribute('data-wall'), 'dark');
    await choose('Wall', 'Studio');
  });

  it('flies to the bone a finding is about, and frames it', async () => {
    const { camera } = await state();
    const finding = panel('findings').getByRole('button', { name: /scale/ }).first();
    await changes(() => finding.click());
    const [x] = (await state()).camera.target;
    assert(Math.abs(x) > 0.1 && camera.target[0] === 0, `it looks at ${x}`);
    await picture('finding');
    await session.page.getByRole('button', { name: 'Whole' }).click();
  });

  it('shows the expression a finding is about', async () => {
    await panel('findings')
      .getByRole('button', { name: /\boh\b/ })
      .first()
      .click();
    assert.deepEqual((await state()).expressions, { oh: 1 });
    await press('expressions', 'Reset');
    await session.page.getByRole('button', { name: 'Whole' }).click();
  });

  it('says where a finding is nowhere on the model', async () => {
    await panel('findings')
      .getByRole('button', { name: /author/ })
      .first()
      .click();
    await session.page.getByText('has no place on the model').waitFor();
  });

  it('gives figures against the budget, the textures, the licence', async () => {
    const figures = await panel('figures').innerText();
    assert.match(figures, /Triangles\s+12 of 70,000/);
    assert.match(figures, /Draw calls\s+\d/);
    assert.match(figures, /Frame\s+[\d.]+ ms/);
    assert.match(await panel('textures').innerText(), /The model has none/);
    assert.match(await panel('licence').innerText(), /Allow redistribution\s+yes/);
  });

  it('sees through the eyes of the avatar', async () => {
    await changes(() => session.page.getByRole('button', { name: 'First person' }).click());
    const { camera } = await state();
    assert(camera.target[1] < camera.position[1], 'it looks down at its hands');
    await changes(() => session.page.getByRole('button', { name: 'First person' }).click());
  });

  it('makes the same thumbnail whatever is on the screen, and asks for it to be kept', async () => {
    const first = await session.call('thumbnail', { side: 128 });
    await press('expressions', 'aa');
    await press('look', 'Night');
    await press('motion', 'Idle');
    const second = await session.call('thumbnail', { side: 128 });
    assert.equal(first.png, second.png);
    assert.deepEqual((await state()).expressions, { aa: 1 });
    await press('pictures', 'Make thumbnail');
    await press('pictures', 'Write it into the file…');
    const wish = session.wishes.at(-1);
    assert(wish?.wish === 'keep-thumbnail' && Buffer.from(wish.png, 'base64').readUInt32BE(16) === 1024);
    await press('expressions', 'Reset');
    await choose('Light', 'Studio');
    await press('motion', 'T-pose');
  });

  it('takes a picture of what is on the screen', async () => {
    await press('pictures', 'Save picture…');
    assert.equal(session.wishes.at(-1)?.wish, 'save-picture');
    await press('pictures', 'Optimise for web…');
    assert.equal(session.wishes.at(-1)?.wish, 'optimise');
  });

  it('shows two versions side by side under one camera, with what differs', async () => {
    const other = sampleVrm('1.0').glb;
    await changes(() =>
      session.offering(other, (url) => session.call('compare', { source: { url }, name: 'older.vrm' })),
    );
    assert((await state()).compared);
    await panel('comparison').getByText('Triangles').waitFor();
    await picture('comparison');
    await press('comparison', 'Stop');
    assert(!(await state()).compared);
  });

  it('is turned and zoomed by keys', async () => {
    await session.page.locator('#view').focus();
    const before = (await state()).camera.position;
    await session.page.keyboard.press('ArrowRight');
    await session.page.keyboard.press('+');
    const after = (await state()).camera.position;
    assert(Math.hypot(...after.map((value, n) => value - (before[n] ?? 0))) > 0.2);
    await session.page.keyboard.press('0');
  });

  it('fits into 400 pixels', async () => {
    await session.page.setViewportSize({ width: 400, height: 800 });
    await session.page.waitForTimeout(300);
    await picture('narrow');
    const wide = await session.page.evaluate('document.documentElement.scrollWidth');
    assert.equal(wide, 400);
    await session.page.setViewportSize({ width: 900, height: 560 });
  });

  it('shows a model that is dropped onto it', async () => {
    const bytes = Buffer.from(sampleVrm('0.x').glb).toString('base64');
    const dataTransfer = await session.page.evaluateHandle(
      `(() => {
        const data = new DataTransfer();
        const bytes = Uint8Array.from(atob('${bytes}'), (char) => char.charCodeAt(0));
        data.items.add(new File([bytes], 'dropped.vrm'));
        return data;
      })()`,
    );
    await session.page.dispatchEvent('#stage', 'drop', { dataTransfer });
    await session.page.locator('#card', { hasText: 'VRM 0.x' }).waitFor();
  });

  it('plays an animation that is opened by itself, on sticks', async () => {
    await using alone = await PreviewSession.open({
      pageFolder: built.folder,
      viewport: { width: 600, height: 600 },
    });
    await alone.offering(vrmAnimation(), (url) =>
      alone.call('animate', { source: { url }, name: 'wave.vrma' }),
    );
    await alone.call('setLive', { live: true });
    await alone.page.waitForTimeout(300);
    const before = await alone.page.locator('#view').screenshot();
    await alone.page.waitForTimeout(300);
    assert(
      !before.equals(await alone.page.locator('#view').screenshot({ path: join(OUT, 'panels-sticks.png') })),
    );
  });

  it('had no error in the console and nothing blocked', () => {
    assert.deepEqual(
      session.log.filter((line) => line.startsWith('error')),
      [],
    );
  });
});
