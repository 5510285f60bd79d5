import assert from 'node:assert/strict';
import type { PromotionPlan } from '../../../src/core/promotion/plan.ts';
import { planPage } from '../../../src/extension/promotion/planPage.ts';
import { samplePlan } from './samplePlan.ts';
import { english as t } from './support.ts';

const assets = {
  cspSource: 'https://self.example',
  scriptUrl: 'plan.js',
  styleUrl: 'plan.css',
  language: 'en',
};
const page = (plan: PromotionPlan, branch: string | null = 'avatar/Companion-A-v2'): string =>
  planPage({ plan, face: null, branch }, assets, t);
/** What is to be read, in one line. */
const words = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&#39;', "'");

describe("the page of a promotion's plan", () => {
  it('says the name, where it goes, and how sure the name is there', () => {
    const text = words(page(samplePlan));
    assert.match(
      text,
      /Publish Companion-A-v2\.vrm\? Companion-A\.vrm is taken, so this is its next version/,
    );
    assert.match(text, /Production \/mnt\/gravenhollow\/models Create-only: the name is given in one step/);
    assert.match(text, /CDN cdn:avatar-models Create-only: the server refuses/);
    assert.match(
      text,
      /Public address https:\/\/models\.example\.com\/Companion-A-v2\.vrm Fetched from there and compared/,
    );
    assert.match(text, new RegExp(samplePlan.source.sha256));
  });

  it('says what is left out, and which setting would bring it in', () => {
    assert.match(words(page(samplePlan)), /Mirror Left out: avatarForge\.production\.mirror is not set/);
    const bare = {
      ...samplePlan,
      leftOut: ['cdn', 'public-url', 'register'] as const,
      publicUrl: null,
      register: null,
    };
    assert.match(
      words(page(bare)),
      /production\.cdn is .*production\.cdnUrl is .*companion\.checkout is not set/,
    );
  });

  it('says for which newer version the allowlists stay as they are', () => {
    const register = { place: '/home/me/companion', edits: [], newer: 'Companion-A-v3.vrm' };
    assert.match(
      words(page({ ...samplePlan, register })),
      /Allowlists \/home\/me\/companion Stay as they are: they name Companion-A-v3\.vrm, which is newer/,
    );
  });

  it('compares the model with the version in production', () => {
    const text = words(page(samplePlan));
    assert.match(text, /In production: Companion-A\.vrm/);
    assert.match(text, /Size 9\.1 MB 7\.4 MB −1\.7 MB/);
    assert.match(text, /Triangles 31\.2 k 33\.9 k \+2\.7 k/);
    assert.match(text, /Textures 7, 9\.4 megapixels 7, 6\.3 megapixels −3\.1 MP/);
    assert.match(text, /Expressions 8 9 \+relaxed \+surprised −wink/);
    assert.match(text, /Licence VRM 1\.0 VRM 1\.0/);
    assert.match(text, /Modification prohibited allow modification changed/);
  });

  it('says what a first version is, with nothing to compare it with', () => {
    const text = words(page({ ...samplePlan, previous: null, differences: [] }));
    assert.match(text, /What it is Size 7\.4 MB Triangles 33\.9 k/);
    assert.doesNotMatch(text, /In production:/);
  });

  it('asks for a word about warnings, and about nothing where there are none', () => {
    assert.match(page(samplePlan), /<input type="checkbox" id="read" data-needed/);
    assert.doesNotMatch(page(samplePlan), /id="accept"/);
    const clean = page({ ...samplePlan, findings: [] });
    assert.doesNotMatch(clean, /id="read"/);
    assert.match(words(clean), /no errors, no warnings/);
  });

  it('says before all else that the licence forbids to pass it on, and asks for a word about that alone', () => {
    const [warning, ...others] = samplePlan.findings;
    assert.ok(warning !== undefined);
    const forbids = { ...warning, code: 'licence-no-redistribution' };
    for (const expected of [samplePlan.expected, { state: 'same', name: 'Companion-A.vrm' } as const]) {
      const text = page({ ...samplePlan, expected, findings: [forbids, ...others] });
      assert.match(text, /<input type="checkbox" id="accept" data-needed/);
      assert.doesNotMatch(text, /id="read"/);
      assert.ok(text.indexOf('Its licence forbids') < text.indexOf('<h2>'));
    }
    assert.match(page({ ...samplePlan, findings: [forbids, warning] }), /id="accept".*id="read"/s);
    const unasked = page({ ...samplePlan, findings: [{ ...forbids, severity: 'info' }] });
    assert.doesNotMatch(unasked, /id="accept"|Its licence forbids/);
  });

  it('shows the diff of the allowlists, and a commit only where there is a repository', () => {
    const html = page(samplePlan);
    assert.match(html, /<span class="plus">\+\t&quot;Companion-A-v2\.vrm&quot;: true,<\/span>/);
    assert.match(html, /<span class="file">static\/js\/avatar\.js<\/span>/);
    assert.match(words(html), /Commit the allowlists on a new branch, avatar\/Companion-A-v2/);
    assert.doesNotMatch(page(samplePlan, null), /id="commit"/);
  });

  it('brings up to date what is published already', () => {
    const text = words(page({ ...samplePlan, expected: { state: 'same', name: 'Companion-A.vrm' } }));
    assert.match(text, /Companion-A\.vrm is published already/);
    assert.match(text, /Bring everything up to date/);
  });

  it('has text from files as text, whatever it says', () => {
    const bad = '<script>alert(1)</script>\u202e"\'&';
    const plan: PromotionPlan = {
      ...samplePlan,
      source: { ...samplePlan.source, place: bad },
      model: { ...samplePlan.model!, license: bad, expressions: [bad] },
      differences: [{ what: 'expressions', added: [bad], removed: [] }],
      findings: [{ ...samplePlan.findings[0]!, message: bad }],
      register: { place: bad, newer: null, edits: [{ file: 'x.js', before: '', after: bad }] },
    };
    const html = page(plan, bad);
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.doesNotMatch(html, /alert\(1\)<\/script>|\u202e/);
    assert.match(html, /default-src &#39;none&#39;; script-src https:\/\/self\.example/);
  });
});
