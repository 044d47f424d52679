import type { ResolvedProject, ResolvedTarget, ResolvedWarehouse } from '../../config/index.js';
import {
  canListSources,
  isScoringError,
  type Query,
  type Relation,
  renderRelation,
  type ScoringError,
  type WarehouseAdapter,
} from '../../contract/index.js';
import { renderSource } from '../../extract/source.js';
import { buildViewRelation } from '../../plan/build.js';
import type { SqlRenderer } from '../../sql/renderer.js';
import type { Places } from './rights.js';

/** A project's part that rights are asked for. */
export interface Scope {
  readonly project: ResolvedProject;
  readonly warehouse: ResolvedWarehouse;
  readonly sql: SqlRenderer;
  /** All targets of the project: what one publishes another may read. */
  readonly all: readonly ResolvedTarget[];
  readonly targets: readonly ResolvedTarget[];
}

/** What a target's source reads. */
export interface SourcePlaces {
  readonly target: ResolvedTarget;
  readonly query: Query;
  /** Null where it could not be found out. */
  readonly relations: readonly Relation[] | null;
  /** Why not. */
  readonly error: ScoringError | null;
}

/**
 * Finds out what each target's source reads: the warehouse knows it of a query, the target of a table.
 *
 * @param adapter null where nobody can be asked
 */
export async function readSources(
  scope: Scope,
  adapter: WarehouseAdapter | null,
  signal: AbortSignal,
): Promise<readonly SourcePlaces[]> {
  const found: SourcePlaces[] = [];
  for (const target of scope.targets) {
    const query = renderSource(scope.project, target, scope.sql, scope.warehouse.outputSchema.schema);
    try {
      const asked = adapter !== null && canListSources(adapter) ? await adapter.sources(query, signal) : null;
      found.push({ target, query, relations: asked ?? nameTable(scope, target), error: null });
    } catch (error) {
      if (!isScoringError(error) || !['PERMISSION', 'SOURCE_INVALID'].includes(error.code)) throw error;
      found.push({ target, query, relations: nameTable(scope, target), error });
    }
  }
  return found;
}

function nameTable({ warehouse }: Scope, { source }: ResolvedTarget): readonly Relation[] | null {
  if (source.kind !== 'table') return null;
  const { schema = warehouse.outputSchema.schema, ...rest } = source.table;
  return [{ ...rest, schema }];
}

/** Where the targets read and write; what the project itself publishes is no source that others grant. */
export function buildPlaces(scope: Scope, sources: readonly SourcePlaces[]): Places {
  const name = ({ schema, name }: Relation) => renderRelation({ schema, name });
  const own = new Set(scope.all.map((target) => name(viewOf(scope, target))));
  return {
    sources: sources
      .flatMap(({ relations }) => relations ?? [])
      .filter((relation) => !own.has(name(relation))),
    closedSchemas: sources.flatMap(({ error }) =>
      typeof error?.details.deniedSchema === 'string' ? [error.details.deniedSchema] : [],
    ),
    outputSchemas: scope.targets.map((target) => viewOf(scope, target).schema),
    ledgerSchema: scope.project.ledgerSchema.schema,
  };
}

/** The view that readers of a target see. */
export function viewOf({ warehouse, sql }: Scope, target: ResolvedTarget): Relation {
  return buildViewRelation(target, warehouse, sql.dialect);
}
