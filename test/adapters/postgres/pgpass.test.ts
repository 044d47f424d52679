import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, test } from 'node:test';
import { findInLines, findPassword, type PasswordOwner } from '../../../adapters/postgres/pgpass.js';
import { makeFolder } from '../../support/project.js';

const OWNER: PasswordOwner = { host: 'db.example', port: 5432, database: 'shop', user: 'scorer' };

describe('a password file', () => {
  for (const { what, text, owner = OWNER, found } of [
    { what: 'gives the password of the line that fits', text: 'db.example:5432:shop:scorer:pw', found: 'pw' },
    { what: 'takes the first line that fits', text: '*:*:*:scorer:one\n*:*:*:*:two', found: 'one' },
    { what: 'passes over comments and empty lines', text: '#*:*:*:*:no\n\n*:*:*:*:yes\n', found: 'yes' },
    { what: 'may end its lines as Windows does', text: '*:*:*:other:no\r\n*:*:*:*:yes\r\n', found: 'yes' },
    {
      what: 'has no line for another port',
      text: 'db.example:5433:shop:scorer:pw',
      found: null,
    },
    {
      what: 'has no line for a name that only begins so',
      text: 'db.example:5432:shop:scorer2:pw',
      found: null,
    },
    { what: 'passes over a line that lacks fields', text: 'db.example:5432:shop\n*:*:*:*:yes', found: 'yes' },
    { what: 'escapes colons and backslashes', text: String.raw`*:*:*:*:a\:b\\c`, found: String.raw`a:b\c` },
    {
      what: 'escapes them in every field',
      text: String.raw`\:\:1:5432:sh\\op:scorer:pw`,
      owner: { ...OWNER, host: '::1', database: String.raw`sh\op` },
      found: 'pw',
    },
    {
      what: 'means a star only where it stands alone and bare',
      text: String.raw`*:*:\*:*:escaped`,
      found: null,
    },
    {
      what: 'knows a socket as localhost',
      text: 'localhost:5432:shop:scorer:pw',
      owner: { ...OWNER, host: '/run/postgresql' },
      found: 'pw',
    },
    { what: 'may give an empty password', text: '*:*:*:*:', found: '' },
  ]) {
    it(what, () => {
      assert.equal(findInLines(text, owner), found);
    });
  }
});

test('PGPASSFILE names the file, else it is .pgpass in HOME', async (t) => {
  const folder = makeFolder(t);
  const [named, home] = [join(folder, 'named'), join(folder, '.pgpass')];
  writeFileSync(named, '*:*:*:*:named', { mode: 0o600 });
  writeFileSync(home, '*:*:*:*:home', { mode: 0o600 });
  assert.equal(await findPassword(OWNER, { PGPASSFILE: named, HOME: folder }), 'named');
  assert.equal(await findPassword(OWNER, { HOME: folder }), 'home');
  assert.equal(await findPassword(OWNER, { HOME: join(folder, 'none') }), null);
});

test('a file that others may read does not count', async (t) => {
  const file = join(makeFolder(t), 'pgpass');
  writeFileSync(file, '*:*:*:*:pw');
  chmodSync(file, 0o640);
  assert.equal(await findPassword(OWNER, { PGPASSFILE: file }), null);
  chmodSync(file, 0o600);
  assert.equal(await findPassword(OWNER, { PGPASSFILE: file }), 'pw');
});
