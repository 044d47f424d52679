import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.js';
import { assertHealed, look } from '../support/bad-day.js';
import { json } from '../support/cli-harness.js';
import { execute, postgresUrl } from '../support/postgres.js';
import { makeGrantedScorer, readScript, type Scorer } from '../support/scorer.js';

/** A reader whom the target lists. */
const ANALYST = `analyst_${randomBytes(6).toString('hex')}`;

/** A table, and a view over one that only the view's owner may read. */
const SOURCE = 'select p.* from analytics.penguins as p join analytics.flock as f using (id)';
const GROUND = [
  'create schema private',
  'create table private.birds as select id from analytics.penguins',
  'create view analytics.flock as select id from private.birds',
  `create role ${ANALYST}`,
];

/** What `grants` prints for the role `scorer` in the database `shop`, without what makes roles, schemas and limits. */
const GRANTS = [
  'grant connect on database "shop" to "scorer"',
  'grant usage on schema "analytics" to "scorer_reader"',
  'grant select on "analytics"."flock" to "scorer_reader"',
  'grant select on "analytics"."penguins" to "scorer_reader"',
  'grant "scorer_reader" to "scorer"',
  'grant usage, create on schema "scorehouse" to "scorer_writer"',
  'grant "scorer_writer" to "scorer"',
  'grant usage, create on schema "predictions" to "scorer_publisher"',
  'grant "scorer_publisher" to "scorer"',
  'grant usage on schema "predictions" to "analyst"',
];

/** Each grant, and each right of one that gives two. */
const LOSSES = GRANTS.flatMap((grant) => {
  const [, both, on] = /^grant (usage, create) (on schema .*)$/.exec(grant) ?? [];
  return both === undefined ? [grant] : [grant, ...both.split(', ').map((right) => `grant ${right} ${on}`)];
});

/** A copy of the input is a table in the ledger's schema: so each right is needed by every run. */
const target = (write = 'strategy: swap'): Record<string, string> => ({
  source: `{ sql: ${SOURCE}, snapshot: frozen }`,
  write: `{ ${write}, keep_versions: 3, indexes: [note], grants: { select: [${ANALYST}] } }`,
});

const local = (scorer: Scorer, sql: string): string =>
  sql
    .replace(/"scorer(_\w+)?"/g, `"${scorer.role}$1"`)
    .replace('"shop"', `"${scorer.database.name}"`)
    .replace('"analyst"', `"${ANALYST}"`);

