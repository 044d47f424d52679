import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { findProjectDir, loadProject } from '../../../src/config/index.js';
import { Secret } from '../../../src/contract/index.js';
import {
  failure,
  inFolder,
  issueOfTarget,
  issuesOf,
  load,
  PROJECT,
  summary,
  TARGET,
  warehouseSchemas,
} from './fixtures.js';

const options = { env: {}, warehouseSchemas };

describe('loadProject', () => {
  it('applies every default', async () => {
    const { project, targets } = await load({});
    assert.deepEqual(
      { ...project, dir: null, file: null },
      {
        name: 'shop',
        dir: null,
        file: null,
        warehouses: new Map([
          [
            'dev',
            {
              name: 'dev',
              kind: 'duckdb',
              outputSchema: { schema: 'predictions' },
              config: new Secret({ path: 'shop.duckdb' }),
            },
          ],
        ]),
        defaultWarehouse: 'dev',
        ledgerSchema: { schema: 'scorehouse' },
        vars: {},
        secrets: [],
      },
    );
    assert.deepEqual(targets, [
      {
        name: 'churn',
        file: 'targets/churn.yml',
        tags: [],
        source: { kind: 'sql', sql: 'select 1' },
        snapshot: 'auto',
        key: ['customer_id'],
        latestBy: null,
        limits: { rows: null, seconds: null, bytesBilled: null, cost: null },
        allowEmpty: false,
        models: [
          {
            name: null,
            uri: 'models/churn.onnx',
            place: { kind: 'file', path: path.join(project.dir, 'models/churn.onnx') },
            externalData: false,
            provider: 'cpu',
          },
        ],
        features: null,
        outputs: null,
        passthrough: [],
        write: {
          table: { name: 'churn' },
          strategy: 'swap',
          deletes: 'drop',
          keepVersions: 3,
          onColumnChange: 'refuse',
          quote: false,
        },
        checks: [],
        errors: { budget: { rows: 0, of: null }, quarantine: true, rejectedRows: 'drop' },
        golden: null,
        tests: [],
        resources: { chunkRows: 65_536, workers: 'auto', memoryBytes: 2 ** 30 },
      },
    ]);
  });

  it('keeps what is written', async () => {
    const target = `${TARGET.replace('sql: select 1', 'table: db.sales.orders, snapshot: live').replace('models/churn.onnx', 'file:///m/a.onnx, tokenizer: { file: m/tokenizer.json, column: review, max_length: 64 }')}
description: d
owner: o
tags: [nightly]
allow_empty: true
features: { a: { column: b, type: float32, nulls: nan }, c: { nulls: { value: 0 } }, d: { nulls: quarantine, allowed: [1, 2], unseen: pass, range: [0, 9] } }
outputs: { p: { from: q, class: 1, range: [0, 1], tolerance: 0, nonfinite: null }, r: {}, a: { as: array }, t: { threshold: 0.5, calibrate: { sigmoid: [-1, 0.5] } }, b: { bands: { '2': 0.5, '1': 1 }, tolerance: 0 }, k: { top_k: 3 } }
passthrough: [region]
write: { table: mart.x, keep_versions: 5, on_column_change: recreate, quote: true, grants: { select: [bi] }, partition_by: a, cluster_by: [b, c], indexes: [d, [e, f]] }
checks: [{ column: p, max_null_rate: 0.5, over: staged }, { column: p, psi_vs: live, max: 0.2 }, { sql: "select true from {{this}}" }]
errors: { budget: 0.7 %, quarantine: true, rejected_rows: keep_previous }
golden: { file: golden/churn.csv }
tests:
  - { name: cheap, given: { a: 1, c: null }, expect: { p: { near: 0.5, within: 0.1 }, r: [0, 1] } }
  - { given: { a: true }, expect: { p: 0.5, r: null } }
resources: { chunk_rows: 10, workers: 2, memory: 1.5 MB }
limits: { rows: 7, duration: 1.5 h, bytes_billed: 1 kB, cost: 0.5 }
`;
    const { project, targets } = await load({ targets: { 'churn.yml': target } });
    assert.deepEqual(targets[0], {
      name: 'churn',
      file: 'targets/churn.yml',
      description: 'd',
      owner: 'o',
      tags: ['nightly'],
      source: { kind: 'table', table: { database: 'db', schema: 'sales', name: 'orders' } },
      snapshot: 'live',
      key: ['customer_id'],
      latestBy: null,
      limits: { rows: 7, seconds: 5400, bytesBilled: 1000, cost: 0.5 },
      allowEmpty: true,
      models: [
        {
          name: null,
          uri: 'file:///m/a.onnx',
          place: { kind: 'file', path: '/m/a.onnx' },
          externalData: false,
          provider: 'cpu',
          tokenizer: {
            file: 'm/tokenizer.json',
            path: path.join(project.dir, 'm/tokenizer.json'),
            column: 'review',
            maxLength: 64,
          },
        },
      ],
      features: {
        kind: 'map',
        entries: [
          { input: 'a', column: 'b', type: 'float32', nulls: 'nan' },
          { input: 'c', column: 'c', nulls: { value: 0 } },
          { input: 'd', column: 'd', nulls: 'quarantine', allowed: [1, 2], unseen: 'pass', range: [0, 9] },
        ],
      },
      outputs: [
        { name: 'p', from: 'q', class: 1, range: [0, 1], tolerance: 0, nonfinite: 'null' },
        { name: 'r', from: 'r', tolerance: 1e-6, nonfinite: 'fail' },
        { name: 'a', from: 'a', array: true, tolerance: 1e-6, nonfinite: 'fail' },
        {
          name: 't',
          from: 't',
          derive: { kind: 'threshold', from: 0.5 },
          sigmoid: [-1, 0.5],
          tolerance: 1e-6,
          nonfinite: 'fail',
        },
        {
          name: 'b',
          from: 'b',
          derive: {
            kind: 'bands',
            bands: [
              { name: '2', upTo: 0.5 },
              { name: '1', upTo: 1 },
            ],
          },
          tolerance: 0,
          nonfinite: 'fail',
        },
        { name: 'k', from: 'k', derive: { kind: 'top', k: 3 }, tolerance: 1e-6, nonfinite: 'fail' },
      ],
      passthrough: ['region'],
      write: {
        table: { schema: 'mart', name: 'x' },
        strategy: 'swap',
        deletes: 'drop',
        keepVersions: 5,
        onColumnChange: 'recreate',
        quote: true,
        grants: { select: ['bi'] },
        partitionBy: ['a'],
        clusterBy: ['b', 'c'],
        indexes: [['d'], ['e', 'f']],
      },
      checks: [
        { kind: 'nulls', over: 'staged', column: 'p', maxRate: 0.5 },
        { kind: 'psi', over: 'result', column: 'p', max: 0.2 },
        { kind: 'sql', over: 'result', sql: 'select true from {{this}}' },
      ],
      errors: { budget: { rows: 0.7, of: 100 }, quarantine: true, rejectedRows: 'keep_previous' },
      golden: {
        file: 'golden/churn.csv',
        path: path.join(project.dir, 'golden/churn.csv'),
        tolerance: 1e-6,
      },
      tests: [
        {
          name: 'cheap',
          given: { a: 1, c: null },
          expect: {
            p: { kind: 'near', near: 0.5, within: 0.1 },
            r: { kind: 'between', low: 0, high: 1 },
          },
        },
        {
          name: 'a: true',
          given: { a: true },
          expect: { p: { kind: 'value', value: 0.5 }, r: { kind: 'value', value: null } },
        },
      ],
      resources: { chunkRows: 10, workers: 2, memoryBytes: 1_500_000 },
    });
  });

  it('keeps the order of listed features', async () => {
    const { targets } = await load({
      targets: { 'a.yml': `${TARGET}features: [b, { name: a, nulls: nan }]\n` },
    });
    assert.deepEqual(targets[0]?.features, {
      kind: 'list',
      entries: [
        { input: null, column: 'b' },
        { input: null, column: 'a', nulls: 'nan' },
      ],
    });
  });

  it('splits database and schema', async () => {
    const project = `${PROJECT.replace('path:', 'output_schema: SHOP.PRED, path:')}ledger_schema: db.led\n`;
    const loaded = await load({ project });
    assert.deepEqual(loaded.project.warehouses.get('dev')?.outputSchema, {
      database: 'SHOP',
      schema: 'PRED',
    });
    assert.deepEqual(loaded.project.ledgerSchema, { database: 'db', schema: 'led' });
  });

  it('collects the issues of all files, each where it is', async () => {
    const error = await failure(
      load({
        project: `${PROJECT}ledger: x\n`,
        targets: {
          'b/two.yaml': TARGET.replace('churn', 'TWO'),
          'a.yml': `${TARGET}write: { strategy: swop }\n`,
          'c.yml': 'a: [',
        },
      }),
    );
    const lines = error.message.split('\n');
    assert.deepEqual(
      lines.map((line) => line.split(' (')[0]?.split(': not YAML')[0]),
      [
        'scorehouse.yml:4:1 ledger: unknown key',
        'targets/a.yml:5:20 write.strategy: got "swop"',
        'targets/b/two.yaml:1:7 name: got "TWO"',
        'targets/c.yml:1:5',
      ],
    );
    assert.match(lines[1] ?? '', /\(expected one of swap, merge; did you mean swap\?\)$/);
  });

  it('finds targets through links, and ignores hidden folders', async () => {
    await inFolder({ 'scorehouse.yml': PROJECT, 'targets/..data/a.yml': TARGET }, async (dir) => {
      await symlink('..data/a.yml', path.join(dir, 'targets/a.yml'));
      const { targets } = await loadProject(dir, options);
      assert.deepEqual(
        targets.map((target) => target.file),
        ['targets/a.yml'],
      );
    });
  });

  it('says how to begin where there is no project', async () => {
    await inFolder({ x: '' }, async (dir) => {
      const error = await failure(loadProject(dir, options));
      assert.equal(error.code, 'CONFIG_INVALID');
      assert.match(error.message, /^no scorehouse.yml in /);
      assert.match(error.hint ?? '', /scorehouse init/);
    });
  });

  it('says how to begin where there are no targets', async () => {
    await inFolder({ 'scorehouse.yml': PROJECT }, async (dir) => {
      const error = await failure(loadProject(dir, options));
      assert.match(error.message, /^no targets folder in /);
      await mkdir(path.join(dir, 'targets'));
      assert.match((await failure(loadProject(dir, options))).message, /^no target \(\*\.yml\) in /);
    });
  });

  it('refuses text that is not UTF-8', async () => {
    const error = await failure(load({ targets: { 'a.yml': Buffer.from([0x61, 0x3a, 0x20, 0xff]) } }));
    assert.equal(error.message, 'targets/a.yml: not UTF-8 text');
  });

  it('that is no regular file is refused', async () => {
    await inFolder({ 'scorehouse.yml': PROJECT, 'targets/a.yml': TARGET }, async (dir) => {
      await symlink('/dev/zero', path.join(dir, 'targets', 'endless.yml'));
      const { message } = await failure(loadProject(dir, options));
      assert.equal(message, 'targets/endless.yml: no regular file');
    });
  });

  it('refuses a file over 256 KB', async () => {
    const issue = await issueOfTarget(`${TARGET}# ${'x'.repeat(256 * 1024)}`);
    assert.equal(issue.message, 'file too large');
  });
});

