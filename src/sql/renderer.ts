import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Dialect, ScoringError, type Statement } from '../contract/index.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { compileOptions, newEnvironment, registerHelpers, SQL_HELPERS } from './helpers.js';

/** The folder of the SQL templates, beside `dist` in the package. */
export const SQL_DIR = join(PACKAGE_ROOT, 'sql');

export type TemplateContext = Readonly<Record<string, unknown>>;

/** Renders the SQL templates in one warehouse's words. */
export interface SqlRenderer {
  readonly dialect: Dialect;
  /** `name` is the file's path without `.sql.hbs`; `sql/<kind>/` wins over `sql/base/`. */
  render(name: string, context: TemplateContext, expect?: Statement['expect']): Statement;
  /** False where neither the warehouse nor the base has the template. */
  has(name: string): boolean;
}

type Template = (context: object) => string;

/** First words of statements about objects. The text of a template begins with the template's own words. */
const DDL = /^(?:create|alter|drop|comment|grant|revoke)\b/i;

export function newRenderer(dialect: Dialect): SqlRenderer {
  const environment = newEnvironment();
  registerHelpers(environment, dialect);
  const templates = new Map<string, Template>();

  const load = (name: string): Template => {
    const known = templates.get(name);
    if (known !== undefined) return known;
    const file = findTemplate(dialect.kind, name);
    if (file === null) {
      throw new ScoringError(`${dialect.kind} has no SQL for ${name}`, { code: 'CAPABILITY', stage: 'plan' });
    }
    const template = environment.compile(readFileSync(file, 'utf8'), compileOptions(SQL_HELPERS)) as Template;
    templates.set(name, template);
    return template;
  };

  return {
    dialect,
    has: (name) => findTemplate(dialect.kind, name) !== null,
    render(name, context, expect) {
      const sql = load(name)(Object.assign(Object.create(null) as object, context)).trim();
      return {
        name,
        sql,
        ...(DDL.test(sql) ? { ddl: true } : {}),
        ...(expect === undefined ? {} : { expect }),
      };
    },
  };
}

function findTemplate(kind: string, name: string): string | null {
  return [kind, 'base'].map((folder) => join(SQL_DIR, folder, `${name}.sql.hbs`)).find(existsSync) ?? null;
}
