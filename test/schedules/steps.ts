import type { TargetChoice } from './project.js';
import type { SourceChange } from './source.js';
import type { TIDYINGS } from './worker.js';

/** What does not change within a schedule. */
export type Setting = Pick<TargetChoice, 'strategy'>;

/** What a person does to the warehouse's objects. */
export const EDITS = ['drop view', 'edit rows', 'add staged rows', 'drop helper'] as const;

/** Where workers are often worth stopping. */
export const PLACES = [
  'before execute ledger/control_create',
  'after execute ledger/control_create',
  'before execute ledger/run_append',
  'before execute ledger/fence',
  'before load',
  'within read',
  'after load',
  'before query gate',
  'before execute ledger/pointer_move',
  'after execute ledger/pointer_move',
] as const;

/**
 * One step of a schedule, as data: it can be kept, read and done again. A new process takes the first free place of
 * three; `who` counts those that are at work, over and over, so that a step nearly always finds somebody.
 */
export type Step =
  | ({ readonly do: 'source' } & SourceChange)
  | ({ readonly do: 'run'; readonly restart: boolean } & Omit<TargetChoice, 'strategy'>)
  | { readonly do: 'promote'; readonly version: number }
  | { readonly do: 'rollback' }
  | { readonly do: 'tidy'; readonly what: (typeof TIDYINGS)[number] }
  /** Given twice, one after the other: the second time nothing changes. */
  | { readonly do: 'tidy twice'; readonly what: (typeof TIDYINGS)[number] }
  /** So many calls further; `pick` says which way where a worker stands at several. */
  | { readonly do: 'advance'; readonly who: number; readonly calls: number; readonly pick: number }
  | { readonly do: 'reach'; readonly who: number; readonly place: (typeof PLACES)[number] }
  | { readonly do: 'finish'; readonly who: number }
  | { readonly do: 'kill'; readonly who: number }
  /** The answer to the next transaction is lost, after or before it took place. */
  | { readonly do: 'lose'; readonly who: number; readonly took: boolean; readonly skip: number }
  /** The call fails where the worker stands. */
  | { readonly do: 'fail'; readonly who: number; readonly passes: boolean }
  /** The publish reaches the warehouse twice. */
  | { readonly do: 'publish twice'; readonly who: number }
  | { readonly do: 'interrupt'; readonly who: number }
  /** Stands still at such a call until its lease has run out and another run has its target. */
  | ({ readonly do: 'overtake'; readonly who: number; readonly place: (typeof PLACES)[number] } & Omit<
      TargetChoice,
      'strategy'
    >)
  /** The lease of whoever holds the target runs out. */
  | { readonly do: 'expire' }
  | { readonly do: 'edit'; readonly what: (typeof EDITS)[number] };

/** A step for people. */
export function renderStep(step: Step): string {
  const { do: what, ...values } = step;
  const told = Object.entries(values).map(([name, value]) => `${name} ${String(value)}`);
  return `${what}${told.length === 0 ? '' : ` (${told.join(', ')})`}`;
}
