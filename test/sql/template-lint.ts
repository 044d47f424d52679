import Handlebars from 'handlebars';
import { SQL_HELPERS } from '../../src/sql/helpers.js';

/** What a template may do beyond the rules for all. */
export interface TemplateRights {
  /** May put in what the user wrote as SQL. */
  readonly rawQuery: boolean;
  /** May hold semicolons, inside a block of the server's own language. */
  readonly block: boolean;
}

const BLOCKS: ReadonlySet<string> = new Set(['each', 'if', 'unless']);
const HELPERS: ReadonlySet<string> = new Set(SQL_HELPERS.filter((name) => !BLOCKS.has(name)));
/** The parameters of each helper; `type` takes the name of a type where `literal` takes it second. */
const ARITY: Readonly<Record<string, number>> = { literal: 2 };
const LOOP_DATA: ReadonlySet<string> = new Set(['@last', '@first', '@index']);

/** All that is wrong with a template, each with its line. */
export function lintTemplate(text: string, rights: TemplateRights): readonly string[] {
  const faults: string[] = [];
  const fault = ({ loc }: hbs.AST.Node, what: string) => faults.push(`line ${loc.start.line}: ${what}`);

  const checkParams = (
    node: hbs.AST.MustacheStatement | hbs.AST.BlockStatement,
    name: string,
    count: number,
  ) => {
    if (node.params.length !== count) fault(node, `${name} takes ${count} parameters`);
    // Typed as always there; absent where none was written.
    if ((node.hash as hbs.AST.Hash | undefined) !== undefined)
      fault(node, `${name} takes no named parameters`);
    for (const param of node.params) {
      if (param.type === 'PathExpression') checkPath(param as hbs.AST.PathExpression);
      else if (param.type !== 'StringLiteral') fault(param, `${param.type} as a parameter`);
    }
  };

  const checkPath = (path: hbs.AST.PathExpression) => {
    if (path.data && !LOOP_DATA.has(path.original))
      fault(path, `${path.original} reaches out of the context`);
    if (path.depth > 0) fault(path, `${path.original} reaches up`);
    if (path.parts.some((part) => ['__proto__', 'constructor', 'prototype'].includes(String(part)))) {
      fault(path, `${path.original} reaches a prototype`);
    }
  };

  const checkValue = (node: hbs.AST.MustacheStatement) => {
    const name = nameOf(node.path);
    if (!node.escaped) fault(node, `triple-stash {{{${name}}}}`);
    if (!HELPERS.has(name)) {
      fault(node, node.params.length === 0 ? `bare {{${name}}}` : `unknown helper ${name}`);
    } else if (node.params.length === 0) {
      fault(node, `bare {{${name}}}`);
    } else {
      checkParams(node, name, ARITY[name] ?? 1);
    }
    if (name === 'rawQuery' && !rights.rawQuery) fault(node, 'rawQuery where no user SQL belongs');
    const kind = name === 'literal' ? node.params[1] : name === 'type' ? node.params[0] : null;
    if (kind !== null && kind?.type !== 'StringLiteral') fault(node, `${name} takes the type as a word`);
    if (name === 'own' && node.params[0]?.type !== 'StringLiteral')
      fault(node, 'own takes the name as a word');
  };

  const checkBlock = (node: hbs.AST.BlockStatement) => {
    const name = nameOf(node.path);
    if (!BLOCKS.has(name)) fault(node, `unknown block ${name}`);
    checkParams(node, name, 1);
    walk(node.program);
    walk(node.inverse);
  };

  const checkText = (node: hbs.AST.ContentStatement, next: hbs.AST.Statement | undefined) => {
    if (node.value.includes(';') && !rights.block) fault(node, 'a semicolon: one statement in a file');
    if (next?.type === 'MustacheStatement' && /['"]$/.test(node.value)) fault(node, 'quotes around a helper');
  };

  // Partial programs of `{{else}}` are absent where it is.
  const walk = (program: hbs.AST.Program | undefined): void => {
    for (const [i, node] of (program?.body ?? []).entries()) {
      switch (node.type) {
        case 'ContentStatement':
          checkText(node as hbs.AST.ContentStatement, program?.body[i + 1]);
          break;
        case 'MustacheStatement':
          checkValue(node as hbs.AST.MustacheStatement);
          break;
        case 'BlockStatement':
          checkBlock(node as hbs.AST.BlockStatement);
          break;
        case 'CommentStatement':
          break;
        default:
          fault(node, node.type);
      }
    }
  };

  walk(Handlebars.parse(text));
  return faults;
}

function nameOf(path: hbs.AST.Node): string {
  return path.type === 'PathExpression' ? (path as hbs.AST.PathExpression).original : path.type;
}
