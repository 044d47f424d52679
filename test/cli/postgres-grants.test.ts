import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertEnds, assertHealed, assertTidy } from '../support/bad-day.js';
import { makeScorer, readGrants, type Scorer } from '../support/scorer.js';

/** One right of the README's list. */
interface Right {
  readonly right: string;
  /** As the list writes it: `schema predictions`. */
  readonly on: string;
  /** As the message writes it. */
  readonly named: string;
}

const GRANT = /^grant (.+) on (.+) to scorer$/;
const rights: readonly Right[] = (await readGrants()).flatMap((statement) => {
  const [, list = '', on = ''] = GRANT.exec(statement) ?? [];
  return list
    .split(', ')
    .filter((right) => right !== '')
    .map((right) => ({ right, on, named: nameOf(on) }));
});

/** The object in a hint: a database has a name of its own in each test, a table is named by itself. */
function nameOf(on: string): string {
  const [kind = '', name = ''] = on.replace('all tables in schema', 'tables').split(' ');
  if (kind === 'tables') return `TABLE "${name}"\\."penguins"`;
  return kind === 'database' ? 'DATABASE "test_\\w+"' : `SCHEMA "${name}"`;
}

/** A copy of the input is a table in the ledger's schema: so each right is needed by every run, not by the first alone. */
const FROZEN = '{ sql: select * from analytics.penguins, snapshot: frozen }';

const run = async (scorer: Scorer, ...argv: readonly string[]): Promise<void> => {
  const result = await scorer.run(argv);
  assert.equal(result.exitCode, 0, result.text);
};

describe('the grants that the README lists', () => {
  it('are seven rights', () => {
    assert.deepEqual(
      rights.map(({ right, on }) => `${right} on ${on}`),
      [
        'connect on database shop',
        'usage on schema analytics',
        'select on all tables in schema analytics',
        'usage on schema predictions',
        'create on schema predictions',
        'usage on schema scorehouse',
        'create on schema scorehouse',
      ],
    );
  });

  for (const strategy of ['swap', 'merge']) {
    for (const deletes of ['drop', 'keep']) {
      it(`are enough for all that ${strategy} with deletes: ${deletes} does`, async () => {
        const write = `{ strategy: ${strategy}, deletes: ${deletes}, keep_versions: 2, indexes: [note], on_column_change: recreate }`;
        await using scorer = await makeScorer({
          target: { write, source: FROZEN },
        });
        await run(scorer, 'plan');
        await run(scorer, 'run');
        await scorer.execute('delete from analytics.penguins where id = 1');
        for (let i = 0; i < 2; i++) await run(scorer, 'run');
        await run(scorer, 'rollback', 'species');
        await run(scorer, 'run', '--limit', '2');
        for (const command of ['status', 'runs', 'doctor']) await run(scorer, command);
        await run(scorer, 'versions', 'species');
        await scorer.configure({ target: { outputs: '{ label: { from: label } }' } });
        await run(scorer, 'run');
        await assertTidy(scorer);
      });
    }
  }

  for (const { right, on, named } of rights) {
    it(`fail without ${right} on ${on}, which the message names: exit code 6`, async () => {
      await using scorer = await makeScorer({ target: { source: FROZEN } });
      const next = new RegExp(
        `error PERMISSION .*permission denied .*\n +next: GRANT [A-Z, ]*${right.toUpperCase()}[A-Z, ]* ON ${named} TO "${scorer.role}";`,
      );
      const lose = scorer.localise(`revoke ${right} on ${on} from scorer`);
      const regain = scorer.localise(`grant ${right} on ${on} to scorer`);
      for (let published = 0; published < 2; published++) {
        await scorer.execute(lose);
        await assertEnds(scorer, { exit: 6, says: [next] });
        await scorer.execute(regain);
        await assertHealed(scorer);
      }
    });
  }

  it('let readers in only where the schema is the role’s own: exit code 6 with what its owner has to say', async () => {
    await using scorer = await makeScorer();
    const reader = `${scorer.role}_reader`;
    await scorer.execute(`create role ${reader}`);
    const target = { write: `{ grants: { select: [${reader}] } }` };
    await scorer.configure({ target });
    const next = `next: Its owner has to say: grant usage on schema "predictions" to "${reader}";`;
    await assertEnds(scorer, { exit: 6, says: ['error PERMISSION (plan): write.grants: ', next] });
    await scorer.execute(`alter schema predictions owner to ${scorer.role}`);
    await assertHealed(scorer);
    const may = `select has_schema_privilege('${reader}', 'predictions', 'usage'),
  has_table_privilege('${reader}', 'predictions.species', 'select')`;
    assert.deepEqual(await scorer.query(may), [['t', 't']]);
    await scorer.execute(`drop owned by ${reader}`, `drop role ${reader}`);
  });
});
