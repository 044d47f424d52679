import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { escapeControls, escapeJson, escapeLines } from '../../../src/contract/index.js';

/** What rewrites a terminal, ends a line for some reader, or is seen by nobody; each with its code point. */
const UNSAFE = {
  NUL: 0x00,
  bell: 0x07,
  backspace: 0x08,
  'carriage return': 0x0d,
  escape: 0x1b,
  DEL: 0x7f,
  'next line': 0x85,
  'control sequence introducer': 0x9b,
  'soft hyphen': 0xad,
  'combining grapheme joiner': 0x34f,
  'Arabic letter mark': 0x61c,
  'Hangul filler': 0x3164,
  'Mongolian vowel separator': 0x180e,
  'zero width space': 0x200b,
  'zero width joiner': 0x200d,
  'right-to-left mark': 0x200f,
  'line separator': 0x2028,
  'paragraph separator': 0x2029,
  'right-to-left override': 0x202e,
  'word joiner': 0x2060,
  'right-to-left isolate': 0x2067,
  'variation selector': 0xfe0f,
  'byte order mark': 0xfeff,
  'interlinear annotation': 0xfff9,
  'tag letter': 0xe0041,
  'lone surrogate': 0xd800,
} as const;

describe('escaping', () => {
  for (const [name, code] of Object.entries(UNSAFE)) {
    const char = String.fromCodePoint(code);

    it(`writes ${name} as its number`, () => {
      assert.equal(escapeControls(`a${char}b`), `a\\u{${code.toString(16)}}b`);
    });

    it(`of JSON keeps ${name}, and out of sight`, () => {
      const json = escapeJson(JSON.stringify({ text: char }));
      assert.match(json, /^[ -~]+$/);
      assert.deepEqual(JSON.parse(json), { text: char });
    });
  }

  it('leaves what people write', () => {
    const text = 'Zürich 東京 \u{1f600} a-b "c" \\ $1';
    assert.equal(escapeControls(text), text);
  });

  it('of lines keeps their ends and tabs', () => {
    assert.equal(escapeLines('select\t1\n-- \u202e\r\n'), 'select\t1\n-- \\u{202e}\\u{d}\n');
  });
});
