import type { EnvUse } from './env.js';
import type { IssueLog } from './issues.js';
import { renderPath } from './path.js';

/** A file's variables, with its log. */
export interface FileUses {
  readonly uses: readonly EnvUse[];
  readonly log: IssueLog;
}

/** True where the project file takes a variable as a secret. */
export function isSecretUse({ path }: EnvUse): boolean {
  return path[0] === 'warehouses' || path[0] === 'alerts';
}

/**
 * Reports variables where they do not belong. One that holds a secret is taken nowhere else: SQL, descriptions and
 * column names go to tables and files. SQL takes none at all, since a value in it would be read as SQL.
 */
export function reportMisplacedVariables(project: FileUses, targets: readonly FileUses[]): void {
  const secrets = new Map(
    project.uses.filter(isSecretUse).map(({ name, path }) => [name, renderPath(path)] as const),
  );
  for (const { uses, log } of [project, ...targets]) {
    for (const use of uses) {
      if (log === project.log && isSecretUse(use)) continue;
      const holder = secrets.get(use.name);
      if (holder !== undefined) {
        log.add(use.path, {
          message: `variable ${use.name} holds a secret of ${holder}`,
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
