import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUSES } from '../support/house.js';
import { makeSource, publish, SEEN, type Target } from '../support/scores.js';
import { type GateEvent, gateOf, runWatched } from '../support/watched-run.js';

interface Gate extends Target {
  readonly what: string;
  /** Another table that passes. */
  readonly good?: readonly string[];
  /** Turns the source into one that is refused. */
  readonly bad: readonly string[];
  /** The failed checks and what each says. */
  readonly finds: Readonly<Record<string, RegExp>>;
  /** Rows that the first failed check's query shows. */
  readonly shows: number;
}

const GATES: readonly Gate[] = [
  {
    what: 'NaN',
    bad: ["update source set value = 'NaN' where id = 7"],
    finds: { 'score finite': /^1 values are NaN or infinite$/ },
    shows: 1,
  },
  {
    what: 'infinity',
    bad: ["update source set value = '-Infinity' where id <= 2"],
    finds: {
      'score finite': /^2 values/,
      'score range': /^2 values lie outside \[0, 1\] by more than 0\.001$/,
    },
    shows: 2,
  },
  {
    what: 'a score outside its range',
    good: ['update source set value = 1.0005 where id = 1'],
    bad: ['update source set value = 1.5 where id <= 3'],
    finds: { 'score range': /^3 values lie outside \[0, 1\] by more than 0\.001$/ },
    shows: 3,
  },
  {
    what: 'NaN that is kept, and infinity outside the range',
    score: 'range: [0, 1], nonfinite: keep',
    good: ["update source set value = 'NaN' where id = 7"],
    bad: ["update source set value = 'Infinity' where id = 8"],
    finds: { 'score range': /^1 values/ },
    shows: 1,
  },
  {
    what: 'repeated keys',
    bad: ['insert into source select * from source where id in (5, 7)'],
    finds: { keys: /^2 rows repeat 2 keys of \(id\), among them \(5\), \(7\)$/ },
    shows: 4,
  },
  {
    what: 'a null rate',
    score: 'nonfinite: null',
    checks: ['{ column: SCORE, max_null_rate: 0.01 }', '{ column: note, max_null_rate: 0.9 }'],
    good: ["update source set value = 'NaN' where id <= 10"],
    bad: ["update source set value = 'NaN' where id <= 11"],
    finds: { 'score null rate': /^11 of 1000 rows are NULL, a rate of 0\.011, at most 0\.01 is allowed$/ },
    shows: 11,
  },
  {
    what: 'a null rate of zero, of a column that is passed through',
    checks: ['{ column: note, max_null_rate: 0.9, over: staged }'],
    bad: ['update source set note = null where id <= 10'],
    finds: { 'note null rate of staged': /^901 of 1000 rows are NULL/ },
    shows: 100,
  },
  {
    what: 'a drifted distribution',
    checks: ['{ column: score, psi_vs: live, max: 0.2 }', '{ column: level, psi_vs: live, max: 0.01 }'],
    good: ['update source set value = (1001 - id) / 1000.0'],
    bad: ['update source set value = value * value'],
    finds: { 'score psi': /^the index against the live version is 0\.\d+, at most 0\.2 is allowed$/ },
    shows: 2,
  },
  {
    what: 'a check by SQL that answers false',
    checks: ['{ sql: "select count(*) = 0 from {{this}} where score > 0.9995 and level > 0" }'],
    bad: ['update source set step = 1 where id = 1000'],
    finds: { 'checks[0].sql': /^the answer is false, true is expected$/ },
    shows: 1,
  },
  {
    what: 'a check by SQL that answers NULL',
    checks: ['{ sql: "select max(score) > 0 from {{this}} where level = 9", over: staged }'],
    bad: ['update source set step = 8 where step = 9'],
    finds: { 'checks[0].sql': /^the answer is NULL, true is expected$/ },
    shows: 1,
  },
  {
    what: 'several checks at once',
    checks: ['{ column: score, psi_vs: live, max: 0.2 }', '{ sql: "select min(level) = 0 from {{this}}" }'],
    bad: ['update source set value = 2, step = 7'],
    finds: { 'score range': /^1000 /, 'score psi': /^the index/, 'checks[1].sql': /false/ },
    shows: 100,
  },
];

for (const kind of HOUSES) {
  for (const gate of GATES) {
    test(`the gate lets a good table pass and refuses ${gate.what} (${kind})`, async (t) => {
      const house = await makeSource(t, kind, gate);
      await publish(house);
      if (gate.good !== undefined) {
        await house.execute(...gate.good);
        await publish(house);
      }
      const before = await house.query(SEEN);
      await house.execute(...gate.bad);

      const { code, stdout, stderr } = await house.run('run', '--json');

      assert.equal(code, 3, stdout + stderr);
      const failed = gateOf(stdout).filter(({ passed }) => !passed);
      assert.deepEqual(
        failed.map(({ name }) => name),
        Object.keys(gate.finds),
        stdout,
      );
      for (const [i, says] of Object.values(gate.finds).entries())
        assert.match(failed[i]?.finding ?? '', says);
      assert.deepEqual(await house.query(SEEN), before, 'readers see what they saw');
      assert.equal((await house.query(failed[0]?.look ?? '')).length, gate.shows, failed[0]?.look);
    });
  }

  test(`a refusal says where the rows are kept and how to see them (${kind})`, async (t) => {
    const house = await makeSource(t, kind, {});
    await house.execute('update source set value = 2 where id = 3');

    const { code, stderr } = await house.run('run');

    assert.equal(code, 3);
    assert.match(stderr, /error GATE_REFUSED \(gate\): refused by the gate: score range: 1 values/);
    assert.match(
      stderr,
      /next: Nothing was published\. The staged rows are kept in predictions\.scores__v1 until/,
    );
    const look = /^ {2}(select \* from "predictions"\."scores__v1" where "score" .*);$/m.exec(stderr)?.[1];
    assert.deepEqual((await house.query(`select id from (${look}) as found`)).flat(), ['3']);
  });

  test(`a table that changed behind the run is refused (${kind})`, async (t) => {
    const staged = '"predictions"."scores__v1"';
    for (const [statement, name, says] of [
      [`delete from ${staged} where id = 9`, 'rows', /source 1000, staged 999, in the ledger 1000/],
      [`update ${staged} set id = null where id = 9`, 'null keys', /^1 staged rows with NULL in the key$/],
    ] as const) {
      const house = await makeSource(t, kind, {});
      const { finished, gate } = await runWatched(house, (point, session) =>
        point === 'before query gate/counts' ? session.execute(statement) : undefined,
      );
      assert.equal(finished.exit_code, 3);
      const failed = (gate as GateEvent).filter(({ passed }) => !passed);
      assert.deepEqual(
        failed.map((check) => check.name),
        [name],
      );
      assert.match(failed[0]?.finding ?? '', says);
    }
  });

  test(`a table whose columns changed behind the run is refused (${kind})`, async (t) => {
    const house = await makeSource(t, kind, {});
    // On Postgres a version has the columns of its parent.
    const table = kind === 'postgres' ? 'scores__versions' : 'scores__v1';
    let done = false;
    const { finished, failure } = await runWatched(house, async (point, session) => {
      if (done || point !== 'before inspect scores__v1' || !session.staged) return;
      done = true;
      await session.execute(`alter table predictions.${table} rename column note to remark`);
    });
    assert.equal(finished.exit_code, 3, failure);
    assert.match(failure, /columns: staged .* remark, .*; planned .* note, /);
  });
}
