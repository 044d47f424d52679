import yargs, { type Argv } from 'yargs';
import { ScoringError } from '../contract/index.js';
import type { CommandSpec } from './command-spec.js';
import { COMMANDS } from './commands.js';

/** What argv asks for: a command with its arguments, or text to print. */
export type Parsed =
  | { readonly kind: 'command'; readonly spec: CommandSpec; readonly args: Readonly<Record<string, unknown>> }
  | { readonly kind: 'text'; readonly text: string };

/** @throws USAGE when argv fits no command */
export async function parseArgv(argv: readonly string[], program: string): Promise<Parsed> {
  let chosen: CommandSpec | null = null;
  let text = '';
  const parser = yargs()
    .scriptName('scorehouse')
    .usage('$0 <command>\n\nScores warehouse tables with ONNX models.')
    .version(program)
    .help()
    .alias('h', 'help')
    .strict()
    .demandCommand(1, 'Name a command; scorehouse --help lists them.')
    .recommendCommands()
    .exitProcess(false)
    .wrap(110)
    .example('$0 init --demo demo && $0 run --project-dir demo', 'A real table with scores, in one minute')
    .example('$0 plan churn', 'What a run would do')
    .example('$0 run --select tag:nightly --json', 'From a scheduler')
    .epilogue(
      'Exit codes: 0 published · 1 failed, run again · 2 configuration · 3 refused · 4 lease held · 5 outcome unknown · 6 environment · 130 interrupted',
    )
    .fail((message, error) => {
      if (error !== undefined && error !== null) throw error;
      throw usage(message);
    });
  for (const spec of COMMANDS) {
    parser.command(
      spec.usage,
      spec.summary,
      (y) => describe(y, spec),
      () => {
        chosen = spec;
      },
    );
  }
  const args = await parser.parseAsync([...argv], {}, (_error, _args, output) => {
    text = output;
  });
  if (chosen === null) return { kind: 'text', text };
  assertArgs(chosen, args);
  return { kind: 'command', spec: chosen, args };
}

/** What yargs lets through: counts that are none, and options given twice, which it makes a list of. */
function assertArgs(spec: CommandSpec, args: Readonly<Record<string, unknown>>): void {
  for (const [name, { type, array }] of Object.entries({ ...spec.options, ...spec.positionals })) {
    const value = args[name];
    if (Array.isArray(value) && array !== true) throw usage(`--${name}: expected it once`);
    if (type === 'number' && value !== undefined && !isCount(value)) {
      throw usage(`--${name}: expected a whole number of 0 or more`);
    }
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function usage(message: string): ScoringError {
  return new ScoringError(message, {
    code: 'USAGE',
    stage: 'cli',
    hint: 'scorehouse <command> --help shows its options.',
  });
}

function describe(y: Argv, spec: CommandSpec): Argv {
  for (const [name, options] of Object.entries(spec.positionals ?? {})) y.positional(name, options);
  y.options({ ...spec.options });
  for (const [command, what] of spec.examples) y.example(command, what);
  return y;
}
