import type { Options } from 'yargs';
import type { Redactor } from '../contract/index.js';
import type { Network } from '../run/fetcher.js';
import type { RunRetries } from '../run/retry.js';

/** Options that several commands share. */
export const PROJECT = {
  'project-dir': { type: 'string', describe: 'Project folder; else the nearest scorehouse.yml upward' },
  warehouse: { type: 'string', alias: 'w', describe: 'Warehouse of scorehouse.yml; else default_warehouse' },
  var: { type: 'string', array: true, nargs: 1, describe: 'Overrides a var: --var country=FR' },
  json: { type: 'boolean', default: false, describe: 'Machine-readable output on stdout' },
} as const satisfies Record<string, Options>;

export const SELECTION = {
  select: {
    type: 'string',
    array: true,
    nargs: 1,
    alias: 's',
    describe: "Targets: a name, 'chur*' or tag:nightly",
  },
  exclude: {
    type: 'string',
    array: true,
    nargs: 1,
    describe: 'Targets to leave out, written as in --select',
  },
} as const satisfies Record<string, Options>;

/** What every command is called with. */
export interface ProjectArgs {
  readonly projectDir?: string;
  readonly warehouse?: string;
  readonly var?: readonly string[];
  readonly json?: boolean;
}

export interface SelectionArgs extends ProjectArgs {
  readonly targets?: readonly string[];
  readonly select?: readonly string[];
  readonly exclude?: readonly string[];
}

export interface Patience {
  /** How failures of a run that pass are tried again. */
  readonly retries?: RunRetries;
  /** How long a warehouse is asked how a commit ended whose answer was lost, in milliseconds. */
  readonly outcomeWaitMs?: number;
}

/** The process as a command sees it: tests pass their own. */
export interface CommandEnv {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** What models from servers come through; the machine's own network where left out. */
  readonly network?: Network;
  /** How long what may pass is waited for; tests wait less. */
  readonly patience?: Patience;
  /** Takes secrets out of what is written; loading a project adds its own. */
  readonly redactor: Redactor;
}

/** A command's work; the number is the exit code. */
export type CommandHandler<Args> = (args: Args, env: CommandEnv) => Promise<number>;
