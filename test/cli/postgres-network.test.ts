import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { assertHealed, assertTidy, letLeaseRunOut, look } from '../support/bad-day.js';
import type { CliResult } from '../support/cli-harness.js';
import { disturb, makeStopping } from '../support/disturb.js';
import { cutAfter, goThrough, loseAnswer, MUTE, measureRows, mendBefore } from '../support/network.js';
import { HASTE } from '../support/patience.js';
import { makeScorer, type Scorer, SECRET } from '../support/scorer.js';
import {
  type Direction,
  startToxiproxy,
  type Toxic,
  type ToxicProxy,
  type Toxiproxy,
} from '../support/toxiproxy.js';

/** Rows of four megabytes, of which one percent is more than all else that a connection sends. */
const ROWS = 50_000;

let toxiproxy: Toxiproxy;
before(async () => {
  toxiproxy = await startToxiproxy();
});
after(() => toxiproxy[Symbol.asyncDispose]());

function openProxy(scorer: Scorer): Promise<ToxicProxy> {
  return toxiproxy.open(Number(new URL(scorer.database.url).port));
}

/** What came of it, in the report of the tests. */
function tell(t: TestContext, what: string, { exitCode, text }: CliResult): void {
  const told = text.split('\n').filter((line) => /^(error|warning)|^ {2}retry/.test(line));
  t.diagnostic(`${what} -> exit code ${exitCode}${told.map((line) => `\n    ${line.trim()}`).join('')}`);
}

const PUBLISHES = 'select version from scorehouse.publishes order by publish_seq';
const SCORES = 'select id, label, p0, note from predictions.species order by id';

describe('a connection that is cut in the middle of rows', () => {
  let scorer: Scorer;
  let proxy: ToxicProxy;
  let bytes: Readonly<Record<Direction, number>>;
  before(async () => {
    scorer = await makeScorer({ rows: ROWS });
    proxy = await openProxy(scorer);
    await goThrough(scorer, proxy);
    bytes = await measureRows(scorer, proxy);
  });
  after(async () => {
    await proxy[Symbol.asyncDispose]();
    await scorer[Symbol.asyncDispose]();
  });

  const WAYS = [
    { stream: 'upstream', copy: 'COPY in', call: 'load' },
    { stream: 'downstream', copy: 'COPY out', call: 'read' },
  ] as const;
  for (const { stream, copy, call } of WAYS) {
    for (const percent of [1, 10, 50, 99]) {
      it(`at ${percent} % of the ${copy}, each time: exit code 1, and a good run after it`, async (t) => {
        const published = await look(scorer);
        const cut = cutAfter((bytes[stream] * percent) / 100, stream);
        await proxy.add(cut);
        const result = await scorer.run(['run'], SECRET, HASTE);
        await proxy.remove(cut);
        tell(t, `cut at ${percent} % of ${bytes[stream]} bytes of the ${copy}`, result);
        assert.equal(result.exitCode, 1, result.text);
        assert.match(result.text, /retry {6}run failed \(attempt 1\)/);
        assert.match(result.text, new RegExp(`error CONNECTION .*${call}: .* \\(2 attempts in `));
        assert.deepEqual(await look(scorer), published);
        await assertTidy(scorer);
        await assertHealed(scorer);
      });
    }

    it(`once, at half of the ${copy}: the run begins again, exit code 0`, async (t) => {
      const rows = await scorer.query(SCORES);
      const cut = cutAfter(bytes[stream] / 2, stream);
      await proxy.add(cut);
      const patience = mendBefore(() => proxy.remove(cut));
      const result = await scorer.run(['run'], SECRET, patience);
      tell(t, `cut once at half of the ${copy}`, result);
      assert.equal(result.exitCode, 0, result.text);
      assert.match(result.text, new RegExp(`retry {6}run failed \\(attempt 1\\).*CONNECTION ${call}: `));
      assert.deepEqual(await scorer.query(SCORES), rows);
      await assertTidy(scorer);
    });
  }
});

