import { type Dialect, ScoringError } from '../contract/index.js';
import { newEnvironment, renderLiteral } from './helpers.js';

export type Vars = Readonly<Record<string, string | number | boolean>>;

/**
 * SQL that the user wrote, with `{{var "name"}}` as a typed literal. Nothing else can be reached from it.
 *
 * @throws PLAN_INVALID for another helper, an unknown variable or a broken template
 */
export function renderUserSql(sql: string, vars: Vars, dialect: Dialect, where: string): string {
  const [text = '', ...others] = splitUserSql(sql, vars, dialect, where);
  if (others.length > 0)
    throw toTemplateError('{{this}} is the table of a check, and this is a source', where);
  return text;
}

/**
 * SQL of a check, which may also hold `{{this}}` for the table that it checks.
 *
 * @returns the text, variables rendered, cut at each `{{this}}`: one part more than there are of those
 * @throws PLAN_INVALID as `renderUserSql`
 */
export function splitUserSql(sql: string, vars: Vars, dialect: Dialect, where: string): readonly string[] {
  const text = sql.trim().replace(/;\s*$/, '');
  if (!text.includes('{{')) return [text];
  const parts = [''];
  const append = (piece: string) => parts.push(`${parts.pop()}${piece}`);
  try {
    // The template is read, not run: no helper, block, partial or path can do anything.
    for (const node of newEnvironment().parse(text).body) {
      if (node.type === 'CommentStatement') continue;
      if (node.type === 'ContentStatement') append((node as hbs.AST.ContentStatement).value);
      else if (isThis(node)) parts.push('');
      else append(renderVar(nameOfVar(node), vars, dialect));
    }
    return parts;
  } catch (cause) {
    throw toTemplateError(messageOf(cause), where, cause);
  }
}

function isThis(node: hbs.AST.Statement): boolean {
  if (node.type !== 'MustacheStatement') return false;
  const { path, params, hash } = node as hbs.AST.MustacheStatement;
  const { original, parts } = path as hbs.AST.PathExpression;
  return original === 'this' && parts.length === 0 && params.length === 0 && !hash;
}

function nameOfVar(node: hbs.AST.Statement): string {
  const { path, params, hash } = node as hbs.AST.MustacheStatement;
  const helper = (path as hbs.AST.PathExpression | undefined)?.original;
  const line = `line ${node.loc.start.line}`;
  if (helper === undefined) throw new Error(`${line}: ${node.type} is refused`);
  if (node.type !== 'MustacheStatement' || helper !== 'var')
    throw new Error(`${line}: unknown helper ${helper}`);
  const [name, ...others] = params;
  if (name?.type === 'StringLiteral' && others.length === 0 && !hash) {
    return (name as hbs.AST.StringLiteral).value;
  }
  throw new Error(`${line}: var takes one name, in quotes`);
}

function renderVar(name: string, vars: Vars, dialect: Dialect): string {
  if (!Object.hasOwn(vars, name)) {
    throw new Error(
      `unknown variable ${JSON.stringify(name)}; known: ${Object.keys(vars).join(', ') || 'none'}`,
    );
  }
  const value = vars[name] as Vars[string];
  if (typeof value === 'boolean') return renderLiteral(dialect, value, 'bool');
  if (typeof value === 'string') return renderLiteral(dialect, value, 'text');
  return renderLiteral(dialect, value, Number.isSafeInteger(value) ? 'int64' : 'double');
}

function toTemplateError(message: string, where: string, cause?: unknown): ScoringError {
  return new ScoringError(`${where}: ${message}`, {
    code: 'PLAN_INVALID',
    stage: 'plan',
    hint: 'SQL may hold {{var "name"}}, with the name declared under `vars` in scorehouse.yml, and in a check {{this}}, the table that it checks; nothing else.',
    cause,
  });
}

function messageOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}
