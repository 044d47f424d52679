import { type Dialect, ScoringError } from '../contract/index.js';
import { compileOptions, newEnvironment, renderLiteral } from './helpers.js';

export type Vars = Readonly<Record<string, string | number | boolean>>;

/**
 * SQL that the user wrote, with `{{var "name"}}` as a typed literal. Nothing else can be reached from it.
 *
 * @throws PLAN_INVALID for another helper, an unknown variable or a broken template
 */
export function renderUserSql(sql: string, vars: Vars, dialect: Dialect, where: string): string {
  const text = sql.trim().replace(/;\s*$/, '');
  if (!text.includes('{{')) return text;
  const environment = newEnvironment();
  environment.registerHelper('var', (name: unknown) => renderVar(name, vars, dialect));
  try {
    assertPlain(environment.parse(text));
    return environment.compile(text, compileOptions(['var']))(Object.create(null));
  } catch (cause) {
    throw new ScoringError(`${where}: ${messageOf(cause)}`, {
      code: 'PLAN_INVALID',
      stage: 'plan',
      hint: 'SQL may hold {{var "name"}}, with the name declared under `vars` in scorehouse.yml, and nothing else.',
      cause,
    });
  }
}

/** Blocks, partials and decorators would render without asking a helper. */
function assertPlain({ body }: hbs.AST.Program): void {
  const other = body.find(({ type }) => !PLAIN.has(type));
  if (other !== undefined) throw new Error(`line ${other.loc.start.line}: ${other.type} is refused`);
}

const PLAIN: ReadonlySet<string> = new Set(['ContentStatement', 'CommentStatement', 'MustacheStatement']);

function renderVar(name: unknown, vars: Vars, dialect: Dialect): string {
  if (typeof name !== 'string' || !Object.hasOwn(vars, name)) {
    throw new Error(
      `unknown variable ${JSON.stringify(name)}; known: ${Object.keys(vars).join(', ') || 'none'}`,
    );
  }
  const value = vars[name] as Vars[string];
  if (typeof value === 'boolean') return renderLiteral(dialect, value, 'bool');
  if (typeof value === 'string') return renderLiteral(dialect, value, 'text');
  return renderLiteral(dialect, value, Number.isSafeInteger(value) ? 'int64' : 'double');
}

function messageOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}
