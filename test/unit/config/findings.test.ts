import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { issueOfTarget, issuesOf, PROJECT, summary, TARGET } from './fixtures.js';

/** Extra lines of the target, the message with its place, what was expected, the nearest word. */
type Row = readonly [extra: string, message: string, expected: RegExp, nearest?: string];

const UNKNOWN_KEYS: readonly Row[] = [
  ['discription: x', '5:1 discription: unknown key', /^one of name, /, 'description'],
  ['write: { tabel: x }', '5:10 write.tabel: unknown key', /^one of table, /, 'table'],
  [
    'write: { grants: { selct: [a] , select: [b] } }',
    '5:20 write.grants.selct: unknown key',
    /^select|one of select$/,
    'select',
  ],
  ['outputs:\n  p: { form: x }', '6:8 outputs.p.form: unknown key', /^one of from, /, 'from'],
  ['features: { a: { colum: x } }', '5:18 features.a.colum: unknown key', /^one of column, /, 'column'],
  ['features:\n  - { name: a, typ: int64 }', '6:16 features[0].typ: unknown key', /^one of name, /, 'type'],
  [
    'features: { a: { nulls: { value: 1, valu: 0 } } }',
    '5:37 features.a.nulls.valu: unknown key',
    /^one of value$/,
    'value',
  ],
  ['checks: [{ sql: select true, ovr: staged }]', '5:30 checks[0].ovr: unknown key', /over/, 'over'],
  ['zzzzzzzzzz: 1', '5:1 zzzzzzzzzz: unknown key', /^one of name, /],
];

