import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COMMANDS } from '../../src/cli/commands.js';
import { type CliResult, cli, events, json } from '../support/cli-harness.js';
import { DATABASE, makePenguins, PROJECT, renderTarget } from '../support/penguins.js';

/** Fields of `run_finished` that schedulers may rely on. */
const FINISHED = [
  'state',
  'exit_code',
  'version',
  'publish_seq',
  'rows_read',
  'rows_published',
  'rows_rejected',
] as const;

/** The last event's contract fields; every line is checked on the way. */
function finishedOf(result: CliResult): Readonly<Record<string, unknown>> {
  const lines = events(result);
  for (const line of lines) {
    for (const field of ['time', 'event', 'target', 'run_id']) {
      assert.ok(Object.hasOwn(line, field), `no ${field} in ${JSON.stringify(line)}`);
    }
    assert.equal(new Date(String(line.time)).toISOString(), line.time);
  }
  const last = lines.at(-1) ?? {};
  assert.equal(last.event, 'run_finished', result.stdout);
  assert.equal(last.exit_code, result.exitCode);
  return Object.fromEntries(
    FINISHED.filter((name) => Object.hasOwn(last, name)).map((name) => [name, last[name]]),
  );
}

describe('run --json', () => {
  const nothing = { version: null, publish_seq: null, rows_published: 0, rows_rejected: 0 };

  it('ends with what was published', async () => {
    await using project = await makePenguins();
    const result = await project.run(['run', '--json']);
    assert.deepEqual(finishedOf(result), {
      state: 'published',
      exit_code: 0,
      version: 1,
      publish_seq: 1,
      rows_read: 5,
      rows_published: 5,
      rows_rejected: 0,
    });
    assert.equal(result.stderr, '');
  });

  it('names every target and its run in its events', async () => {
    await using project = await makePenguins({
      files: { 'targets/other.yml': renderTarget({ name: 'other' }) },
    });
    const lines = events(await project.run(['run', '--json']));
    const runs = new Map(lines.map(({ run_id, target }) => [run_id, target]));
    assert.deepEqual([...runs.values()].sort(), ['other', 'species']);
    assert.equal(lines.filter(({ event }) => event === 'run_finished').length, 2);
  });

  it('ends with a refusal', async () => {
    await using project = await makePenguins({ sql: ['insert into penguins select * from penguins'] });
    const result = await project.run(['run', '--json']);
    assert.deepEqual(finishedOf(result), { ...nothing, state: 'refused', exit_code: 3, rows_read: 10 });
  });

  it('ends with a failure where the plan is impossible', async () => {
    await using project = await makePenguins({ target: { key: '[gone]' } });
    const result = await project.run(['run', '--json']);
    assert.deepEqual(finishedOf(result), { ...nothing, state: 'failed', exit_code: 2, rows_read: 0 });
  });

  for (const { what, argv, files } of [
    { what: 'the configuration is broken', argv: [], files: { 'scorehouse.yml': 'name: [' } },
    { what: 'the target is unknown', argv: ['nobody'], files: {} },
    { what: 'the option is unknown', argv: ['--colour'], files: {} },
    { what: 'the warehouse is not built', argv: ['--warehouse', 'prod'], files: {} },
    { what: 'the shard is not built', argv: ['--shard', '1/2'], files: {} },
  ]) {
    it(`ends with run_finished also where ${what}`, async () => {
      await using project = await makePenguins({ files });
      const result = await project.run(['run', '--json', ...argv]);
      assert.deepEqual(finishedOf(result), { ...nothing, state: 'failed', exit_code: 2, rows_read: 0 });
    });
  }

  it('ends with run_finished also where it was stopped before it began', async () => {
    await using project = await makePenguins();
    const result = await project.run(['run', '--json'], { signal: AbortSignal.abort() });
    assert.deepEqual(finishedOf(result), { ...nothing, state: 'interrupted', exit_code: 130, rows_read: 0 });
  });

  it('publishes nothing under --dry-run and --limit, and says so', async () => {
    await using project = await makePenguins();
    for (const [option, state, rows] of [
      [['--dry-run'], 'planned', 0],
      [['--limit', '2'], 'abandoned', 2],
    ] as const) {
      const result = await project.run(['run', '--json', ...option]);
      assert.deepEqual(finishedOf(result), { ...nothing, state, exit_code: 0, rows_read: rows });
    }
  });
});