const revoke = (grant: string): string =>
  grant.replace(/^grant /, 'revoke ').replace(/ to ("[^"]+")$/, ' from $1');

async function succeed(scorer: Scorer, ...argv: readonly string[]): Promise<string> {
  const result = await scorer.run(argv);
  assert.equal(result.exitCode, 0, `${argv.join(' ')}: ${result.text}`);
  return result.text;
}

/** What doctor finds missing, each with what it says to run. */
async function findLacks(scorer: Scorer): Promise<readonly string[]> {
  const result = await scorer.run(['doctor', '--json']);
  const { findings } = json(result) as { findings: { ok: boolean; finding: string; fix?: string }[] };
  const lacks = findings.filter(({ ok }) => !ok).map(({ finding, fix }) => fix ?? finding);
  assert.equal(result.exitCode, lacks.length === 0 ? 0 : 6, result.text);
  return lacks;
}

/** Does the work on a database to which something was done, and mends it whatever comes of it. */
async function whileHarmed(
  scorer: Scorer,
  harm: string,
  mend: string,
  work: () => Promise<void>,
): Promise<void> {
  await scorer.execute(harm);
  try {
    await work();
  } finally {
    await scorer.execute(mend);
  }
}

describe('the rights that grants prints', () => {
  let scorer: Scorer;

  before(async () => {
    scorer = await makeGrantedScorer({ target: target(), ground: GROUND });
  });

  after(async () => {
    await scorer[Symbol.asyncDispose]();
    await execute(postgresUrl(), `drop role ${ANALYST}`);
  });

  it('are these, and the script names what the query reads, not what its view reads', async () => {
    const script = await readScript(scorer);
    const grants = script.split('\n').filter((line) => line.startsWith('grant '));
    assert.deepEqual(
      grants,
      GRANTS.map((grant) => `${local(scorer, grant)};`),
    );
    assert.match(script, /alter role "scorer_\w+" in database "test_\w+" set statement_timeout = '8h';/);
    assert.match(script, /alter role "scorer_\w+" in database "test_\w+" set lock_timeout = '30s';/);
    assert.ok(!script.includes('private'), script);
  });

  it('are enough for every command', async () => {
    assert.deepEqual(await findLacks(scorer), []);
    for (const command of ['check', 'plan', 'run', 'run', 'compile', 'status', 'runs', 'doctor']) {
      await succeed(scorer, command);
    }
    await succeed(scorer, 'run', '--limit', '2');
    await succeed(scorer, 'promote', 'species', '1');
    await succeed(scorer, 'rollback', 'species');
    await scorer.configure({ target: target('strategy: merge') });
    await scorer.execute('update analytics.penguins set a = a + 1 where id = 2');
    for (const command of ['run', 'run']) await succeed(scorer, command);
    await succeed(scorer, 'rollback', 'species');
    for (const command of ['verify', 'versions', 'quarantine']) await succeed(scorer, command, 'species');
    if (COMMANDS.some(({ usage }) => usage.startsWith('gc'))) await succeed(scorer, 'gc');
    assert.deepEqual(await findLacks(scorer), []);
    const reads = `select has_table_privilege('${ANALYST}', 'predictions.species', 'select')`;
    assert.deepEqual(await scorer.query(reads), [['t']]);
  });

  it('are enough to reject rows, and to change the columns that readers see', async () => {
    await scorer.execute('update analytics.penguins set a = null where id = 3');
    const features = '[{ name: a, nulls: quarantine }, b, c, d]';
    const changed = { ...target('on_column_change: recreate'), features, errors: '{ budget: 1 }' };
    await scorer.configure({ target: { ...changed, outputs: '{ label: { from: label } }' } });
    await succeed(scorer, 'run');
    assert.match(await succeed(scorer, 'quarantine', 'species'), /null/);
    await scorer.configure({ target: changed });
    await succeed(scorer, 'run');
    await scorer.execute('update analytics.penguins set a = 43 where id = 3');
    await scorer.configure();
    await assertHealed(scorer);
    assert.deepEqual(await findLacks(scorer), []);
  });

  it('let others read the views, or ask for runs, and no more', async () => {
    const [reader, requester] = [`${ANALYST}_bi`, `${ANALYST}_dbt`];
    try {
      await scorer.execute(
        await readScript(scorer, 'bi', reader),
        await readScript(scorer, 'dbt', requester),
      );
      const may = `select has_table_privilege('${reader}', 'predictions.species', 'select'),
  has_table_privilege('${reader}', 'predictions.species__versions', 'select'),
  has_table_privilege('${requester}', 'scorehouse.requests', 'insert'),
  has_table_privilege('${requester}', 'scorehouse.requests', 'select'),
  has_table_privilege('${requester}', 'scorehouse.runs', 'select')`;
      assert.deepEqual(await scorer.query(may), [['t', 'f', 't', 'f', 'f']]);
    } finally {
      await scorer.execute(`drop owned by ${reader}, ${requester}`, `drop role ${reader}, ${requester}`);
    }
  });

  it('are asked for by the service itself as well, and for a superuser only with a name', async () => {
    const own = await succeed(scorer, 'grants');
    assert.equal(own, await readScript(scorer));
    const { username, password } = new URL(scorer.database.url);
    await scorer.configure({ warehouse: { user: username } });
    const result = await scorer.run(['grants'], decodeURIComponent(password));
    await scorer.configure();
    assert.equal(result.exitCode, 2, result.text);
    assert.match(
      result.text,
      /superuser .*\n +next: Name the role: scorehouse grants --role all --to <role>\./,
    );
  });

  it('what another role owns is named with its new owner, and a session that only reads is told', async () => {
    for (const [kind, name] of [
      ['view', '"predictions"."species"'],
      ['table', '"predictions"."species__versions"'],
      ['table', '"scorehouse"."run_log"'],
      ['table', '"scorehouse"."control_species"'],
    ]) {
      const mend = `alter ${kind} ${name} owner to "${scorer.role}"`;
      const harm = `alter ${kind} ${name} owner to current_user`;
      await whileHarmed(scorer, harm, mend, async () => {
        assert.deepEqual(await findLacks(scorer), [`${mend};`]);
      });
    }
    const setting = `alter role ${scorer.role}`;
    const only = 'default_transaction_read_only';
    await whileHarmed(scorer, `${setting} set ${only} = on`, `${setting} reset ${only}`, async () => {
      assert.equal((await findLacks(scorer)).length, 1);
    });
  });

  it('a column alone is enough for a query that reads no other; doctor names a table whose column it lacks', async () => {
    const on = 'on analytics.penguins';
    const reader = `"${scorer.role}_reader"`;
    const harm = `revoke select ${on} from ${reader}; grant select (id) ${on} to ${reader}`;
    await whileHarmed(scorer, harm, `grant select ${on} to ${reader}`, async () => {
      const lacks = await findLacks(scorer);
      assert.equal(lacks.length, 1, lacks.join('\n'));
      assert.match(lacks[0] ?? '', /GRANT SELECT ON TABLE "analytics"\."penguins" TO /);
      await scorer.execute(`grant select (id, a, b, c, d, note) ${on} to ${reader}`);
      assert.deepEqual(await findLacks(scorer), []);
    });
  });

  for (const grant of LOSSES) {
    it(`${grant} -> without it doctor says just this, and run exits 6`, async () => {
      const given = local(scorer, grant);
      const seen = await look(scorer);
      await whileHarmed(scorer, revoke(given), given, async () => {
        const lacks = await findLacks(scorer);
        assert.equal(lacks.length, 1, lacks.join('\n'));
        // A refused connection, and a reader's schema, are told in a sentence.
        assert.ok(lacks[0]?.toLowerCase().endsWith(`${given};`), lacks[0]);
        const run = await scorer.run(['run']);
        assert.equal(run.exitCode, 6, run.text);
        assert.match(run.text, /error PERMISSION/);
        assert.deepEqual(await look(scorer), seen);
        await scorer.execute(lacks[0]?.replace(/^.*: /, '') ?? '');
        assert.deepEqual(await findLacks(scorer), []);
      });
      await assertHealed(scorer);
    });
  }
});
