import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isScoringError } from '../../../src/contract/index.js';
import { parseCsv, renderCsvRow } from '../../../src/examples/csv.js';

function textsOf(text: string): readonly (readonly string[])[] {
  return parseCsv(text, 'a.csv').map((row) =>
    row.map((cell) => (cell.quoted ? `"${cell.text}"` : cell.text)),
  );
}

describe('parseCsv', () => {
  for (const { what, text, rows } of [
    {
      what: 'plain values',
      text: 'a,b\n1,2\n',
      rows: [
        ['a', 'b'],
        ['1', '2'],
      ],
    },
    { what: 'a last line without an end', text: 'a\n1', rows: [['a'], ['1']] },
    {
      what: 'line ends of Windows',
      text: 'a,b\r\n1,2\r\n',
      rows: [
        ['a', 'b'],
        ['1', '2'],
      ],
    },
    {
      what: 'nothing apart from ""',
      text: 'a,b\n,""\n',
      rows: [
        ['a', 'b'],
        ['', '""'],
      ],
    },
    {
      what: 'commas, quotes and line ends in quotes',
      text: '"x, ""y""\nz",2\n',
      rows: [['"x, "y"\nz"', '2']],
    },
    { what: 'a byte order mark', text: '\ufeffa\n1\n', rows: [['a'], ['1']] },
    { what: 'spaces as they are', text: ' a , "b" \n'.replace('"b"', 'b'), rows: [[' a ', ' b ']] },
  ]) {
    it(`takes ${what}`, () => assert.deepEqual(textsOf(text), rows));
  }

  for (const { what, text, message } of [
    {
      what: 'a quote that is never closed',
      text: 'a,b\n1,"x\ny\n',
      message: /^a\.csv:2:3: a quote that is opened/,
    },
    { what: 'text behind a closing quote', text: 'a\n"x"y\n', message: /^a\.csv:2:4: a comma or the end/ },
    { what: 'a quote within a plain value', text: 'a\nx"y"\n', message: /^a\.csv:2:2: a comma or the end/ },
    { what: 'a line end of old Macs', text: 'a\rb\n', message: /^a\.csv:1:2: a comma or the end/ },
  ]) {
    it(`refuses ${what}, and says where`, () => {
      assert.throws(
        () => parseCsv(text, 'a.csv'),
        (error) => isScoringError(error) && error.code === 'CONFIG_INVALID' && message.test(error.message),
      );
    });
  }

  it('tells where each value begins, also behind one of several lines', () => {
    const places = parseCsv('a,b\n"x\ny",2\n', 'a.csv').map((row) =>
      row.map(({ line, column }) => [line, column]),
    );
    assert.deepEqual(places, [
      [
        [1, 1],
        [1, 3],
      ],
      [
        [2, 1],
        [3, 4],
      ],
    ]);
  });

  it('reads back whatever is written', () => {
    const cell = fc.record({ text: fc.string({ unit: 'grapheme' }), quoted: fc.constant(true) });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1 }), { minLength: 1 }), (rows) => {
        const read = parseCsv(rows.map(renderCsvRow).join(''), 'a.csv');
        assert.deepEqual(
          read.map((row) => row.map(({ text, quoted }) => ({ text, quoted }))),
          rows.map((row) => row.map((each) => ({ ...each }))),
        );
      }),
    );
  });

  it('reads a long quoted value', () => {
    const long = 'x""'.repeat(1_000_000);
    assert.equal(parseCsv(`"${long}"\n`, 'a.csv')[0]?.[0]?.text.length, 2_000_000);
  });
});