describe('--json of every other command', () => {
  for (const { argv, has } of [
    { argv: ['check'], has: ['targets'] },
    { argv: ['plan'], has: ['plans'] },
    { argv: ['plan', '--sql'], has: ['plans'] },
    { argv: ['status'], has: ['targets', 'differing'] },
    { argv: ['repair'], has: ['targets'] },
    { argv: ['runs'], has: ['runs'] },
    { argv: ['versions', 'species'], has: ['target', 'versions', 'publishes'] },
    { argv: ['promote', 'species', '1'], has: ['target', 'kind', 'version', 'publish_seq'] },
    { argv: ['rollback', 'species'], has: ['target', 'kind', 'version', 'publish_seq'] },
    {
      argv: ['verify', 'species'],
      has: ['target', 'version', 'table', 'run_id', 'recorded', 'found', 'differs'],
    },
    { argv: ['compile'], has: ['files'] },
    { argv: ['schema'], has: ['project', 'target'] },
    { argv: ['schema', '--write'], has: ['files'] },
    { argv: ['doctor'], has: ['findings'] },
  ]) {
    it(`${argv.join(' ')} is one document`, async () => {
      await using project = await makePenguins();
      for (let i = 0; i < 2; i++) assert.equal((await project.run(['run'])).exitCode, 0);
      const result = await project.run([...argv, '--json']);
      assert.equal(result.exitCode, 0, result.text);
      assert.deepEqual(Object.keys(json(result)), has);
    });
  }

  for (const { argv, code } of [
    { argv: ['status'], code: 'CONFIG_INVALID' },
    { argv: ['status', '--colour'], code: 'USAGE' },
  ]) {
    it(`a failure of ${argv.join(' ')} is one document too`, async () => {
      await using project = await makePenguins({ files: { 'scorehouse.yml': 'name: [' } });
      const result = await project.run([...argv, '--json']);
      assert.equal(result.exitCode, 2);
      const { error } = json(result) as { error: { code: string; stage: string; message: string } };
      assert.equal(error.code, code);
    });
  }
});

describe('help', () => {
  for (const { usage, examples } of COMMANDS) {
    const [name = ''] = usage.split(' ');
    it(`${name} --help shows its examples`, async () => {
      const result = await cli([name, '--help']);
      assert.equal(result.exitCode, 0);
      assert.match(result.stdout, /Examples:/);
      // Long ones are wrapped beside what they do, so that only their words can be looked for.
      const shown = new Set(result.stdout.slice(result.stdout.indexOf('Examples:')).split(/\s+/));
      const words = examples.flatMap(([command]) => command.replace('$0', 'scorehouse').split(' '));
      for (const word of words) assert.ok(shown.has(word), `no ${word} in ${result.stdout}`);
    });
  }

  it('scorehouse --help lists every command and the exit codes', async () => {
    const { stdout } = await cli(['--help']);
    for (const { usage } of COMMANDS) assert.ok(stdout.includes(`scorehouse ${usage.split(' ')[0]}`), usage);
    assert.match(stdout, /Exit codes: 0 published/);
  });

  it('no command asks for a word that yargs keeps for itself', async () => {
    const warnings: string[] = [];
    const listen = (warning: Error) => warnings.push(warning.message);
    process.on('warning', listen);
    for (const { usage } of COMMANDS) await cli([usage.split(' ')[0] ?? '', '--help']);
    await new Promise(setImmediate);
    process.off('warning', listen);
    assert.deepEqual(warnings, []);
  });
});

describe('the progress bar', () => {
  it('is drawn on a terminal', async () => {
    await using project = await makePenguins();
    const { stdout } = await project.run(['run'], { isTTY: true });
    assert.ok(stdout.includes('\r\u001b[2K  ████'), stdout);
    assert.match(stdout, /█+ 5 of 5 rows, [\d,]+ rows\/s, .* left/);
  });

  it('is silent where no terminal is', async () => {
    await using project = await makePenguins();
    const { text } = await project.run(['run']);
    for (const drawn of ['█', '░', '\r', '\u001b']) assert.ok(!text.includes(drawn), text);
  });

  it('never mixes with --json', async () => {
    await using project = await makePenguins();
    finishedOf(await project.run(['run', '--json'], { isTTY: true }));
  });
});

