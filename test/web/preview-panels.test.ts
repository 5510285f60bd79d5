import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { PreviewSession } from '../../src/adapters/preview/previewSession.ts';
import { previewReport } from '../../src/core/preview/report.ts';
import { accessibilityFaults } from '../vscode/support/accessibility.ts';
import { PreviewPanels } from '../support/previewPanels.ts';
import { vrmAnimation } from '../support/vrm/animation.ts';
import { packGlb } from '../support/vrm/glb.ts';
import { edited } from '../support/vrm/json.ts';
import { CHEQUER_SIDE, mtoonVrm } from '../support/vrm/mtoonVrm.ts';
import { sampleVrm } from '../support/vrm/sampleVrm.ts';

const { node } = sampleVrm('1.0');
/** `oh` is declared and moves nothing, and nothing is known of its author. */
const { document, bin } = mtoonVrm([
  { at: '/extensions/VRMC_vrm/expressions/preset/oh', value: { morphTargetBinds: [] } },
  { at: '/extensions/VRMC_vrm/meta/authors', value: [] },
  { at: `/nodes/${node('leftUpperArm')}/scale`, value: [1, -1, 1] },
]);
const model = packGlb(document, bin);

describe('the panels of the preview', function () {
  this.timeout(180_000);
  let panels: PreviewPanels;
  let session: PreviewSession;

  before(async function () {
    panels = await PreviewPanels.open(this, model);
    ({ session } = panels);
  });

  after(() => (panels as PreviewPanels | undefined)?.close());

  it('holds still where its user wants no motion', async () => {
    assert.equal((await panels.state()).motion.kind, 'rest');
    const before = await panels.look();
    await session.page.waitForTimeout(400);
    assert(before.equals(await panels.look()));
  });

  it('has nothing that axe finds fault with', async () => {
    assert.deepEqual(await accessibilityFaults(session.page.mainFrame()), []);
  });

  it('sets an expression by its slider, and shows one alone by its button', async () => {
    await panels.panel('expressions').getByRole('slider', { name: 'aa', exact: true }).fill('0.5');
    await panels.press('expressions', 'happy');
    assert.deepEqual((await panels.state()).expressions, { happy: 1 });
    await panels.panel('expressions').getByRole('slider', { name: 'aa', exact: true }).fill('0.5');
    assert.deepEqual((await panels.state()).expressions, { happy: 1, aa: 0.5 });
    await panels.press('expressions', 'happy');
    assert.deepEqual((await panels.state()).expressions, {});
    await panels.press('expressions', 'happy');
    await panels.press('expressions', 'Reset');
    assert.deepEqual((await panels.state()).expressions, {});
  });

  it('greys out what is declared and dead, with the measured effect of the others', async () => {
    const item = (name: string): Locator =>
      panels
        .panel('expressions')
        .getByRole('listitem')
        .filter({
          has: session.page.getByRole('button', { name, exact: true }),
        });
    assert.match((await item('oh').getAttribute('class')) ?? '', /dead/);
    assert.match(await item('oh').innerText(), /no effect/);
    assert.match(await item('aa').innerText(), /20\.0 mm/);
  });

  it('moves the mouth to a text', async () => {
    await panels.panel('speech').getByRole('textbox').fill('A o '.repeat(100));
    await panels.changes(() => panels.press('speech', 'Say'));
    await panels.press('expressions', 'Reset');
    await panels.changes(() => panels.panel('speech').getByRole('textbox').press('Enter'));
    await panels.press('expressions', 'Reset');
    await panels.changes(() => panels.press('speech', 'All visemes'));
    await panels.press('expressions', 'Reset');
  });

  it('blinks by itself', async () => {
    await panels.press('speech', 'Blink by itself');
    const pictures = await panels.inSteps(60, 0.1); // longer than the longest pause between two blinks
    await panels.press('speech', 'Blink by itself');
    const looks = [...new Set(pictures)];
    const open = Math.max(...looks.map((look) => pictures.filter((picture) => picture === look).length));
    assert(open > 50 && looks.length > 1, `${open} of 60 with open lids, ${looks.length} looks`);
  });

  it('poses, breathes, and turns', async () => {
    await panels.press('motion', 'Idle');
    const { timeS } = (await panels.state()).motion;
    await session.page.waitForTimeout(300);
    assert((await panels.state()).motion.timeS > timeS);
    await panels.press('motion', 'Relaxed');
    assert.equal((await panels.state()).motion.kind, 'relaxed');
    await panels.press('motion', 'T-pose');
    assert.equal((await panels.state()).motion.kind, 'rest');
    await panels.changes(() => panels.press('motion', 'Turntable'));
    await panels.press('motion', 'Turntable');
    await session.page.getByRole('button', { name: 'Whole' }).click();
  });

  it('plays an animation, and pauses it', async () => {
    await panels.press('motion', 'Play animation…');
    assert.deepEqual(session.wishes.at(-1), { type: 'wish', wish: 'choose-animation' });
    const clip = await session.offering(vrmAnimation(), (url) =>
      session.call('animate', { source: { url }, name: 'wave.vrma' }),
    );
    assert.deepEqual(clip, { name: 'wave.vrma', durationS: 1 });
    await panels.panel('motion').getByText('wave.vrma').waitFor();
    const { motion } = await panels.state();
    assert.equal(motion.kind, 'animation');
    await panels.press('motion', 'Pause');
    const held = (await panels.state()).motion.timeS;
    await session.page.waitForTimeout(200);
    assert.equal((await panels.state()).motion.timeS, held);
    await panels.press('motion', 'T-pose');
    assert.equal((await panels.state()).motion.kind, 'rest');
  });

  it('flies to the bone a finding is about, and frames it', async () => {
    const { camera } = await panels.state();
    const finding = panels.panel('findings').getByRole('button', { name: /scale/ }).first();
    await panels.changes(() => finding.click());
    const [x] = (await panels.state()).camera.target;
    assert(Math.abs(x) > 0.1 && camera.target[0] === 0, `it looks at ${x}`);
    await panels.picture('finding');
    await session.page.getByRole('button', { name: 'Whole' }).click();
  });

  it('shows the expression a finding is about', async () => {
    await panels
      .panel('findings')
      .getByRole('button', { name: /\boh\b/ })
      .first()
      .click();
    assert.deepEqual((await panels.state()).expressions, { oh: 1 });
    await panels.press('expressions', 'Reset');
    await session.page.getByRole('button', { name: 'Whole' }).click();
  });

  it('says where a finding is nowhere on the model', async () => {
    await panels
      .panel('findings')
      .getByRole('button', { name: /author/ })
      .first()
      .click();
    await session.page.getByText('has no place on the model').waitFor();
  });

  it('gives figures against the budget, the textures, the licence', async () => {
    const figures = await panels.panel('figures').innerText();
    assert.match(figures, /Triangles\s+12 of 70,000/);
    assert.match(figures, /Draw calls\s+\d/);
    assert.match(figures, /Frame\s+[\d.]+ ms/);
    assert.match(
      await panels.panel('textures').innerText(),
      new RegExp(`Chequer\\s+${CHEQUER_SIDE} × ${CHEQUER_SIDE}, [\\d.]+ MiB · map`),
    );
    assert.match(await panels.panel('licence').innerText(), /Allow redistribution\s+yes/);
  });

  it('marks a figure that is over the budget, and says that nothing was found', async () => {
    const report = previewReport(model);
    await session.call('report', { ...report, findings: [], budget: { triangles: 10 } });
    assert.match(await panels.panel('figures').innerText(), /12 of 10, over budget/);
    await panels.panel('findings').getByText('Nothing was found.').waitFor();
    await session.call('report', report);
  });

  it('goes near the face, turns, and puts the panels away', async () => {
    const bar = session.page.locator('#toolbar');
    const use = (name: string): Promise<void> => bar.getByRole('button', { name, exact: true }).click();
    await panels.changes(() => use('Face'));
    await panels.changes(() => use('Turn'));
    await use('Turn');
    await use('Panels');
    await session.page.locator('#side').waitFor({ state: 'hidden' });
    await use('Panels');
    await use('Whole');
  });

  it('sees through the eyes of the avatar', async () => {
    await panels.changes(() => session.page.getByRole('button', { name: 'First person' }).click());
    const { camera } = await panels.state();
    assert(camera.target[1] < camera.position[1], 'it looks down at its hands');
    await panels.changes(() => session.page.getByRole('button', { name: 'First person' }).click());
  });

  it('makes the same thumbnail whatever is on the screen, and asks for it to be kept', async () => {
    const first = await session.call('thumbnail', { side: 128 });
    await panels.press('expressions', 'aa');
    await panels.press('look', 'Night');
    await panels.press('motion', 'Idle');
    const second = await session.call('thumbnail', { side: 128 });
    assert.equal(first.png, second.png);
    assert.deepEqual((await panels.state()).expressions, { aa: 1 });
    await panels.press('pictures', 'Make thumbnail');
    await panels.panel('pictures').getByRole('img', { name: 'The picture taken last' }).waitFor();
    await panels.press('pictures', 'Write it into the file…');
    const wish = session.wishes.at(-1);
    assert(wish?.wish === 'keep-thumbnail' && Buffer.from(wish.png, 'base64').readUInt32BE(16) === 1024);
    await panels.press('expressions', 'Reset');
    await panels.choose('Light', 'Studio');
    await panels.press('motion', 'T-pose');
  });

  it('takes a picture of what is on the screen', async () => {
    await panels.press('pictures', 'Save picture…');
    assert.equal(session.wishes.at(-1)?.wish, 'save-picture');
    await panels.press('pictures', 'Optimise for web…');
    assert.equal(session.wishes.at(-1)?.wish, 'optimise');
  });

  it('shows two versions side by side under one camera, with what differs', async () => {
    const other = sampleVrm('1.0').glb;
    await panels.press('comparison', 'Compare with…');
    assert.deepEqual(session.wishes.at(-1), { type: 'wish', wish: 'choose-comparison' });
    await panels.changes(() =>
      session.offering(other, (url) => session.call('compare', { source: { url }, name: 'older.vrm' })),
    );
    assert((await panels.state()).compared);
    await panels.panel('comparison').getByText('Triangles').waitFor();
    await panels.panel('comparison').getByText('− lookLeft').waitFor();
    await panels.picture('comparison');
    await panels.press('comparison', 'Stop');
    assert(!(await panels.state()).compared);
  });

  it('is turned and zoomed by keys', async () => {
    await session.page.locator('#view').focus();
    const before = (await panels.state()).camera.position;
    await session.page.keyboard.press('ArrowRight');
    await session.page.keyboard.press('+');
    const after = (await panels.state()).camera.position;
    assert(Math.hypot(...after.map((value, n) => value - (before[n] ?? 0))) > 0.2);
    await session.page.keyboard.press('0');
    for (const [key, name] of [
      ['t', 'Turn'],
      ['1', 'First person'],
      ['p', 'Panels'],
    ] as const) {
      const button = session.page.locator('#toolbar').getByRole('button', { name, exact: true });
      const was = await button.getAttribute('aria-pressed');
      await session.page.keyboard.press(key);
      assert.notEqual(await button.getAttribute('aria-pressed'), was, key);
      await session.page.keyboard.press(key);
    }
    await panels.changes(() => session.page.keyboard.press('f'));
    await session.page.keyboard.press('0');
  });

  it('fits into 400 pixels', async () => {
    await session.page.setViewportSize({ width: 400, height: 800 });
    await session.page.waitForTimeout(300);
    await panels.picture('narrow');
    const wide = await session.page.evaluate('document.documentElement.scrollWidth');
    assert.equal(wide, 400);
    await session.page.setViewportSize({ width: 900, height: 560 });
  });

  it('shows a model that is dropped onto it, and plays an animation', async () => {
    await panels.drop(sampleVrm('0.x').glb, 'dropped.vrm');
    await session.page.locator('#card', { hasText: 'VRM 0.x' }).waitFor();
    await panels.panel('textures').getByText('The model has none.').waitFor();
    await panels.drop(vrmAnimation(), 'dropped.vrma');
    await panels.panel('motion').getByText('dropped.vrma').waitFor();
    await panels.press('motion', 'T-pose');
  });

  it('says what a model lacks for what it is asked', async () => {
    await panels.choose('Surface', 'MToon UV');
    await session.page.getByText('The model has no MToon surfaces.').waitFor();
    await panels.choose('Surface', 'Material');
    await panels.drop(
      packGlb(edited(document, [{ at: '/extensions/VRMC_vrm/expressions' }]), bin),
      'mute.vrm',
    );
    await panels.panel('expressions').getByText('The model has none.').waitFor();
    await panels.press('speech', 'All visemes');
    await session.page.getByText('The model has no aa, ih, ou, ee, oh.').waitFor();
  });

  it('plays an animation that is opened by itself, on sticks; a host that cannot choose files leaves it to the page', async () => {
    await using alone = await PreviewSession.open({
      pageFolder: panels.pageFolder,
      viewport: { width: 900, height: 600 },
    });
    await alone.offering(vrmAnimation(), (url) =>
      alone.call('animate', { source: { url }, name: 'wave.vrma' }),
    );
    await alone.call('setLive', { live: true });
    await alone.page.waitForTimeout(300);
    const before = await alone.page.locator('#view').screenshot();
    await alone.page.waitForTimeout(300);
    assert(!before.equals(await alone.page.locator('#view').screenshot()));
    await alone.load(model, 'sample.vrm');
    await alone.page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))");
    const pick = async (name: string, file: string, bytes: Uint8Array): Promise<void> => {
      const chooser = alone.page.waitForEvent('filechooser');
      await alone.page.getByRole('button', { name }).click();
      await (
        await chooser
      ).setFiles({ name: file, mimeType: 'model/gltf-binary', buffer: Buffer.from(bytes) });
    };
    await pick('Play animation…', 'chosen.vrma', vrmAnimation());
    await alone.page.getByText('chosen.vrma').waitFor();
    await pick('Compare with…', 'older.vrm', model);
    await alone.page.getByText('the same expressions').waitFor();
  });

  it('had no error in the console and nothing blocked', () => {
    assert.deepEqual(
      session.log.filter((line) => line.startsWith('error')),
      [],
    );
  });
});
