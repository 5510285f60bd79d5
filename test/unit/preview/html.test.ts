import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { previewHtml } from '../../../src/core/preview/html.ts';

const TEMPLATE = readFileSync(join(import.meta.dirname, '../../../media/preview/preview.html'), 'utf8');

describe('preview page', () => {
  const html = previewHtml(TEMPLATE, {
    cspSource: 'https://cdn.example',
    urlOf: (file) => `https://cdn.example/${file}?a="b"`,
  });

  it('loads nothing but what its host serves, and models’ pictures', () => {
    assert(html.includes(`default-src 'none'; script-src https://cdn.example 'wasm-unsafe-eval';`));
    assert(html.includes('connect-src https://cdn.example;'));
    assert(!/'unsafe|\*/.test(html));
  });

  it('leaves no place unfilled, and nothing unescaped', () => {
    assert(!html.includes('{{'));
    assert(html.includes('preview.js?a=&quot;b&quot;'));
  });
});
