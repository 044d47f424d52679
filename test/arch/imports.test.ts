import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Ban,
  findBanned,
  findCycles,
  findDangling,
  findForbidden,
  findUnused,
  parseImports,
  type Rules,
  readSources,
  type SourceFile,
} from './imports.js';

/** The stages of a run. None imports another: `run` knows the order. */
const STAGES = ['model', 'features', 'extract', 'score', 'stage', 'gate', 'publish'];

/** Services that a stage may use: the ledger and the SQL templates hold every stage's words, hashes cross stages. */
const SERVICES = ['ledger', 'sql', 'hash'];

const RULES: Rules = {
  parts: {
    contract: { to: [] },
    observe: { to: [], type: ['contract'] },
    hash: { to: ['contract'] },
    'package-root': { to: [] },
    config: { to: ['contract'] },
    plan: { to: ['contract'], type: ['config'] },
    sql: { to: ['contract', 'package-root'] },
    ledger: { to: ['contract', 'sql'] },
    // The plan is the value that stages carry out; they get it, they do not make it.
    ...Object.fromEntries(
      STAGES.map((stage) => [stage, { to: ['contract', ...SERVICES], type: ['plan', 'config'] }]),
    ),
    // Features are packed inside the score workers, beside the session that takes them.
    score: { to: ['contract', 'features', 'hash'], type: ['plan'] },
    // Rows with known scores: bound to columns as the plan binds them, scored by run.
    examples: { to: ['contract', 'plan'], type: ['config'] },
    run: {
      to: ['contract', 'plan', 'examples', ...STAGES, ...SERVICES, 'observe', 'package-root'],
      type: ['config'],
    },
    cli: { to: ['contract', 'config', 'plan', 'run', 'adapters/index', 'package-root'], type: ['observe'] },
    'adapters/*': { to: ['contract'] },
    'adapters/planned': { to: ['contract'] },
    'adapters/index': {
      to: [
        'contract',
        'adapters/planned',
        'adapters/bigquery/',
        'adapters/duckdb/',
        'adapters/postgres/',
        'adapters/snowflake/',
      ],
    },
  },
  exceptions: [
    ...[
      'src/gate/structure',
      'src/publish/carry',
      'src/publish/partitions',
      'src/publish/view',
      'src/stage/load-part',
    ].map((from) => ({
      from,
      to: 'src/plan/output-columns',
      reason: 'which columns a version table holds is decided in one place, as pure functions of the plan',
    })),
    ...['runs', 'status', 'versions'].map((command) => ({
      from: `src/cli/commands/${command}`,
      to: 'src/ledger/migrate',
      reason: 'commands that only show the ledger ask first whether there is one',
    })),
    ...['runs'].map((command) => ({
      from: `src/cli/commands/${command}`,
      to: 'src/ledger/runs',
      reason: 'shows what the ledger says; there is nothing for run to put in order',
    })),
    {
      from: 'src/cli/commands/versions',
      to: 'src/ledger/versions',
      reason: 'shows what the ledger says; there is nothing for run to put in order',
    },
    ...['lint-file', 'lint/finding'].map((file) => ({
      from: 'src/cli/commands/model',
      to: `src/model/${file}`,
      reason: 'looks at a file and says what it finds; there is nothing for run to put in order',
    })),
    ...['context', 'commands/doctor', 'commands/init-demo', 'commands/run'].map((file) => ({
      from: `src/cli/${file}`,
      to: 'src/score/cores',
      reason:
        'how many cores this process may use is a fact of the machine that every session is opened with',
    })),
    {
      from: 'src/cli/commands/run',
      to: 'src/score/worker-handle',
      reason: 'score workers start before the rest of the program is loaded: 0.2 s of every run',
    },
    {
      from: 'src/cli/commands/run-targets',
      to: 'src/score/worker-handle',
      type: true,
      reason: 'hands the workers that have started to the run',
    },
    {
      from: 'src/cli/commands/grants',
      to: 'src/sql/renderer',
      reason: 'a role that is not there yet cannot connect: its script is written in the dialect alone',
    },
    ...['commands/init-demo', 'copy-table'].map((file) => ({
      from: `src/cli/${file}`,
      to: 'src/sql/renderer',
      reason: 'init --demo loads a table, which is no part of any run',
    })),
  ],
};

