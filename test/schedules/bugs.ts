import type { Query, Statement, WarehouseAdapter } from '../../src/contract/index.js';
import type { Step } from './steps.js';
import { replaceCalls, rewrite } from './warehouse.js';
import type { Dress } from './worker.js';

/** A bug that somebody might make, put between the program and the warehouse. */
export interface Bug {
  readonly name: string;
  readonly dress: Dress;
  /** Of a search that finds it soon; null where one would take long. */
  readonly seed: number | null;
  /** A short schedule that shows it. */
  readonly shortest: readonly Step[];
}

/** What the statement of that name asks of the epoch is left out. */
function withoutEpoch(statement: Statement): Statement {
  switch (statement.name) {
    case 'ledger/fence':
      return { ...statement, sql: statement.sql.replace(/where epoch = .*$/s, 'where true') };
    case 'ledger/pointer_move':
      return {
        ...statement,
        sql: statement.sql.replace(/and epoch = .*$/s, '').replace(/epoch = .*\n/, 'epoch = epoch\n'),
      };
    default:
      return statement;
  }
}

/** Nobody sees that an earlier run could be gone on with. */
function overlooksRuns(adapter: WarehouseAdapter): WarehouseAdapter {
  return replaceCalls(adapter, {
    query: (statement, options) => {
      const blind = statement.sql.replace(/where r\.target = /, 'where false and r.target = ');
      return adapter.query(
        statement.name === 'ledger/runs_open' ? { ...statement, sql: blind } : statement,
        options,
      );
    },
  });
}

function releasesAnybody(statement: Statement): Statement {
  if (statement.name !== 'ledger/control_release') return statement;
  return { ...statement, sql: statement.sql.replace(/where epoch = .*$/s, '') };
}

/** The pointer moves from whatever publish_seq there is. */
function withoutSwap(statement: Statement): Statement {
  if (statement.name !== 'ledger/pointer_move') return statement;
  return { ...statement, sql: statement.sql.replace(/publish_seq = [^\n]*? and epoch/, 'epoch') };
}

/** The chunks' ledger rows are written in a transaction of their own, once the rows are there. */
function checkpointsApart(adapter: WarehouseAdapter): WarehouseAdapter {
  const load: WarehouseAdapter['load'] = async (relation, parts, options) => {
    const told = (statement: Statement) => statement.name === 'ledger/chunk_insert';
    let apart: readonly Statement[] = [];
    const beside = () => {
      const all = options.with?.() ?? [];
      apart = all.filter(told);
      return all.filter((statement) => !told(statement));
    };
    const rows = await adapter.load(relation, parts, { ...options, with: beside });
    await adapter.execute(apart, { atomic: true, signal: options.signal });
    return rows;
  };
  return replaceCalls(adapter, { load });
}

/** A run that goes on reads its frozen input from the start. */
function readsAllAgain(adapter: WarehouseAdapter): WarehouseAdapter {
  const whole = (query: Query): Query => ({
    sql: query.sql.replace(/where _row > cast\('\d+' as bigint\)/, ''),
  });
  return replaceCalls(adapter, {
    read: (query, columns, options) => adapter.read(whole(query), columns, options),
    query: (statement, options) => adapter.query({ ...statement, ...whole(statement) }, options),
  });
}

const RUN = { do: 'run', restart: false, snapshot: 'frozen', chunkRows: 2 } as const;
const OVERTAKE = {
  do: 'overtake',
  who: 0,
  place: 'before execute ledger/pointer_move',
  snapshot: 'live',
  chunkRows: 2,
} as const;
const FINISH = { do: 'finish', who: 0 } as const;

export const BUGS: readonly Bug[] = [
  {
    name: 'no epoch check',
    dress: (adapter) => rewrite(adapter, withoutEpoch),
    seed: 1,
    shortest: [RUN, OVERTAKE, FINISH],
  },
  {
    name: "checkpoint outside the rows' transaction",
    dress: checkpointsApart,
    seed: 1,
    shortest: [RUN, { do: 'reach', who: 0, place: 'after load' }],
  },
  {
    name: 'no compare-and-swap on publish_seq',
    dress: (adapter) => rewrite(adapter, withoutSwap),
    seed: 1,
    shortest: [RUN, { do: 'publish twice', who: 0 }],
  },
  {
    name: 'a resume that scores again',
    dress: readsAllAgain,
    seed: 3,
    shortest: [
      RUN,
      { do: 'reach', who: 0, place: 'after load' },
      { do: 'kill', who: 0 },
      { do: 'expire' },
      RUN,
      FINISH,
    ],
  },
  {
    name: 'a gc that overlooks resumable runs',
    dress: overlooksRuns,
    seed: 1,
    shortest: [
      RUN,
      { do: 'reach', who: 0, place: 'after load' },
      { do: 'kill', who: 0 },
      { do: 'expire' },
      { do: 'tidy twice', what: 'gc' },
    ],
  },
  {
    name: 'a release without its epoch',
    dress: (adapter) => rewrite(adapter, releasesAnybody),
    // One schedule in hundreds has a promote overtaken: too many to play at every test.
    seed: null,
    shortest: [RUN, FINISH, { do: 'promote', version: 1 }, OVERTAKE, FINISH],
  },
];