describe('findProjectDir', () => {
  it('looks upward', async () => {
    await inFolder({ 'scorehouse.yml': PROJECT, 'a/b/x': '' }, async (dir) => {
      assert.equal(findProjectDir(path.join(dir, 'a/b')), dir);
    });
  });

  it('is null where there is none', async () => {
    await inFolder({ x: '' }, async (dir) => assert.equal(findProjectDir(dir), null));
  });
});

describe('environment variables', () => {
  const project = PROJECT.replace(
    '{ type: duckdb, path: shop.duckdb }',
    `{ type: postgres, url: "postgres://u:\${PW}@\${HOST}/d" }`,
  );

  it('go into texts of both files', async () => {
    const loaded = await load({
      project,
      targets: { 'a.yml': `${TARGET}description: "of \${ONE}, $\${X}"\n` },
      env: { PW: 's3cret', HOST: 'db', ONE: '1' },
    });
    const dev = loaded.project.warehouses.get('dev');
    assert.deepEqual(dev?.config.reveal(), { url: 'postgres://u:s3cret@db/d' });
    assert.equal(loaded.targets[0]?.description, `of 1, \${X}`);
    assert.deepEqual(
      loaded.project.secrets.map((secret) => secret.reveal()),
      ['s3cret', 'db'],
    );
  });

  for (const [env, state] of [
    [{ HOST: 'db' }, 'not set'],
    [{ HOST: 'db', PW: '' }, 'empty'],
  ] as const) {
    it(`are errors where ${state}`, async () => {
      const issues = await issuesOf({ project, env });
      assert.deepEqual(issues.map(summary), [`3:31 warehouses.dev.url: environment variable PW is ${state}`]);
    });
  }

  it('need not be set for a warehouse that is not used', async () => {
    const both = `${PROJECT.replace('warehouses:', 'warehouses:\n  pg: { type: postgres, url: "${PG}" }')}default_warehouse: dev\n`;
    const loaded = await load({ project: both, env: {} });
    assert.equal(loaded.project.warehouses.get('pg')?.config.reveal(), undefined);
    const issues = await issuesOf({ project: both.replace('house: dev', 'house: pg'), env: {} });
    assert.deepEqual(issues.map(summary), ['3:30 warehouses.pg.url: environment variable PG is not set']);
  });

  for (const name of ['toString', '__proto__']) {
    it(`do not reach ${name} of the record`, async () => {
      const issue = await issueOfTarget(TARGET.replace('select 1', `"\${${name}}"`));
      assert.equal(issue.message, `environment variable ${name} is not set`);
    });
  }

  for (const place of ['source: { sql: "select ${X}" }', 'checks: [{ sql: "select ${X}" }]']) {
    it(`have no place in SQL: ${place}`, async () => {
      const target = place.startsWith('source') ? TARGET.replace('source: { sql: select 1 }', place) : TARGET;
      const issues = await issuesOf({
        project: PROJECT,
        targets: { 'a.yml': target === TARGET ? `${TARGET}${place}\n` : target },
        env: { X: 'canary' },
      });
      assert.deepEqual(
        issues.map(({ message, expected }) => [message, expected]),
        [['variable X has no place in SQL', `{{var "name"}}, and vars: { name: "\${X}" } in scorehouse.yml`]],
      );
    });
  }

  it('that hold a secret of a warehouse are taken nowhere else', async () => {
    const issues = await issuesOf({
      project: `${project}vars: { pw: "\${PW}", host: DE }\n`,
      targets: { 'a.yml': `${TARGET}description: "\${HOST}"\nowner: "\${OTHER}"\n` },
      env: { PW: 'canary', HOST: 'db.canary', OTHER: 'me' },
    });
    assert.deepEqual(
      issues.map(({ path, message, got }) => [path, message, got]),
      [
        ['vars.pw', 'variable PW holds a secret of warehouses.dev.url', null],
        ['description', 'variable HOST holds a secret of warehouses.dev.url', null],
      ],
    );
  });

  it('that name a host or a user are no secrets: messages and scripts need them', async () => {
    const { project: loaded } = await load({
      project: `name: shop
default_warehouse: dev
warehouses: { dev: { type: postgres, user: "\${WHO}", host: "\${HOST}" }, other: { type: postgres, url: "\${PW}" } }
`,
      targets: { 'a.yml': `${TARGET}owner: "\${WHO}"\n` },
      env: { WHO: 'scorer', HOST: 'db', PW: 'postgres://canary' },
    });
    assert.deepEqual(
      loaded.secrets.map((secret) => secret.reveal()),
      ['postgres://canary'],
    );
  });

  it('of a model’s address are secrets too, and go to no other server', async () => {
    const target = TARGET.replace('models/churn.onnx', '"models/${SIGNED}.onnx"');
    const env = { PW: 'canary', HOST: 'db.canary', SIGNED: 'signed-canary' };
    const loaded = await load({ targets: { 'a.yml': target }, env });
    assert.deepEqual(
      loaded.project.secrets.map((secret) => secret.reveal()),
      ['signed-canary'],
    );
    const issues = await issuesOf({
      project,
      targets: {
        'a.yml': `${target.replace('SIGNED', 'PW')}description: "\${SIGNED}"\n`,
        'b.yml': target.replace('churn', 'b'),
      },
      env,
    });
    assert.deepEqual(
      issues.map(({ path, message }) => [path, message]),
      [
        ['model.uri', 'variable PW holds a secret of warehouses.dev.url'],
        ['description', 'variable SIGNED holds a secret of model.uri'],
      ],
    );
  });

  it('and what stands where a secret belongs are shown by no issue', async () => {
    const issues = await issuesOf({
      project: PROJECT.replace('path: shop.duckdb', 'path: 5, pasword: canary, url: canary, tokn: canary'),
    });
    assert.equal(issues.length, 4);
    assert.doesNotMatch(JSON.stringify(issues), /canary/);
  });

  it('are not put in twice', async () => {
    const loaded = await load({
      targets: { 'a.yml': `${TARGET}description: "\${A}"\n` },
      env: { A: `\${B}`, B: 'x' },
    });
    assert.equal(loaded.targets[0]?.description, `\${B}`);
  });

  it('must be well-formed references', async () => {
    const issue = await issueOfTarget(TARGET.replace('select 1', `"select \${ONE"`));
    assert.equal(summary(issue), '2:16 source.sql: not a reference to a variable');
  });

  it('are never shown', async () => {
    const error = await failure(
      load({
        project: project.replace('postgres://', ''),
        targets: { 'a.yml': TARGET.replace('name: churn', `name: "\${PW}"`) },
        env: { PW: 's3cret', HOST: 'dbhost' },
      }),
    );
    const text = `${error.message}${JSON.stringify(error.details)}`;
    assert.doesNotMatch(text, /s3cret|dbhost/);
    assert.match(error.message, /warehouses\.dev\.url: got \*\*\*/);
  });
});

describe('vars', () => {
  const project = `${PROJECT}vars: { country: DE, days: 30, strict: true }\n`;

  it('take the type of the value they replace', async () => {
    const loaded = await load({ project, vars: { country: '1', days: '7', strict: 'false' } });
    assert.deepEqual(loaded.project.vars, { country: '1', days: 7, strict: false });
  });

  it('must be declared', async () => {
    const error = await failure(load({ project, vars: { contry: 'FR' } }));
    assert.equal(error.code, 'USAGE');
    assert.equal(
      error.message,
      '--var "contry": unknown var (expected one of country, days, strict; did you mean country?)',
    );
  });

  it('must fit the declared type', async () => {
    const error = await failure(load({ project, vars: { days: 'many' } }));
    assert.equal(error.message, '--var days: got "many" (expected a number)');
  });
});
