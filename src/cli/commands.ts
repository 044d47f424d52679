import { type CommandSpec, TARGET, TARGETS } from './command-spec.js';
import { PROJECT, SELECTION } from './options.js';
import { UPKEEP_COMMANDS } from './upkeep-commands.js';

export const COMMANDS: readonly CommandSpec[] = [
  {
    usage: 'init [dir]',
    summary: 'Make a project folder',
    positionals: {
      dir: { type: 'string', default: '.', describe: 'Folder to fill; files that exist are kept' },
    },
    options: {
      demo: { type: 'boolean', default: false, describe: 'A runnable project with real data and a model' },
      warehouse: {
        type: 'string',
        describe:
          'With --demo: another warehouse that gets the data too; with --model: the one with the table',
      },
      model: {
        type: 'string',
        describe: 'An .onnx file, or its https address, to write a target for; needs --table',
      },
      table: { type: 'string', describe: 'With --model: the table with the features, schema.name' },
      key: { type: 'string', describe: 'With --model: the column that tells rows apart; else a guess' },
    },
    examples: [
      ['$0 init scoring', 'A scaffold to fill in'],
      ['$0 init --demo demo', 'A project that runs at once'],
      ['$0 init --demo demo --warehouse pg', 'The same on the Postgres at $DATABASE_URL'],
      ['$0 init --model models/churn.onnx --table analytics.customers', 'A target for that model'],
    ],
    load: async () => (await import('./commands/init.js')).init,
  },
  {
    usage: 'check [targets..]',
    summary: 'Check files, connection, model and types; moves no data',
    positionals: TARGETS,
    options: { ...PROJECT, ...SELECTION },
    examples: [['$0 check', 'Everything in the project']],
    load: async () => (await import('./commands/check.js')).check,
  },
  {
    usage: 'plan [targets..]',
    summary: 'Show what a run would do: rows, minutes, version, SQL',
    positionals: TARGETS,
    options: {
      ...PROJECT,
      ...SELECTION,
      sql: { type: 'boolean', default: false, describe: 'Also print the SQL that a run sends' },
    },
    examples: [
      ['$0 plan churn', 'Rows, expected minutes, what would be published'],
      ['$0 plan churn --sql', 'With its SQL'],
      ['$0 plan --select tag:nightly --json', 'For a script'],
    ],
    load: async () => (await import('./commands/plan.js')).plan,
  },
  {
    usage: 'run [targets..]',
    summary: 'Score, check and publish',
    positionals: TARGETS,
    options: {
      ...PROJECT,
      ...SELECTION,
      'dry-run': { type: 'boolean', default: false, describe: 'Plan only: writes nothing' },
      limit: { type: 'number', describe: 'Score only so many rows; never publishes' },
      preview: { type: 'number', default: 0, describe: 'Print so many predictions after publishing' },
      'full-refresh': {
        type: 'boolean',
        default: false,
        describe: 'Score every row, also where the target is incremental',
      },
      restart: { type: 'boolean', default: false, describe: 'Do not resume what an earlier run left' },
      shard: { type: 'string', describe: 'Not built yet: score one key range of several, i/n' },
      engine: { type: 'string', choices: ['onnx'], describe: 'Engine to score with' },
    },
    examples: [
      ['$0 run', 'All targets, in the default warehouse'],
      ['$0 run churn --limit 1000', 'A trial that publishes nothing'],
      ['$0 run --select tag:nightly --warehouse prod --json', 'From a scheduler: NDJSON events, exit code'],
      ["$0 run 'churn' --var country=FR", 'With another value of a var'],
    ],
    load: async () => (await import('./commands/run.js')).run,
  },
  {
    usage: 'test [targets..]',
    summary: "Score the targets' examples and compare; reads no rows, writes nothing",
    positionals: TARGETS,
    options: { ...PROJECT, ...SELECTION },
    examples: [
      ['$0 test', 'All targets'],
      ['$0 test churn --json', 'For a script'],
    ],
    load: async () => (await import('./commands/test.js')).test,
  },
  {
    usage: 'status',
    summary: 'What is live, since when, and how the last runs went',
    options: PROJECT,
    examples: [['$0 status --json', 'For a monitor']],
    load: async () => (await import('./commands/status.js')).status,
  },
  {
    usage: 'runs [target]',
    summary: 'The latest runs',
    positionals: { target: { type: 'string', describe: 'Only this target' } },
    options: { ...PROJECT, limit: { type: 'number', default: 20, describe: 'Most runs to show' } },
    examples: [['$0 runs churn --limit 5', 'The five latest of one target']],
    load: async () => (await import('./commands/runs.js')).runs,
  },
  {
    usage: 'versions <target>',
    summary: 'The versions of a target and their publishes',
    positionals: TARGET,
    options: PROJECT,
    examples: [['$0 versions churn', 'Which are kept, which one is live']],
    load: async () => (await import('./commands/versions.js')).versions,
  },
  {
    usage: 'promote <target> <number>',
    summary: 'Make a kept version live',
    // Not `version`: yargs keeps that word for --version, and the argument would never arrive.
    positionals: {
      ...TARGET,
      number: { type: 'number', describe: "The version's number", demandOption: true },
    },
    options: PROJECT,
    examples: [['$0 promote churn 3', 'Readers see version 3 from now on']],
    load: async () => (await import('./commands/promote.js')).promote,
  },
  {
    usage: 'rollback <target>',
    summary: 'Make the previously published version live again',
    positionals: TARGET,
    options: { ...PROJECT, to: { type: 'number', describe: 'Another version than the previous one' } },
    examples: [
      ['$0 rollback churn', 'Back to the previous publish'],
      ['$0 rollback churn --to 2', 'Back to version 2'],
    ],
    load: async () => (await import('./commands/promote.js')).rollback,
  },
  {
    usage: 'verify <target> [number]',
    summary: 'Compare a published table with the rows and hashes that its run recorded',
    positionals: {
      ...TARGET,
      number: { type: 'number', describe: "A version's number; the live one's else" },
    },
    options: PROJECT,
    examples: [
      ['$0 verify churn', 'Is the live version still what was published?'],
      ['$0 verify churn 3 --json', 'Version 3, for a script'],
    ],
    load: async () => (await import('./commands/verify.js')).verify,
  },
  {
    usage: 'quarantine <target>',
    summary: 'The rows that are rejected and not scored since, by key, and why',
    positionals: TARGET,
    options: {
      ...PROJECT,
      run: { type: 'string', describe: "A run's id; else the run whose publish readers see" },
      limit: { type: 'number', default: 20, describe: 'Most rejects to list; the summary has all' },
    },
    examples: [
      ['$0 quarantine churn', 'What do readers lack?'],
      ['$0 quarantine churn --limit 1000 --json', 'Their keys, for a script'],
    ],
    load: async () => (await import('./commands/quarantine.js')).quarantine,
  },
  ...UPKEEP_COMMANDS,
  {
    usage: 'compile [targets..]',
    summary: 'Write the SQL of a run as files',
    positionals: TARGETS,
    options: {
      ...PROJECT,
      ...SELECTION,
      out: { type: 'string', default: '.scorehouse/compiled', describe: 'Folder, inside the project' },
    },
    examples: [['$0 compile churn', 'One file a statement, in their order']],
    load: async () => (await import('./commands/compile.js')).compile,
  },
  {
    usage: 'model <action> <of>',
    summary:
      'Look at a model: what goes in and out, what to know before scoring with it; or make its golden rows',
    positionals: {
      action: {
        type: 'string',
        choices: ['inspect', 'lint', 'golden'],
        describe: 'What to do',
        demandOption: true,
      },
      of: { type: 'string', describe: 'The .onnx file; for golden the target', demandOption: true },
    },
    options: {
      ...PROJECT,
      rows: { type: 'number', default: 100, describe: 'golden: most rows of the file' },
      out: {
        type: 'string',
        describe: "golden: the file; else the target's golden.file, else golden/<target>.csv",
      },
      force: { type: 'boolean', default: false, describe: 'golden: replace a file that is there' },
    },
    examples: [
      ['$0 model inspect models/churn.onnx', 'Inputs, outputs, classes, and a target to begin with'],
      ['$0 model lint models/churn.onnx', 'What may go wrong; exit code 2 where a run refuses it'],
      ['$0 model golden churn', "The source's first rows with their scores, which later runs must give too"],
    ],
    load: async () => (await import('./commands/model.js')).model,
  },
  {
    usage: 'grants [targets..]',
    summary: 'Print the rights that scorehouse needs in the warehouse, as a script for its administrator',
    positionals: TARGETS,
    options: {
      ...PROJECT,
      ...SELECTION,
      role: {
        type: 'string',
        choices: ['all', 'reader', 'writer', 'publisher', 'bi', 'dbt'],
        default: 'all',
        describe:
          'Whose rights: all of the service, one of its duties, readers of the views, or hooks of dbt',
      },
      to: {
        type: 'string',
        describe: 'The role that gets them; else the one that the warehouse connects as',
      },
    },
    examples: [
      ['$0 grants > grants.sql', 'For the role that scorehouse.yml connects as'],
      [
        '$0 grants --warehouse admin --to scorer',
        'Asked as an administrator: names the tables that queries read',
      ],
      ['$0 grants --role bi --to analysts', 'For whoever reads the published views'],
      ['$0 grants --role dbt --to dbt_prod', "For dbt's hooks, which ask for runs"],
    ],
    load: async () => (await import('./commands/grants.js')).grants,
  },
  {
    usage: 'schema',
    summary: 'JSON Schemas of the YAML files, for editors',
    options: {
      'project-dir': PROJECT['project-dir'],
      json: PROJECT.json,
      write: { type: 'boolean', default: false, describe: 'Write them to .scorehouse/ of the project' },
    },
    examples: [
      ['$0 schema --write', 'For the yaml-language-server line in your files'],
      ['$0 schema > schemas.json', 'Both in one document'],
    ],
    load: async () => (await import('./commands/schema.js')).schema,
  },
  {
    usage: 'doctor [targets..]',
    summary: 'Check this machine, the engine, the connection and its rights; writes nothing',
    positionals: TARGETS,
    options: { ...PROJECT, ...SELECTION },
    examples: [
      ['$0 doctor', 'What scorehouse found, and what is missing'],
      ['$0 doctor churn --json', 'One target, for a script: exit code 6 where something is missing'],
    ],
    load: async () => (await import('./commands/doctor.js')).doctor,
  },
];