describe('control characters', () => {
  /** Escape sequences, a C1 control, a bidirectional override and a line separator. */
  const NASTY = '\u001b[31mred\u0007\u009b2J\u202eevil\u2028';
  const RAW = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
  const rename = `update penguins set note = '${NASTY}' || id`;

  it('in a key never reach the terminal from a preview', async () => {
    await using project = await makePenguins({
      target: { key: '[note]', passthrough: '[id]' },
      sql: [rename],
    });
    const result = await project.run(['run', '--preview', '5']);
    assert.equal(result.exitCode, 0, result.text);
    assert.doesNotMatch(result.text, RAW);
    assert.match(result.stdout, /\\u\{1b\}\[31mred\\u\{7\}/);
  });

  it('in a duplicate key never reach the terminal from a refusal', async () => {
    await using project = await makePenguins({
      target: { key: '[note]', passthrough: '[id]' },
      sql: [rename, 'insert into penguins select * from penguins where id = 1'],
    });
    const result = await project.run(['run']);
    assert.equal(result.exitCode, 3, result.text);
    assert.doesNotMatch(result.text, RAW);
  });

  it('in a column name never reach the terminal from an error', async () => {
    await using project = await makePenguins({
      target: { key: '[notes]' },
      sql: [`alter table penguins add column "notes${NASTY}" integer`],
    });
    const result = await project.run(['run']);
    assert.equal(result.exitCode, 2, result.text);
    assert.doesNotMatch(result.text, RAW);
  });

  it('in a schema of the configuration never reach the terminal', async () => {
    const schema = JSON.stringify('pre\u001b[31m');
    await using project = await makePenguins({
      files: { 'scorehouse.yml': PROJECT.replace('output_schema: predictions', `output_schema: ${schema}`) },
    });
    for (const argv of [['run'], ['plan'], ['check'], ['versions', 'species'], ['status']]) {
      const result = await project.run(argv);
      assert.doesNotMatch(result.text, RAW);
    }
  });

  it('in argv never reach the terminal from an error', async () => {
    await using project = await makePenguins();
    for (const argv of [
      ['run', NASTY],
      ['run', '--warehouse', NASTY],
      ['run', '--var', NASTY],
      [NASTY],
      ['run', `--${NASTY}`],
    ]) {
      const result = await project.run(argv);
      assert.equal(result.exitCode, 2, result.text);
      assert.doesNotMatch(result.text, RAW);
    }
  });
});

describe('secrets of the environment', () => {
  const project = (env: string) => PROJECT.replace('path: house.duckdb', `path: "\${${env}}"`);
  const COMMAND_LINES = [
    ['check'],
    ['plan', '--sql'],
    ['run', '--preview', '2'],
    ['run'],
    ['status'],
    ['runs'],
    ['versions', 'species'],
    ['rollback', 'species'],
    ['promote', 'species', '3'],
    ['verify', 'species'],
    ['compile'],
    ['doctor'],
    ['schema'],
  ];

  for (const { what, secret } of [
    { what: 'a plain one', secret: 'canary-4711' },
    { what: 'one that JSON escapes', secret: 'can"ary\\4711' },
    { what: 'one that a terminal is shown escaped', secret: 'can\u202eary-4711' },
  ]) {
    for (const made of [true, false]) {
      it(`never appear: ${what}, ${made ? 'all is well' : 'everything fails'}`, async () => {
        await using penguins = await makePenguins({ files: { 'scorehouse.yml': project('HOUSE') } });
        const HOUSE = made ? secret : `gone/${secret}/house.duckdb`;
        if (made) await penguins.copy(DATABASE, secret);
        for (const argv of COMMAND_LINES) {
          for (const option of [[], ['--json']]) {
            const result = await penguins.run([...argv, ...option], { env: { HOUSE } });
            if (argv[0] !== 'schema') assert.equal(result.exitCode === 0, made, result.text);
            assert.doesNotMatch(result.text, /can.{1,9}ary|4711/, argv.join(' '));
            if (option.length > 0 && argv[0] !== 'run') json(result);
          }
        }
      });
    }
  }

  it('that look like a number of the output leave JSON as it is', async () => {
    await using penguins = await makePenguins({
      files: { 'scorehouse.yml': project('HOUSE') },
      sql: ['insert into penguins select i, 40, 18, 190, 4000, null from range(6, 1001) as r(i)'],
    });
    await penguins.copy(DATABASE, '1000');
    const result = await penguins.run(['run', '--json'], { env: { HOUSE: '1000' } });
    assert.equal(finishedOf(result).rows_read, 1000);
  });

  it('that look like a key of the output leave JSON as it is', async () => {
    await using penguins = await makePenguins({ files: { 'scorehouse.yml': project('HOUSE') } });
    await penguins.copy(DATABASE, 'target');
    finishedOf(await penguins.run(['run', '--json'], { env: { HOUSE: 'target' } }));
  });

  it('hide the longest first, so that no tail of one is left', async () => {
    const both = PROJECT.replace('path: house.duckdb', `path: "\${LONG}"`).replace(
      'profile: zoo',
      'profile: "${SHORT}"',
    );
    await using penguins = await makePenguins({ files: { 'scorehouse.yml': both } });
    const env = { SHORT: 'canary', LONG: 'canary-tail' };
    const result = await penguins.run(['check'], { env });
    assert.equal(result.exitCode, 2, result.text);
    assert.doesNotMatch(result.text, /canary|tail/);
  });
});
