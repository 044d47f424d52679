import type { Options, PositionalOptions } from 'yargs';
import type { CommandHandler } from './options.js';

/** A command as data; its code loads only when it runs. */
export interface CommandSpec {
  readonly usage: string;
  readonly summary: string;
  readonly positionals?: Readonly<Record<string, PositionalOptions>>;
  readonly options?: Readonly<Record<string, Options>>;
  readonly examples: readonly (readonly [command: string, what: string])[];
  readonly load: () => Promise<CommandHandler<never>>;
}

/** The positionals that commands share. */
export const TARGET = {
  target: { type: 'string', describe: 'Name of the target', demandOption: true },
} as const;
export const TARGETS = {
  targets: { type: 'string', array: true, describe: 'Names of targets; all where left out' },
} as const;
