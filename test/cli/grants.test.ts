import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { renderScript } from '../../src/cli/output/script.js';
import { json } from '../support/cli-harness.js';
import { DATABASE, makePenguins, renderTarget } from '../support/penguins.js';

/** A Postgres that nobody answers for. */
const AWAY = `name: zoo
warehouses:
  pg: { type: postgres, host: 127.0.0.1, port: 1, user: scorer, database: shop, output_schema: predictions }
`;

describe('grants', () => {
  it('on DuckDB says what a file’s permissions are, in comments alone', async () => {
    await using project = await makePenguins();
    const { exitCode, stdout } = await project.run(['grants']);
    assert.equal(exitCode, 0);
    assert.ok(stdout.split('\n').every((line) => line === '' || line.startsWith('-- ')));
    assert.ok(stdout.includes(`chmod 660 '${project.path(DATABASE)}'`), stdout);
  });

  it('--json is one document', async () => {
    await using project = await makePenguins();
    const document = json(await project.run(['grants', '--json']));
    assert.deepEqual(Object.keys(document), ['warehouse', 'type', 'database', 'service', 'parts', 'notes']);
  });

  it('of a warehouse that is not built says so: exit code 2', async () => {
    await using project = await makePenguins();
    const result = await project.run(['grants', '--warehouse', 'prod']);
    assert.equal(result.exitCode, 2, result.text);
    assert.match(result.text, /error NOT_BUILT .*dbt are not built yet/);
  });

  it('where the warehouse cannot be asked, names the tables of targets and says what it does not know', async () => {
    await using project = await makePenguins({
      target: { source: '{ table: analytics.penguins }' },
      files: {
        'scorehouse.yml': AWAY,
        'targets/query.yml': renderTarget({ name: 'query', source: '{ sql: select * from zoo.birds }' }),
      },
    });
    const { exitCode, stdout } = await project.run(['grants']);
    assert.equal(exitCode, 0, stdout);
    assert.match(
      stdout,
      /^-- The warehouse could not be asked what queries read: connect to 127\.0\.0\.1:1/m,
    );
    assert.match(stdout, /^-- targets\/query\.yml: what its source reads is not known/m);
    assert.match(stdout, /^grant select on "analytics"\."penguins" to "scorer_reader";$/m);
    assert.match(stdout, /^grant usage, create on schema "predictions" to "scorer_publisher";$/m);
    assert.ok(!stdout.includes('grant select on "zoo"'), stdout);
  });

  it('prints the part of one duty, and of others only with a name', async () => {
    await using project = await makePenguins({ files: { 'scorehouse.yml': AWAY } });
    const writer = await project.run(['grants', '--role', 'writer', '--to', 'o"brien']);
    assert.match(writer.stdout, /^grant usage, create on schema "scorehouse" to "o""brien_writer";$/m);
    assert.ok(!writer.stdout.includes('predictions'), writer.stdout);
    for (const role of ['bi', 'dbt']) {
      const result = await project.run(['grants', '--role', role]);
      assert.equal(result.exitCode, 2, result.text);
      assert.match(
        result.text,
        new RegExp(`next: Name the role: scorehouse grants --role ${role} --to <role>\\.`),
      );
    }
  });

  it('refuses a name that would end its block: exit code 2', async () => {
    await using project = await makePenguins({ files: { 'scorehouse.yml': AWAY } });
    const result = await project.run(['grants', '--to', 'x$do$; drop table t; --']);
    assert.equal(result.exitCode, 2, result.text);
    assert.match(result.text, /a name with a dollar sign is not made by a script/);
  });
});

describe('a script', () => {
  it('keeps its comments to their lines, and runs no name that a terminal obeys', () => {
    const part = {
      role: 'r',
      why: ['a comment\ndrop table t;', '\r\u001b[2J'],
      statements: ['grant select on "a" to "r"', 'grant select on "a\u001b[2J" to "r"'],
    };
    const text = renderScript('title\n;', ['note\nselect 1;'], { service: null, parts: [part] });
    const run = text.split('\n').filter((line) => line !== '' && !line.startsWith('-- '));
    assert.deepEqual(run, ['grant select on "a" to "r";']);
    assert.ok(!text.includes('\u001b') && !text.includes('\r'));
  });
});
