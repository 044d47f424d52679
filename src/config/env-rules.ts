import type { EnvUse } from './env.js';
import type { IssueLog } from './issues.js';
import { renderPath } from './path.js';

/** A file's variables, with its log. */
export interface FileUses {
  readonly uses: readonly EnvUse[];
  readonly log: IssueLog;
}

/** True where a variable is taken as a secret: to connect, to alert, or in an address that may be signed. */
export function isSecretUse(use: EnvUse): boolean {
  return holderOf(use) !== null;
}

/** Keys of a warehouse that only name places and people: messages and printed scripts need them. */
const NAMING: ReadonlySet<unknown> = new Set([
  ...['host', 'hostaddr', 'port', 'dbname', 'database', 'user', 'role', 'sslmode', 'application_name'],
  ...['output_schema', 'account', 'warehouse', 'project', 'location', 'profile', 'target'],
]);

/** Who gets the secret. */
function holderOf({ path }: EnvUse): 'project' | 'model' | null {
  if (path[0] === 'warehouses' && path.length === 3 && NAMING.has(path[2])) return null;
  if (path[0] === 'warehouses' || path[0] === 'alerts') return 'project';
  return path.at(-1) === 'uri' ? 'model' : null;
}

/**
 * Reports variables where they do not belong. One that holds a secret is taken nowhere else: SQL, descriptions and
 * column names go to tables and files, and a model's server is not to get a password. SQL takes none at all, since a
 * value in it would be read as SQL.
 */
export function reportMisplacedVariables(files: readonly FileUses[]): void {
  const secrets = new Map<string, EnvUse>();
  for (const use of files.flatMap(({ uses }) => uses)) {
    if (isSecretUse(use) && !secrets.has(use.name)) secrets.set(use.name, use);
  }
  for (const { uses, log } of files) {
    for (const use of uses) {
      const secret = secrets.get(use.name);
      if (secret !== undefined && holderOf(secret) === holderOf(use)) continue;
      if (secret !== undefined) {
        log.add(use.path, {
          message: `variable ${use.name} holds a secret of ${renderPath(secret.path)}`,
          expected: 'another variable',
        });
      } else if (use.path.at(-1) === 'sql') {
        log.add(use.path, {
          message: `variable ${use.name} has no place in SQL`,
          expected: `{{var "name"}}, and vars: { name: "\${${use.name}}" } in scorehouse.yml`,
        });
      }
    }
  }
}
