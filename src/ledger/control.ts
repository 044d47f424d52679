import {
  assertInvariant,
  type ExecuteOptions,
  isScoringError,
  type Relation,
  ScoringError,
  type Statement,
} from '../contract/index.js';
import { toDamaged } from './damage.js';
import { executeTogether, holdsDdl, type Ledger, ledgerRelation, queryRows, renderLedger } from './ledger.js';
import { renderSerialise } from './schema.js';
import { readVersions } from './versions.js';

/** A target's control row as one run holds it. */
export interface Control {
  /** The live version, null before the first publish. */
  readonly pointer: number | null;
  readonly publishSeq: bigint;
  readonly holder: string | null;
  /** Fencing number: a write of another epoch is refused by the warehouse. */
  readonly epoch: bigint;
  /** True while its holder's time has not run out, by the warehouse's clock. */
  readonly held: boolean;
}

/** A target as its holder has it. */
export interface Hold {
  readonly target: string;
  readonly epoch: bigint;
}

/** Longest wait for the control row, in milliseconds: its holder may be in the middle of a long publish. */
const TAKE_WAIT_MS = 2000;

/** The control table of a target: one row in a table of its own, so that targets never block each other. */
export function controlRelation(ledger: Ledger, target: string): Relation {
  return ledgerRelation(ledger, `control_${target}`);
}

/** The control row; null before the target's first run. */
export async function readControl(
  ledger: Ledger,
  target: string,
  signal: AbortSignal,
): Promise<Control | null> {
  const table = controlRelation(ledger, target);
  return (await ledger.adapter.inspect(table, signal)) === null ? null : readRow(ledger, target, signal);
}

async function readRow(ledger: Ledger, target: string, signal: AbortSignal): Promise<Control | null> {
  const table = controlRelation(ledger, target);
  const [row] = await queryRows(ledger, renderLedger(ledger, 'control_read', { table }), 1, signal);
  if (row === undefined) return null;
  return {
    pointer: row.pointer === null ? null : Number(row.pointer),
    publishSeq: BigInt(row.publish_seq ?? 0),
    holder: row.holder === null ? null : String(row.holder),
    epoch: BigInt(row.epoch ?? 0),
    held: row.holder !== null && row.held === true,
  };
}

/**
 * Takes the target for writing: makes its control row where there is none and raises the epoch.
 *
 * @throws LEASE_HELD where another run has it, with its `holder` in the details; LEDGER_DAMAGED where the row is gone
 *   beside versions that were published
 * @param mends takes the target also then: whoever does sets the row to what the ledger has
 */
export async function takeControl(
  ledger: Ledger,
  target: string,
  holder: string,
  signal: AbortSignal,
  mends = false,
): Promise<Control> {
  const table = controlRelation(ledger, target);
  // Asked first, so that nobody waits for the row while its holder publishes.
  const seen = await readControl(ledger, target, signal);
  const unpublished = seen === null || seen.pointer === null;
  if (isHeld(ledger, seen)) throw toHeld(target, seen);
  if (unpublished && !mends) await assertPointed(ledger, target, signal);
  const statements = [
    ...renderSerialise(ledger, table.name),
    renderLedger(ledger, 'control_create', { table }),
    renderLedger(ledger, 'control_init', { table }),
    renderLedger(ledger, 'control_take', { table, holder }, { rows: 1, otherwise: 'LEASE_HELD' }),
  ];
  try {
    await executeTogether(ledger, statements, signal, { lockWaitMs: TAKE_WAIT_MS });
  } catch (error) {
    // The row says whose it is, also where the answer was lost.
    if (isScoringError(error) && error.code === 'OUTCOME_UNKNOWN') {
      const found = await readRow(ledger, target, signal);
      if (found?.holder === holder) return found;
      throw isHeld(ledger, found) ? toHeld(target, found) : error;
    }
    const beaten = isScoringError(error) && (error.code === 'LEASE_HELD' || error.code === 'TIMEOUT');
    const now = beaten ? await readControl(ledger, target, signal) : null;
    throw now === null || now.holder === null ? error : toHeld(target, now);
  }
  return await readOwn(ledger, target, holder, signal);
}

async function readOwn(
  ledger: Ledger,
  target: string,
  holder: string,
  signal: AbortSignal,
): Promise<Control> {
  const control = await readRow(ledger, target, signal);
  assertInvariant(control !== null, `control row of ${target} vanished`, 'ledger');
  // Somebody may have taken it in between: their epoch is not ours to use.
  if (control.holder !== holder) throw toHeld(target, control);
  return control;
}

/**
 * A control row that is gone, or points nowhere, beside a version on record as live: a new row would number publishes
 * from 1 again.
 *
 * @throws LEDGER_DAMAGED
 */
