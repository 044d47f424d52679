import { isDeepStrictEqual } from 'node:util';
import type { IssueLog } from './issues.js';
import { isBuiltUri } from './model-uri.js';
import { isMapping, type Path } from './path.js';
import { showValue } from './show.js';

/** A key that parses but whose behaviour, for all values but the built ones, is not built yet. */
export interface NotBuilt {
  /** Keys from the root; `*` is every key or item. */
  readonly at: string;
  /** The values that are built; none where left out. */
  readonly built?: readonly unknown[];
  /** Where a list of values cannot say it. */
  readonly isBuilt?: (value: unknown) => boolean;
  /** What `isBuilt` takes, in words. */
  readonly expected?: string;
}

/** scorehouse.yml. */
export const PROJECT_NOT_BUILT: readonly NotBuilt[] = [{ at: 'prices' }, { at: 'alerts', built: [[]] }];

/** targets/*.yml. A row leaves the table when its behaviour is built. */
export const TARGET_NOT_BUILT: readonly NotBuilt[] = [
  { at: 'source.dbt' },
  { at: 'source.features' },
  { at: 'source.timezone', built: ['UTC'] },
  ...['model', 'models.*'].flatMap((model): NotBuilt[] => [
    {
      at: `${model}.uri`,
      isBuilt: (value) => typeof value !== 'string' || isBuiltUri(value),
      expected: 'a local file, or an https: URI',
    },
  ]),
  { at: 'write.history', built: [false] },
  { at: 'incremental' },
  { at: 'on_new_model', built: ['all'] },
  { at: 'schedule' },
  { at: 'slo' },
];

/** Reports what a file asks for that is not built; keys with other issues are left to those. */
export function reportNotBuilt(root: unknown, table: readonly NotBuilt[], log: IssueLog): void {
  for (const row of table) {
    for (const { path, value } of findAll(root, row.at.split('.'), [])) {
      if (isBuilt(row, value) || log.has(path)) continue;
      const built = row.built?.map((each) => (isDeepStrictEqual(each, []) ? 'an empty list' : String(each)));
      log.add(path, {
        message: describe(row, value),
        expected: row.expected ?? built?.join(', ') ?? 'the key left out',
        at: 'key',
      });
    }
  }
}

function isBuilt({ built, isBuilt: predicate }: NotBuilt, value: unknown): boolean {
  return predicate?.(value) ?? built?.some((each) => isDeepStrictEqual(each, value)) ?? false;
}

/** Names the value where another one is built, else it is the key that is not. */
function describe(row: NotBuilt, value: unknown): string {
  const hasBuiltValues = row.built !== undefined || row.isBuilt !== undefined;
  const isNamed = hasBuiltValues && (typeof value !== 'object' || value === null);
  return isNamed ? `${showValue(value).replace(/^"|"$/g, '')} is not built yet` : 'not built yet';
}

interface Found {
  readonly path: Path;
  readonly value: unknown;
}

function findAll(value: unknown, parts: readonly string[], path: Path): readonly Found[] {
  const [part, ...rest] = parts;
  if (part === undefined) return [{ path, value }];
  if (part === '*' && Array.isArray(value)) {
    return value.flatMap((item, index) => findAll(item, rest, [...path, index]));
  }
  if (!isMapping(value)) return [];
  const keys = part === '*' ? Object.keys(value) : Object.hasOwn(value, part) ? [part] : [];
  return keys.flatMap((key) => findAll(value[key], rest, [...path, key]));
}