describe('a COMMIT that is done, and whose answer is lost', () => {
  const COMMITS = [
    { what: 'of staged rows', on: 'insert on scorehouse.chunks', when: 'true', exit: 5, publishes: 1 },
    { what: 'of a publish', on: 'insert on scorehouse.publishes', when: 'true', exit: 5, publishes: 2 },
    {
      what: 'of a lease',
      on: 'update of epoch on scorehouse.control_species',
      when: 'new.epoch > old.epoch',
      // Whether it was taken matters to nobody: a lease ends by itself.
      exit: 1,
      publishes: 1,
    },
  ] as const;

  /** A project, published once, whose next COMMIT of that table waits to be disturbed. */
  async function makeWaiting(on: string, when: string): Promise<Scorer> {
    const scorer = await makeScorer();
    await assertHealed(scorer);
    await scorer.execute(
      `create function analytics.hold() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(2);
  return null;
end $$`,
      `create constraint trigger hold after ${on} deferrable initially deferred
for each row when (${when}) execute function analytics.hold()`,
    );
    return scorer;
  }

  for (const { what, on, when, exit, publishes } of COMMITS) {
    it(`${what}, is looked up: exit code 0, and nothing is done twice`, async (t) => {
      await using scorer = await makeWaiting(on, when);
      await using proxy = await openProxy(scorer);
      await goThrough(scorer, proxy);
      let lost = Promise.resolve();
      const lose = async (pid: number) => {
        ({ lost } = await loseAnswer(scorer, proxy, pid, 'up'));
      };
      const result = await disturb(
        scorer,
        'commit',
        lose,
        ['run'],
        mendBefore(() => lost),
      );
      await lost;
      tell(t, `COMMIT ${what} done, its answer lost`, result);
      assert.equal(result.exitCode, 0, result.text);
      assert.equal((await scorer.query(PUBLISHES)).length, 2);
      const twice = `select run_id, chunk from scorehouse.chunks group by 1, 2 having count(*) > 1`;
      assert.deepEqual(await scorer.query(twice), []);
      assert.equal((await scorer.query(SCORES)).length, 5);
      await assertTidy(scorer);
    });

    it(`${what}, and the server is gone: exit code ${exit}, nothing deleted, and a good run after it`, async (t) => {
      await using scorer = await makeWaiting(on, when);
      await using proxy = await openProxy(scorer);
      await goThrough(scorer, proxy);
      const tables =
        "select schemaname, relname from pg_stat_user_tables where schemaname <> 'analytics' order by 1, 2";
      let lost = Promise.resolve();
      let there: unknown;
      const lose = async (pid: number) => {
        ({ lost } = await loseAnswer(scorer, proxy, pid, 'down'));
        there = await scorer.query(tables);
      };
      const result = await disturb(scorer, 'commit', lose, ['run'], HASTE);
      await lost;
      tell(t, `COMMIT ${what} done, its answer lost, the server out of reach`, result);
      assert.equal(result.exitCode, exit, result.text);
      assert.match(result.text, exit === 5 ? /error OUTCOME_UNKNOWN / : /error CONNECTION \(ledger\)/);
      assert.deepEqual(await scorer.query(tables), there);
      assert.equal((await scorer.query(PUBLISHES)).length, publishes);
      assert.equal((await scorer.query(SCORES)).length, 5);
      await proxy.up();
      await letLeaseRunOut(scorer);
      await assertHealed(scorer);
    });
  }
});