const WRONG_VALUES: readonly Row[] = [
  ['allow_empty: "yes"', '5:14 allow_empty: got "yes"', /^true or false$/],
  ['write: { strategy: swop }', '5:20 write.strategy: got "swop"', /^one of swap, merge$/, 'swap'],
  ['write: { keep_versions: 0 }', '5:25 write.keep_versions: got 0', /^at least 1$/],
  ['write: { keep_versions: 1.5 }', '5:25 write.keep_versions: got 1.5', /^a whole number$/],
  ['write: { table: "a b" }', '5:17 write.table: got "a b"', /^a table like churn/],
  ['write: nightly', '5:8 write: got "nightly"', /^a mapping$/],
  ['tags: nightly', '5:7 tags: got "nightly"', /^a list$/],
  ['passthrough: [1e3]', '5:15 passthrough[0]: got 1000', /^a name, in quotes$/],
  ['resources: { workers: four }', '5:23 resources.workers: got "four"', /^auto or a number from 1 to 1024$/],
  ['resources: { memory: 1 gigabyte }', '5:22 resources.memory: got "1 gigabyte"', /^a size like/],
  ['resources: { chunk_rows: 0 }', '5:26 resources.chunk_rows: got 0', /^at least 1$/],
  ['features: 3', '5:11 features: got 3', /^a list like \[tenure.*, or a mapping$/],
  ['features: []', '5:11 features: got a list of 0 items', /^a list like/],
  [
    'features: { a: { nulls: ignore } }',
    '5:25 features.a.nulls: got "ignore"',
    /^one of fail, nan, quarantine, or a mapping$/,
  ],
  ['features: { a: { nulls: nam } }', '5:25 features.a.nulls: got "nam"', /fail/, 'nan'],
  [
    'features: { a: { range: [2, 1] } }',
    '5:25 features.a.range: got a list of 2 items',
    /^the lower number first$/,
  ],
  ['outputs: { "p q": {} }', '5:12 outputs.p q: name is refused', /^a name of letters/],
  [
    'outputs: { p: { bands: { a: 1, b: 0 } } }',
    '5:24 outputs.p.bands: got { a, b }',
    /^ascending upper bounds$/,
  ],
  [
    'outputs: { p: { threshold: 1, top_k: 2 } }',
    '5:15 outputs.p: got { threshold, top_k }',
    /^at most one of bands, threshold, top_k$/,
  ],
  [
    'outputs: { p: { bands: { "2": 0.5, "1": 0.5 } } }',
    '5:24 outputs.p.bands: got { 1, 2 }',
    /^ascending upper bounds$/,
  ],
  [
    'outputs: { p: { as: array, range: [0, 1] } }',
    '5:15 outputs.p: got { as, range }',
    /^no class, .* or tolerance beside as: array$/,
  ],
  ...['threshold: 0.5', 'bands: { a: 1 }'].map(
    (derived) =>
      [
        `outputs: { p: { range: [0, 1], ${derived} } }`,
        `5:15 outputs.p: got { range, ${derived.replace(/:.*/, '')} }`,
        /^no range beside bands or threshold; give the score a column of its own/,
      ] as const,
  ),
  [
    'incremental: { column: a, lookback: 2 moons }',
    '5:37 incremental.lookback: got "2 moons"',
    /^a duration like/,
  ],
  ['incremental: { by: finger }', '5:20 incremental.by: got "finger"', /^fingerprint$/],
  ['schedule: { cron: "61 3 * * *" }', '5:19 schedule.cron: got "61 3 * * *"', /^five cron fields/],
  [
    'schedule: { cron: "0 3 * * *", timezone: Mars/Base }',
    '5:42 schedule.timezone: got "Mars/Base"',
    /^a time zone/,
  ],
  ['slo: { ready_by: "24:00" }', '5:18 slo.ready_by: got "24:00"', /^a time of day/],
  ['errors: { budget: 1.5 }', '5:19 errors.budget: got 1.5', /^a number of rows, or a rate/],
];

describe('issues of a target', () => {
  for (const [extra, message, expected, nearest] of [...UNKNOWN_KEYS, ...WRONG_VALUES]) {
    it(extra.replaceAll('\n', ' '), async () => {
      const issue = await issueOfTarget(`${TARGET}${extra}\n`);
      assert.equal(summary(issue), message);
      assert.match(issue.expected ?? '', expected);
      assert.equal(issue.nearest, nearest);
    });
  }

  const sources: readonly Row[] = [
    ['source: { sql: select 1, table: t }', '1:9 source: got { sql, table }', /^exactly one of sql, table/],
    ['source: { snapshot: live }', '1:9 source: got { snapshot }', /^exactly one of sql, table/],
    [
      'source: { sql: select 1, snapshot: liv }',
      '1:36 source.snapshot: got "liv"',
      /^one of auto, live, frozen$/,
      'live',
    ],
    ['source: { table: "a; drop table b" }', '1:18 source.table: got "a; drop table b"', /^a table like/],
  ];
  for (const [source, message, expected, nearest] of sources) {
    it(source, async () => {
      const issue = await issueOfTarget(`${source}\nname: churn\nkey: [id]\nmodel: { uri: m.onnx }\n`);
      assert.equal(summary(issue), message);
      assert.match(issue.expected ?? '', expected);
      assert.equal(issue.nearest, nearest);
    });
  }

  for (const name of ['Churn', '1e3', 'a'.repeat(41), 'churn; drop table x', '../churn', '"__proto"']) {
    it(`refuses the target name ${name}`, async () => {
      const issue = await issueOfTarget(TARGET.replace('churn', name));
      assert.equal(`${issue.line}:${issue.column} ${issue.path}`, '1:7 name');
      assert.match(issue.expected ?? '', /^a name like churn_30d/);
    });
  }

  it('says that a required key is missing, at its mapping', async () => {
    const issue = await issueOfTarget(TARGET.replace('{ uri: models/churn.onnx }', '{ provider: cpu }'));
    assert.equal(summary(issue), '4:1 model.uri: missing');
    assert.equal(issue.expected, 'a file path');
  });

  it('wants one of model and models, and says so beside other issues', async () => {
    const target = `${TARGET.replace(/model: .*/, '')}write: { history: true }\n`;
    const issues = await issuesOf({ targets: { 'a.yml': target } });
    assert.deepEqual(issues.map(summary), [
      '1:1 : got { name, source, key, write }',
      '5:10 write.history: true is not built yet',
    ]);
    assert.equal(issues[0]?.expected, 'exactly one of model, models');
  });

  it('escapes control characters in what it shows', async () => {
    const issue = await issueOfTarget(`${TARGET}"x\\e[2J\\u202e": 1\n`);
    assert.equal(issue.path, 'x\\u{1b}[2J\\u{202e}');
  });

  it('shortens long values', async () => {
    const issue = await issueOfTarget(`${TARGET}allow_empty: ${'x'.repeat(5000)}\n`);
    assert.equal(issue.got, `"${'x'.repeat(60)}…"`);
  });
});

describe('issues of a warehouse', () => {
  const rows: readonly Row[] = [
    ['{ type: duckdb, pth: a }', '3:3 warehouses.dev.path: missing', /^a text/],
    [
      '{ type: duckdb, path: a, thread: 1 }',
      '3:33 warehouses.dev.thread: unknown key',
      /^one of type, output_schema, path, threads$/,
      'threads',
    ],
    [
      '{ type: duckdb, path: a, output_shema: 1 }',
      '3:33 warehouses.dev.output_shema: unknown key',
      /./,
      'output_schema',
    ],
    ['{ type: duckdb, path: a, threads: 0 }', '3:42 warehouses.dev.threads: got 0', /^at least 1$/],
    [
      '{ type: duckbd, path: a }',
      '3:16 warehouses.dev.type: got "duckbd"',
      /^one of duckdb, postgres$/,
      'duckdb',
    ],
    ['{ type: dbt, profile: a }', '3:16 warehouses.dev.type: dbt is not built yet', /duckdb/],
    ['{ type: postgres, url: mysql }', '3:31 warehouses.dev.url: got ***', /starts_with/],
    ['{ type: postgres, host: a, usr: b }', '3:3 warehouses.dev.user: missing', /^a text/],
  ];
  for (const [entry, message, expected, nearest] of rows) {
    it(entry, async () => {
      const issues = await issuesOf({ project: PROJECT.replace(/\{.*\}/, entry) });
      const issue = issues.find((each) => summary(each) === message);
      assert.ok(issue, issues.map(summary).join('\n'));
      assert.match(issue.expected ?? '', expected);
      assert.equal(issue.nearest, nearest);
    });
  }
});
