import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fixtureFile } from '../support/fixtures.js';
import { HOUSES, type House, type HouseKind, makeHouse } from '../support/house.js';

const FEATURES = Array.from({ length: 20 }, (_, i) => `f${i}`);

/** Passthrough columns of every type that both warehouses have, NULLs among them. */
const PASSTHROUGH = {
  p0: 'case when i % 5 > 0 then i % 2 = 0 end',
  p1: 'cast(i % 120 as smallint)',
  p2: 'case when i % 7 > 0 then cast(i as bigint) * 1000000007 end',
  p3: 'cast(cast(i as numeric(18, 4)) / 8 as numeric(10, 2))',
  p4: 'cast(cast(i as numeric(18, 4)) * 1000000007 / 64 as numeric(38, 6))',
  p5: "case i % 4 when 0 then cast('NaN' as real) when 1 then cast('-0' as real) else cast(i as real) / 3 end",
  p6: "case i % 3 when 0 then cast('-Infinity' as double precision) when 1 then null else cast(i as double precision) / 7 end",
  p7: "case when i % 2 = 0 then repeat('ü;', cast(i % 90 as integer)) end",
  p9: 'cast(md5(cast(i as text)) as uuid)',
  p10: "date '2000-01-01' - cast(i as integer)",
  p11: "time '00:00' + i * interval '1 millisecond'",
  p12: "case when i % 100 = 0 then cast('infinity' as timestamp) else timestamp '1960-01-01' + i * interval '1 day' end",
  p13: "cast('2024-01-01 00:00:00+02' as timestamptz) + i * interval '1 microsecond'",
};

const RANGE = { duckdb: 'range(1, 2501) as t(i)', postgres: 'generate_series(1, 2500) as t(i)' } as const;

async function makeScores(t: TestContext, kind: HouseKind, write: string): Promise<House> {
  const target = `source: { sql: select * from source }
key: [id, k]
model: { uri: ${JSON.stringify(fixtureFile('linear', 'model.onnx'))} }
features: [${FEATURES.join(', ')}]
outputs: { y: { from: variable } }
passthrough: [${Object.keys(PASSTHROUGH).join(', ')}, f3]
resources: { chunk_rows: 400, workers: 2 }
write: { ${write} }
`;
  const house = await makeHouse(t, kind, { scores: target });
  const features = FEATURES.map((name, i) => `cast(i % ${i + 3} as real) as ${name}`);
  const carried = Object.entries(PASSTHROUGH).map(([name, sql]) => `${sql} as ${name}`);
  const columns = ['cast(i as bigint) as id', "'k' || (i % 10) as k", ...features, ...carried];
  await house.execute(`create table source as select ${columns.join(', ')} from ${RANGE[kind]}`);
  return house;
}

async function assertOk(house: House, ...argv: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await house.run(...argv);
  assert.equal(code, 0, `${argv.join(' ')}: ${stdout}${stderr}`);
}

for (const kind of HOUSES) {
  for (const write of [
    'strategy: swap',
    'strategy: swap, deletes: keep',
    'strategy: merge',
    'strategy: merge, deletes: keep',
  ]) {
    test(`what is live is what a run recorded, after runs and rollbacks under ${write} (${kind})`, async (t) => {
      const house = await makeScores(t, kind, write);
      await assertOk(house, 'run');
      await assertOk(house, 'verify', 'scores');
      await house.execute(
        'update source set f0 = f0 + 1, p7 = null where id % 3 = 0',
        'delete from source where id % 50 = 0',
        "update source set k = 'new' where id = 77",
      );
      await assertOk(house, 'run');
      await assertOk(house, 'verify', 'scores');
      await assertOk(house, 'rollback', 'scores');
      await assertOk(house, 'verify', 'scores');
      await house.execute('delete from source where id > 2000');
      await assertOk(house, 'run');
      await assertOk(house, 'verify', 'scores');
    });
  }

  for (const [what, sql, says] of [
    ['a value', 'update predictions.scores__v1 set p6 = 0 where id = 3', /: values were changed/],
    ['a key', "update predictions.scores__v1 set k = 'x' where id = 3", /: keys were changed\n/],
    ['rows', 'delete from predictions.scores__v1 where id <= 3', /: it has 2497 rows instead of 2500\n/],
  ] as const) {
    test(`${what} that a person changed is found (${kind})`, async (t) => {
      const house = await makeScores(t, kind, 'strategy: swap');
      await assertOk(house, 'run');
      await house.execute(sql);
      const { code, stderr } = await house.run('verify', 'scores');
      assert.equal(code, 3, stderr);
      assert.match(stderr, says);
    });
  }
}