export async function assertPointed(ledger: Ledger, target: string, signal: AbortSignal): Promise<void> {
  const versions = await readVersions(ledger, target, signal);
  const live = versions.find(({ state }) => state === 'live');
  // Asked second: the pointer moves together with the record.
  const control = live === undefined ? null : await readControl(ledger, target, signal);
  const loss = live === undefined ? null : describeLoss(target, control);
  if (live === undefined || loss === null) return;
  throw toDamaged([`${loss}, while version ${live.version} is on record as live`], renderMend(target));
}

/** What is wrong with the control row of a target that was published; null where it points to a version. */
export function describeLoss(target: string, control: Control | null): string | null {
  if (control === null) return `control_${target} has lost its row`;
  return control.pointer === null ? `control_${target} points to no version` : null;
}

/** How a person mends what the ledger knows to be otherwise. */
export function renderMend(target: string): string {
  return `Make it again as the ledger has it, without scoring: scorehouse repair ${target}`;
}

/** True where another run has the target now, by its control row. */
export function isHeld({ adapter }: Ledger, control: Control | null): control is Control {
  return control?.held === true && adapter.capabilities.lease === 'row';
}

/** The LEASE_HELD error, with the `holder` in its details. */
export function toHeld(target: string, { holder, epoch }: Control): ScoringError {
  return new ScoringError(`another run holds ${target}: ${holder}, epoch ${epoch}`, {
    code: 'LEASE_HELD',
    stage: 'ledger',
    retryable: true,
    details: { holder, epoch: String(epoch) },
    hint: 'Wait for it to end and run again. A lease whose holder is gone runs out after 30 seconds.',
  });
}

/** Longest wait of a renewal for the control row, in milliseconds: the run's own publish may have it locked. */
const RENEW_LOCK_WAIT_MS = 5000;

/**
 * Keeps the target for another 30 seconds.
 *
 * @throws LEASE_LOST; TIMEOUT where the row is locked
 */
export async function renewControl(
  ledger: Ledger,
  target: string,
  epoch: bigint,
  signal: AbortSignal,
): Promise<void> {
  const table = controlRelation(ledger, target);
  const expect = { rows: 1, otherwise: 'LEASE_LOST' } as const;
  const statement = renderLedger(ledger, 'control_renew', { table, epoch }, expect);
  // Not atomic in words, so that nobody makes it again: whoever renews comes back by himself.
  const options = { atomic: false, lockWaitMs: RENEW_LOCK_WAIT_MS, signal } as const;
  await ledger.adapter.execute([statement], options);
}

/** Lets the target go, unless somebody has taken it since. */
export function renderRelease(ledger: Ledger, target: string, epoch: bigint): Statement {
  return renderLedger(ledger, 'control_release', { table: controlRelation(ledger, target), epoch });
}

/**
 * Locks the control row until commit and checks the epoch; the last statement of every load. A plain
 * `where epoch = mine` on other tables would not fence: takeover and zombie could both commit.
 */
export function renderFence(ledger: Ledger, target: string, epoch: bigint): Statement {
  const table = controlRelation(ledger, target);
  return renderLedger(ledger, 'fence', { table, epoch }, { rows: 1, otherwise: 'LEASE_LOST' });
}

/**
 * Executes what a run writes beside its loads, the fence as the last statement: a run that lost its lease changes
 * nothing.
 *
 * @throws LEASE_LOST
 */
export async function executeHeld(
  ledger: Ledger,
  { target, epoch }: Hold,
  statements: readonly Statement[],
  signal: AbortSignal,
  options: Pick<ExecuteOptions, 'lockWaitMs'> = {},
): Promise<void> {
  const fence = renderFence(ledger, target, epoch);
  // Where no transaction takes it back, nobody should make or drop an object who has lost the target already.
  const early = !holdsDdl(ledger.adapter) && statements.some(({ ddl }) => ddl === true);
  await executeTogether(ledger, [...(early ? [fence] : []), ...statements, fence], signal, options);
}

/** The compare-and-swap that publishes: the pointer moves only from the publish_seq and epoch that we hold. */
export function renderPointerMove(
  ledger: Ledger,
  target: string,
  control: Control,
  version: number,
): Statement {
  const table = controlRelation(ledger, target);
  const { publishSeq, epoch } = control;
  const context = { table, version, publishSeq, epoch };
  return renderLedger(ledger, 'pointer_move', context, { rows: 1, otherwise: 'LEASE_LOST' });
}

/**
 * Sets the control row to a publish that the ledger has, and lets the target go. A row that was lost begins with epoch
 * 1 again: it gets past every epoch that a run has had.
 */
export function renderPointerMend(
  ledger: Ledger,
  { target, epoch }: Hold,
  version: number,
  publishSeq: bigint,
): Statement {
  const relations = { table: controlRelation(ledger, target), runLog: ledgerRelation(ledger, 'run_log') };
  const context = { ...relations, target, version, publishSeq, epoch };
  return renderLedger(ledger, 'pointer_mend', context, { rows: 1, otherwise: 'LEASE_LOST' });
}