/** Kinds of warehouses, whose names only their own adapters compare with. */
const KINDS = 'duckdb|postgres|snowflake|bigquery|dbt';

const BANS: readonly Ban[] = [
  {
    what: 'ends the process',
    // Signal 0 ends nothing: it asks whether a process is there.
    pattern: /\bprocess\.(?:exit\(|exitCode\s*=[^=]|abort\(|kill\((?!.*, 0\)))/,
    except: (path) => path === 'src/cli/main.ts',
  },
  {
    what: 'asks for a kind of warehouse',
    pattern: new RegExp(
      `(?:[!=]==?\\s*['"\`](?:${KINDS})['"\`])|(?:['"\`](?:${KINDS})['"\`]\\s*[!=]==?)|(?:case\\s+['"\`](?:${KINDS})['"\`])`,
    ),
    except: (path) =>
      path.startsWith('adapters/') ||
      // `dbt` is a source as well as a warehouse.
      path === 'src/config/source-schema.ts',
  },
  { what: 'writes past the output of its command', pattern: /\bconsole\.\w/, except: () => false },
  {
    what: 'loads a file in a way that this test cannot follow',
    pattern: /\brequire\(|\bcreateRequire\b|\bimport\((?!\s*'[^']+'\s*\))/,
    except: () => false,
  },
];

const sources = readSources(['src', 'adapters']);

describe('the imports of src and adapters', () => {
  it('go only where the layout lets them', () => {
    assert.deepEqual(findForbidden(sources, RULES), []);
  });

  it('need every exception that is written down', () => {
    assert.deepEqual(findUnused(sources, RULES), []);
  });

  it('all lead to a file, so that none is overlooked', () => {
    assert.deepEqual(findDangling(sources), []);
    assert.ok(sources.length > 100);
    for (const source of sources) {
      const written = source.text.match(/\bfrom '[^']+';$|\bimport\(/gm) ?? [];
      const found = parseImports(source).length;
      assert.ok(found >= written.length, `${source.path}: ${written.length} imports, ${found} found`);
    }
  });

  it('make no cycle at run time', () => {
    assert.deepEqual(findCycles(sources), []);
  });

  it('stand beside no banned word', () => {
    assert.deepEqual(findBanned(sources, BANS), []);
  });
});

describe('the checker', () => {
  const file = (path: string, text: string): SourceFile => ({ path, text });

  for (const { what, path, text, found } of [
    {
      what: 'contract importing anything of ours',
      path: 'src/contract/x.ts',
      text: "import type { Target } from '../config/index.js';",
      found: 'src/contract/x -> src/config/index (type)',
    },
    {
      what: 'an adapter importing more than the contract',
      path: 'adapters/postgres/index.ts',
      text: "import { newRenderer } from '../../src/sql/renderer.js';",
      found: 'adapters/postgres/index -> src/sql/renderer',
    },
    {
      what: 'an adapter importing another',
      path: 'adapters/postgres/index.ts',
      text: "import { duckdbDialect } from '../duckdb/dialect.js';",
      found: 'adapters/postgres/index -> adapters/duckdb/dialect',
    },
    {
      what: 'a stage importing another',
      path: 'src/gate/x.ts',
      text: "import {\n  loadChunks,\n  type StagedChunk,\n} from '../stage/staging.js';",
      found: 'src/gate/x -> src/stage/staging',
    },
    {
      what: 'a stage importing run',
      path: 'src/gate/x.ts',
      text: "export * from '../run/session.js';",
      found: 'src/gate/x -> src/run/session',
    },
    {
      what: 'plan importing more than the types of config',
      path: 'src/plan/x.ts',
      text: "import { type Target, selectTargets } from '../config/index.js';",
      found: 'src/plan/x -> src/config/index',
    },
    {
      what: 'a dynamic import',
      path: 'src/run/x.ts',
      text: "const load = () => import('../../adapters/index.js');",
      found: 'src/run/x -> adapters/index',
    },
    {
      what: 'src importing an adapter past adapters/index',
      path: 'src/cli/x.ts',
      text: "import { duckdb } from '../../adapters/duckdb/index.js';",
      found: 'src/cli/x -> adapters/duckdb/index',
    },
    {
      what: 'an import for its effect alone',
      path: 'src/config/x.ts',
      text: "import '../run/session.js';",
      found: 'src/config/x -> src/run/session',
    },
    {
      what: 'a worker that belongs to another part',
      path: 'src/run/x.ts',
      text: "new Worker(new URL('../cli/worker.js', import.meta.url));",
      found: 'src/run/x -> src/cli/worker',
    },
    {
      what: 'a value where only a type is excused',
      path: 'src/cli/commands/run-targets.ts',
      text: "import { WorkerHandle } from '../../score/worker-handle.js';",
      found: 'src/cli/commands/run-targets -> src/score/worker-handle',
    },
    {
      what: 'a part that the rules do not know',
      path: 'src/fresh/x.ts',
      text: "import { ScoringError } from '../contract/index.js';",
      found: 'src/fresh/x -> src/contract/index',
    },
  ]) {
    it(`finds ${what}`, () => {
      assert.deepEqual(findForbidden([file(path, text)], RULES), [found]);
    });
  }

  it('allows a type where a type is allowed', () => {
    const text = "import { type Target, type Project } from '../config/index.js';";
    assert.deepEqual(findForbidden([file('src/plan/x.ts', text)], RULES), []);
  });

  it('finds a cycle, and none where a type closes it', () => {
    const a = file('src/run/a.ts', "import { b } from './b.js';");
    const b = file('src/run/b.ts', "import { a } from './a.js';");
    const typed = file('src/run/b.ts', "import type { A } from './a.js';");
    assert.deepEqual(findCycles([a, b]), ['src/run/a -> src/run/b -> src/run/a']);
    assert.deepEqual(findCycles([a, typed]), []);
  });

  it('finds an import of a file that is not there', () => {
    const lost = file('src/run/a.ts', "import { b } from './b.js';");
    assert.deepEqual(findDangling([lost]), ['src/run/a -> src/run/b']);
  });

  it('finds an exception that is not needed', () => {
    const exceptions = [{ from: 'src/a/x', to: 'src/b/y', reason: 'none' }];
    assert.deepEqual(findUnused([], { parts: {}, exceptions }), ['src/a/x -> src/b/y']);
  });

  for (const [path, text] of [
    ['src/run/x.ts', 'process.exit(1);'],
    ['src/cli/run-cli.ts', 'process.exitCode = 1;'],
    ['src/plan/x.ts', "if (dialect.kind === 'snowflake') return;"],
    ['src/publish/x.ts', "if ('postgres' !== kind) return;"],
    ['src/publish/x.ts', "    case 'bigquery':"],
    ['adapters/duckdb/x.ts', "console.log('here');"],
    ['src/run/x.ts', 'await import(name);'],
    ['src/run/x.ts', "const x = require('../config');"],
  ] as const) {
    it(`finds the banned ${text.trim()}`, () => {
      assert.equal(findBanned([file(path, text)], BANS).length, 1);
    });
  }

  it('lets main end the process, an adapter know its kind, and comments be', () => {
    const files = [
      file('src/cli/main.ts', 'process.exitCode = code;'),
      file('adapters/duckdb/x.ts', "if (kind === 'duckdb') return;"),
      file('src/run/x.ts', '// console.log is banned\n/** process.exit(1) too */'),
    ];
    assert.deepEqual(findBanned(files, BANS), []);
  });
});
