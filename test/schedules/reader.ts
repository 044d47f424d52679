import type { Warehouse } from './warehouse.js';

/** What a reader sees of the view at one moment, and what the ledger says then. */
export interface Look {
  readonly publishSeq: number;
  readonly epoch: number;
  /** The live version; 0 before the first publish. */
  readonly version: number;
  /** The run of the newest publish. */
  readonly runId: string | null;
  /** Null where there is no view, or it does not answer. */
  readonly seen: Seen | null;
}

interface Seen {
  readonly rows: number;
  readonly keys: number;
  readonly runs: number;
  readonly runId: string | null;
  /** States of the source that its rows are of. */
  readonly states: readonly number[];
  readonly sum: number;
}

const NOTHING: Look = { publishSeq: 0, epoch: 0, version: 0, runId: null, seen: null };

const CONTROL = `select c.publish_seq, c.epoch, coalesce(c.pointer, 0),
    (select cast(run_id as varchar) from scorehouse.publishes order by publish_seq desc limit 1)
  from scorehouse.control_scores as c`;

const VIEW = `select count(*), count(distinct id), count(distinct _run_id), min(cast(_run_id as varchar)),
    min(state), max(state), sum(y) from predictions.scores`;

/** Reads pointer and view by one statement, so that both are of one moment. */
export async function readLook(warehouse: Warehouse): Promise<Look> {
  const both = await ask(warehouse, `select * from (${CONTROL}) as c, (${VIEW}) as v`);
  if (both !== null) return toLook(both);
  const control = await ask(warehouse, CONTROL);
  return control === null ? NOTHING : toLook(control);
}

/** The row, or null where something that the query names is not there. */
async function ask(warehouse: Warehouse, sql: string): Promise<readonly (string | null)[] | null> {
  try {
    return (await warehouse.query(sql))[0] ?? null;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (/does not exist/.test(message)) return null;
    throw error;
  }
}

function toLook(row: readonly (string | null)[]): Look {
  const [publishSeq, epoch, version, runId, rows, keys, runs, seenId, least, most, sum] = row;
  const states = least === null || least === undefined ? [] : [...new Set([Number(least), Number(most)])];
  return {
    publishSeq: Number(publishSeq),
    epoch: Number(epoch),
    version: Number(version),
    runId: runId ?? null,
    seen:
      rows === undefined
        ? null
        : {
            rows: Number(rows),
            keys: Number(keys),
            runs: Number(runs),
            runId: seenId ?? null,
            states,
            sum: Number(sum),
          },
  };
}
