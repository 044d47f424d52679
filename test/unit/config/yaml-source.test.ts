import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseYaml } from '../../../src/config/yaml-source.js';

function faults(text: string): string[] {
  return parseYaml(text, 'f.yml').issues.map((issue) => `${issue.line}:${issue.column} ${issue.message}`);
}

describe('parseYaml', () => {
  it('keeps names that YAML 1.1 would turn into other types', () => {
    const { value } = parseYaml('1e3: NO\n007: yes\nnull: 2024-01-01\n', 'f.yml');
    assert.deepEqual(value, { '1e3': 'NO', '007': 'yes', null: '2024-01-01' });
  });

  it('finds values, keys, and the nearest ancestor of what is missing', () => {
    const { locate } = parseYaml('a:\n  b: [1, {c: x}]\n"q": 2\n', 'f.yml');
    assert.deepEqual(locate(['a', 'b', 1, 'c']), { line: 2, column: 14 });
    assert.deepEqual(locate(['a', 'b'], 'key'), { line: 2, column: 3 });
    assert.deepEqual(locate(['a', 'b']), { line: 2, column: 6 });
    assert.deepEqual(locate(['a', 'zz', 'y']), { line: 1, column: 1 });
    assert.deepEqual(locate(['q']), { line: 3, column: 6 });
  });

  it('follows an alias to the place of its anchor', () => {
    const source = parseYaml('a: &x\n  b: 1\nc: *x\n', 'f.yml');
    assert.deepEqual(source.value, { a: { b: 1 }, c: { b: 1 } });
    assert.deepEqual(source.locate(['c', 'b']), { line: 2, column: 6 });
  });

  it('counts lines that end in CRLF', () => {
    assert.deepEqual(parseYaml('a: 1\r\nb: 2\r\n', 'f.yml').locate(['b']), { line: 2, column: 4 });
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['a syntax error', 'a: [1\nb: 2\n', /^2:1 not YAML: /],
    ['an unquoted reference in a flow mapping', `a: { b: \${X} }\n`, /^1:\d+ not YAML: /],
    ['a duplicate key', 'a: 1\nb: 2\na: 3\n', /^3:1 duplicate key "a"$/],
    ['a duplicate key in quotes', 'a: 1\n"a": 3\n', /^2:1 duplicate key "a"$/],
    ['a merge key', 'x: &x {b: 1}\na:\n  <<: *x\n', /^3:3 merge keys \(<<\) are refused$/],
    ['__proto__', 'a:\n  __proto__: {b: 1}\n', /^2:3 key "__proto__" is refused$/],
    ['__proto__ in quotes', '"__proto__": 1\n', /^1:1 key "__proto__" is refused$/],
    ['constructor', 'constructor: 1\n', /^1:1 key "constructor" is refused$/],
    ['a custom tag', 'a: !foo x\n', /^1:9 tag !foo is refused$/],
    ['a JavaScript tag', 'a: !!js/function "x"\n', /tag tag:yaml.org,2002:js\/function is refused$/],
    ['!!omap', 'a: !!omap [b: 1]\n', /tag tag:yaml.org,2002:omap is refused$/],
    ['a key that is a list', '[a, b]: 1\n', /^1:1 not a key$/],
    ['an empty value', 'a: 1\nb:\n', /^2:3 no value$/],
    ['an empty file', '', /^1:1 no value$/],
    ['a second document', 'a: 1\n---\nb: 2\n', /^2:1 a second document$/],
    ['YAML 1.1', '%YAML 1.1\n---\na: yes\n', /^1:1 YAML 1.1 is refused$/],
    ['an alias without an anchor', 'a: *x\n', /^1:4 /],
    ['nesting of 10,000 lists', '['.repeat(10_000), /^1:65 nested too deep$/],
    ['nesting of 10,000 block lists', `${'- '.repeat(10_000)}x`, /^1:\d+ nested too deep$/],
    ['nesting of 10,000 mappings', '{a: '.repeat(10_000), /^1:\d+ nested too deep$/],
    ['an alias inside its own anchor', 'a: &a [*a, *a]\n', /nested too deep$/],
    ['more than 256 KB', `a: ${'x'.repeat(256 * 1024)}`, /^1:1 file too large$/],
  ];
  for (const [what, text, expected] of refused) {
    it(`refuses ${what}`, () => {
      const found = faults(text);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', expected);
    });
  }

  it('refuses a billion laughs quickly', () => {
    const lines = ['a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]'];
    for (let i = 1; i < 10; i++)
      lines.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    const started = performance.now();
    assert.match(faults(lines.join('\n'))[0] ?? '', /too many values$/);
    assert.ok(performance.now() - started < 1000);
  });

  it('does not touch the prototype of objects', () => {
    parseYaml('__proto__: {polluted: 1}\na: {constructor: {prototype: {polluted: 1}}}\n', 'f.yml');
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
  });

  it('reports every refused key, not just the first', () => {
    assert.deepEqual(faults('<<: {a: 1}\nb: !x y\n').length, 2);
  });
});
