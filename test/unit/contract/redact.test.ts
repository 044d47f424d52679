import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { findSecrets, Redactor, Secret } from '../../../src/contract/index.js';

const CANARY = `p'a"ss\\w/ö+d?&=\u202e %canary`;

describe('a secret', () => {
  const secret = new Secret('canary');
  const around = { deep: [{ secret, text: `${secret}`, more: new Map([['k', secret]]) }] };

  it('shows itself to nobody who prints it', () => {
    for (const text of [
      String(secret),
      `${secret}`,
      JSON.stringify(around),
      inspect(around, { depth: null, showHidden: true }),
      inspect(secret, { customInspect: false, showHidden: true }),
    ]) {
      assert.doesNotMatch(text, /canary/);
    }
  });

  it('is found wherever it is in a configuration', () => {
    const config = new Secret({ url: new Secret('a'), list: [new Secret('b'), 'c', null, 1] });
    assert.deepEqual(
      findSecrets({ config }).map((each) => each.reveal()),
      ['a', 'b'],
    );
  });
});

describe('redaction', () => {
  const redactor = new Redactor([new Secret(CANARY)]);
  const pairs = (text: string) => new URLSearchParams({ q: text }).toString();

  for (const [what, text] of [
    ['as it is', `a ${CANARY} b`],
    ['twice', `${CANARY}${CANARY}`],
    ['as JSON', JSON.stringify({ deep: [CANARY] })],
    ['as SQL', `select '${CANARY.replaceAll("'", "''")}'`],
    ['as SQL with backslashes', `select '${CANARY.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`],
    ['as a terminal is shown it', CANARY.replace('\u202e', '\\u{202e}')],
    ['in a URL', Object.assign(new URL('postgres://u@h/d'), { password: CANARY }).href],
    ['as a component of a URL', `q=${encodeURIComponent(CANARY)}`],
    [
      'as a component in lower case',
      encodeURIComponent(CANARY).replace(/%../g, (code) => code.toLowerCase()),
    ],
    ['as a form', pairs(CANARY)],
    ['in base64', Buffer.from(CANARY).toString('base64')],
    ['in base64url', Buffer.from(CANARY).toString('base64url')],
    ...[1, 2, 3, 4].map(
      (n) =>
        [
          `in base64 behind ${n} bytes`,
          Buffer.from(`${'u'.repeat(n)}${CANARY}:x`).toString('base64'),
        ] as const,
    ),
    ['in base64url behind a byte', Buffer.from(`:${CANARY}`).toString('base64url')],
    ['in hexadecimal', Buffer.from(CANARY).toString('hex')],
    ['in upper-case hexadecimal', Buffer.from(CANARY).toString('hex').toUpperCase()],
  ] as const) {
    it(`takes a secret out ${what}`, () => {
      const shown = redactor.text(text);
      assert.match(shown, /\*\*\*/);
      // Beside the mask at most the letters that a neighbour decides are left.
      assert.ok(shown.length <= text.length - CANARY.length / 2, shown);
      assert.doesNotMatch(shown, /canary|Y2FuYXJ5|63616e617279/);
    });
  }

  it('takes the longest first, so that no tail of one is left', () => {
    const both = new Redactor([new Secret('canary'), new Secret('canary-tail')]);
    assert.equal(both.text('canary-tail, canary'), '***, ***');
  });

  it('masks a short secret as a whole word only', () => {
    const short = new Redactor([new Secret('a'), new Secret('db.x')]);
    assert.equal(short.text('a table at db.x, adb.x'), '*** table at ***, adb.x');
  });

  for (const url of [
    'postgres://me:can%2Fary@host:5432/db',
    'https://me:can%2Fary@host/hook',
    'postgres://me@host/db?sslmode=require&password=can%2Fary',
    'host=h user=me password=can%2Fary',
    'https://blob/x?sv=1&sig=can%2Fary',
  ]) {
    it(`knows the password in ${url}`, () => {
      const shown = new Redactor([new Secret(url)]).text(`${url} can/ary can%2Fary`);
      assert.doesNotMatch(shown, /ary/);
    });
  }

  it('of a value changes its texts and nothing else', () => {
    const short = new Redactor([new Secret('canary'), new Secret('1000')]);
    const value = {
      canary: 'a canary',
      n: 1000,
      big: 1000n,
      none: null,
      list: ['canary', true],
      at: undefined,
    };
    assert.deepEqual(short.value(value), { ...value, canary: 'a ***', list: ['***', true] });
  });
});