describe('a bad network', () => {
  const FRICTIONS: readonly {
    readonly what: string;
    readonly toxics: readonly Toxic[];
    readonly rows: number;
  }[] = [
    {
      what: 'that answers 200 ms late, give or take 50',
      toxics: [{ type: 'latency', stream: 'downstream', attributes: { latency: 200, jitter: 50 } }],
      rows: 5,
    },
    {
      what: 'of half a megabyte a second',
      toxics: [
        { type: 'bandwidth', stream: 'upstream', attributes: { rate: 500 } },
        { type: 'bandwidth', stream: 'downstream', attributes: { rate: 500 } },
      ],
      rows: 20_000,
    },
    {
      what: 'that hands bytes on in slices of about 100',
      toxics: [
        {
          type: 'slicer',
          stream: 'upstream',
          attributes: { average_size: 100, size_variation: 50, delay: 1 },
        },
        {
          type: 'slicer',
          stream: 'downstream',
          attributes: { average_size: 100, size_variation: 50, delay: 1 },
        },
      ],
      rows: 5000,
    },
  ];
  for (const { what, toxics, rows } of FRICTIONS) {
    it(`${what}: exit code 0, and the same scores`, async (t) => {
      await using scorer = await makeScorer({ rows });
      await assertHealed(scorer);
      const scores = await scorer.query(SCORES);
      await using proxy = await openProxy(scorer);
      await goThrough(scorer, proxy);
      for (const toxic of toxics) await proxy.add(toxic);
      const result = await scorer.run(['run']);
      tell(t, `a network ${what}`, result);
      assert.equal(result.exitCode, 0, result.text);
      assert.deepEqual(await scorer.query(SCORES), scores);
      await assertTidy(scorer);
    });
  }

  const RESET: Toxic = { type: 'reset_peer', stream: 'downstream', attributes: { timeout: 0 } };

  it('that resets every connection while rows are loaded: exit code 1, and a good run after it', async (t) => {
    await using scorer = await makeStopping();
    await assertHealed(scorer);
    const published = await look(scorer);
    await using proxy = await openProxy(scorer);
    await goThrough(scorer, proxy);
    const result = await disturb(scorer, 'load', () => proxy.add(RESET), ['run'], HASTE);
    tell(t, 'every connection reset', result);
    assert.equal(result.exitCode, 1, result.text);
    assert.match(result.text, /error CONNECTION .* \(2 attempts in .*\n {2}next: /);
    assert.deepEqual(await look(scorer), published);
    await proxy.remove(RESET);
    await letLeaseRunOut(scorer);
    await assertHealed(scorer);
  });

  it('that ends every connection once while rows are loaded: the run begins again, exit code 0', async (t) => {
    await using scorer = await makeStopping();
    await assertHealed(scorer);
    await using proxy = await openProxy(scorer);
    await goThrough(scorer, proxy);
    const result = await disturb(scorer, 'load', () => proxy.cut(), ['run']);
    tell(t, 'every connection ended once', result);
    assert.equal(result.exitCode, 0, result.text);
    assert.match(result.text, /retry {6}run failed \(attempt 1\), again in .* s: CONNECTION/);
    await assertTidy(scorer);
  });

  it('that ends every connection once while a frozen input is loaded: the run goes on with it, exit code 0', async (t) => {
    const source = '{ table: analytics.penguins, snapshot: frozen }';
    await using scorer = await makeScorer({ rows: 20_000, target: { source } });
    await assertHealed(scorer);
    await using proxy = await openProxy(scorer);
    await goThrough(scorer, proxy);
    const cut = cutAfter(500_000, 'upstream');
    await proxy.add(cut);
    const patience = mendBefore(() => proxy.remove(cut));
    const result = await scorer.run(['run'], SECRET, patience);
    tell(t, 'every connection ended once, over a frozen input', result);
    assert.equal(result.exitCode, 0, result.text);
    assert.match(result.text, /retry {6}run failed \(attempt 1\).*CONNECTION load: /);
    assert.match(result.text, /resuming run /);
    assert.equal((await scorer.query(SCORES)).length, 20_000);
    await assertTidy(scorer);
  });

  it('that swallows everything while rows are loaded: exit code 4 when the lease has run out, and a good run after it', async (t) => {
    await using scorer = await makeStopping();
    await assertHealed(scorer);
    const published = await look(scorer);
    await using proxy = await openProxy(scorer);
    await goThrough(scorer, proxy);
    const swallow = async () => {
      await proxy.add(MUTE);
      await proxy.add({ ...MUTE, stream: 'upstream' });
    };
    const result = await disturb(scorer, 'load', swallow, ['run'], HASTE);
    tell(t, 'a network that swallows everything', result);
    assert.equal(result.exitCode, 4, result.text);
    assert.match(result.text, /error LEASE_LOST .*the warehouse could not be reached/);
    assert.deepEqual(await look(scorer), published);
    await letLeaseRunOut(scorer);
    await scorer.configure();
    await assertHealed(scorer);
  });
});
