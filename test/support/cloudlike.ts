import {
  type Capabilities,
  ScoringError,
  type Statement,
  type WarehouseAdapter,
} from '../../src/contract/index.js';

/** What a cloud warehouse cannot do, and how readers follow there. */
const LIMITED: Partial<Capabilities> = {
  atomicScope: 'dml',
  snapshotReads: 'none',
  repoint: 'guarded-replace',
  orderedReads: false,
  grants: false,
  uniqueIndexes: false,
  columnDefaults: false,
  lease: 'row',
};

/**
 * A real warehouse that can do no more than a cloud one: no statement about an object in a transaction, no snapshots, no
 * order of what is read. What asks for more than that is refused.
 */
export function likeCloud<A extends WarehouseAdapter>(adapter: A, rangeRows: number): A {
  const limits = { ...adapter.capabilities.limits, sortRows: 0, rangeRows, readers: 2 };
  const capabilities: Capabilities = { ...adapter.capabilities, ...LIMITED, limits };
  // A cloud replaces a view and gives it its mark in one statement; here it waits for the one that has the mark.
  let view: Statement | null = null;
  const own: Partial<WarehouseAdapter> = {
    capabilities,
    snapshot: () => Promise.reject(refuse('a snapshot')),
    execute: (statements, options) => {
      if (options.atomic && statements.some(({ ddl }) => ddl === true)) {
        return Promise.reject(refuse(`a transaction with ${statements.find(({ ddl }) => ddl)?.name}`));
      }
      const [first] = statements;
      if (first?.name === 'publish/view_replace') {
        view = first;
        return Promise.resolve([]);
      }
      if (first?.name !== 'publish/view_comment' || view === null)
        return adapter.execute(statements, options);
      return adapter.execute([view, ...statements], { ...options, atomic: true });
    },
    read: (query, columns, options) => {
      if (options.order === 'key') throw refuse('an ordered read');
      return adapter.read(query, columns, options);
    },
  };
  return new Proxy(adapter, {
    get(target, property) {
      if (Object.hasOwn(own, property)) return Reflect.get(own, property);
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function refuse(what: string): ScoringError {
  return new ScoringError(`${what} was asked of a warehouse that has none`, {
    code: 'CAPABILITY',
    stage: 'plan',
  });
}
