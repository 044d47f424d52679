import { type Capabilities, type Column, isVariable, newValues, ScoringError } from '../contract/index.js';

/** Rows a second that reading and loading reach at least, for estimates before anything was measured. */
const IO_ROWS_PER_SECOND = 2_000_000;

/** A run that is expected to last longer gets a frozen input, so that a crash can resume. */
const FREEZE_AFTER_SECONDS = 120;

export interface ReadFacts {
  readonly rows: number;
  /** Rows a second of one worker; null where the model was not measured. */
  readonly rowsPerSecond: number | null;
  readonly workers: number;
  readonly snapshot: 'auto' | 'live' | 'frozen';
  readonly capabilities: Capabilities;
}

/** Seconds that reading, scoring and loading take together: the slowest of the three, since they overlap. */
export function estimateSeconds({ rows, rowsPerSecond, workers }: ReadFacts): number {
  const scoring = rowsPerSecond === null ? 0 : rows / (rowsPerSecond * workers);
  return Math.max(rows / IO_ROWS_PER_SECOND, scoring);
}

/** Bytes of a text value, where nobody has measured. */
const TEXT_BYTES = 16;

/** Bytes that the rows take in memory: exact for fixed widths, a guess for texts. */
export function estimateBytes(rows: number, columns: readonly Pick<Column, 'type'>[]): number {
  const widths = columns.map(({ type }) => (isVariable(type) ? TEXT_BYTES : newValues(type, 1).byteLength));
  return rows * widths.reduce((sum, width) => sum + width, 0);
}

/** Predictions of a chunk beyond this are cut smaller: several chunks are under way at a time. */
const MOST_SCORED_BYTES = 32 * 1024 ** 2;

/** A text takes as long as thousands of table rows: in larger chunks a small input would keep one worker busy. */
const MOST_TEXTS = 1024;

/** Rows of a chunk: as asked for; fewer where its predictions are wide, whole blocks then, or where texts are scored. */
export function decideChunkRows(
  asked: number,
  outputs: readonly Pick<Column, 'type'>[],
  blockRows: number,
  hasTexts = false,
): number {
  if (hasTexts) return Math.min(asked, MOST_TEXTS);
  const blocks = Math.floor(MOST_SCORED_BYTES / estimateBytes(blockRows, outputs));
  return Math.min(asked, Math.max(blocks, 1) * blockRows);
}

/**
 * @throws CAPABILITY for a live read where the warehouse has no moment that reads and counts share
 */
export function decideSnapshot(facts: ReadFacts): 'live' | 'frozen' {
  if (facts.capabilities.snapshotReads === 'none') {
    if (facts.snapshot === 'live') throw refuseLive();
    return 'frozen';
  }
  if (facts.snapshot !== 'auto') return facts.snapshot;
  return estimateSeconds(facts) > FREEZE_AFTER_SECONDS ? 'frozen' : 'live';
}

function refuseLive(): ScoringError {
  return new ScoringError('source.snapshot: live is nothing that this warehouse can do', {
    code: 'CAPABILITY',
    stage: 'plan',
    hint: 'Say auto or frozen: the input is copied once, and every row is read and counted from the copy.',
  });
}

export interface Paging {
  readonly paging: 'scan' | 'ranges';
  /**
   * `stored`: rows come in key order by themselves and are not sorted; the gate proves it once more. `any`: the warehouse
   * reads in no order, and a range is a chunk.
   */
  readonly order: 'key' | 'stored' | 'any';
}

/** What there is to page. */
export interface Pageable {
  readonly rows: number;
  /** Rows come in key order by themselves. */
  readonly ascending: boolean;
  /** A key range is cheap to read: a table or file, not a query that every range would run anew. */
  readonly rangeable: boolean;
}

/** One stream where its order is cheap or a second one dear, else key ranges. */
export function decidePaging({ rows, ascending, rangeable }: Pageable, capabilities: Capabilities): Paging {
  const { orderedReads, limits } = capabilities;
  if (!orderedReads) return { paging: 'ranges', order: 'any' };
  const sorted = { paging: 'scan', order: 'key' } as const;
  if (rows <= limits.sortRows) return sorted;
  if (ascending) return { paging: 'scan', order: 'stored' };
  const sortable = !rangeable || (rows <= limits.rangeRows && limits.readers === 1);
  return sortable ? sorted : { paging: 'ranges', order: 'key' };
}

/** Rows of a key range: a chunk where several are read at the same time, else as many as one read sorts well. */
export function decideRangeRows(chunkRows: number, { limits }: Capabilities): number {
  return limits.readers > 1 ? chunkRows : Math.max(limits.rangeRows, chunkRows);
}
