import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Parser,
} from 'yaml';
import { escapeControls } from '../contract/index.js';
import type { ConfigIssue } from './issues.js';
import type { Path } from './path.js';
import { findTooDeep, MAX_DEPTH } from './yaml-depth.js';
import { keyText, toPlain, type YamlFault } from './yaml-plain.js';

/** Largest file that is read, in bytes. */
export const MAX_YAML_BYTES = 256 * 1024;

/** A place in a file, both numbers from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds the place of a value, or of its key; where the path leads nowhere, its nearest ancestor's key. */
export type Locate = (path: Path, at?: 'value' | 'key') => Position;

/** One YAML file: its plain values and their places. Values mean nothing where there are issues. */
export interface YamlSource {
  readonly file: string;
  readonly value: unknown;
  readonly locate: Locate;
  readonly issues: readonly ConfigIssue[];
}

/**
 * Reads YAML 1.2 (core schema) as data only: no tags, no merge keys, no duplicate keys, bounded size, depth and
 * aliases.
 *
 * @param file - the name that issues carry
 */
export function parseYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const start: Locate = () => ({ line: 1, column: 1 });
  const refused = (faults: readonly YamlFault[], locate: Locate = start): YamlSource => ({
    file,
    value: null,
    locate,
    issues: faults.map((fault) => toIssue(file, toPosition(lines, fault.offset), fault)),
  });

  if (Buffer.byteLength(text) > MAX_YAML_BYTES) {
    return refused([
      { offset: 0, message: 'file too large', expected: `at most ${MAX_YAML_BYTES / 1024} KB` },
    ]);
  }
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const tooDeep = findTooDeep(tokens);
  if (tooDeep !== null) {
    return refused([
      { offset: tooDeep, message: 'nested too deep', expected: `at most ${MAX_DEPTH} levels` },
    ]);
  }
  const documents = [
    ...new Composer({ schema: 'core', uniqueKeys: false }).compose(tokens, true, text.length),
  ];
  const doc = documents[0] as Document;
  const locate = toLocate(doc, lines);
  const broken = documentFaults(documents);
  if (broken.length > 0) return refused(broken, locate);
  const { value, faults } = toPlain(doc);
  return faults.length > 0 ? refused(faults, locate) : { file, value, locate, issues: [] };
}

function documentFaults(documents: readonly Document.Parsed[]): readonly YamlFault[] {
  const [doc, second] = documents;
  // What follows the first syntax error is its echo.
  const error = documents.flatMap((each) => each.errors)[0];
  if (error !== undefined) {
    // The commonest cause by far: a brace opens a mapping unless it is quoted.
    const expected = `valid YAML; "\${NAME}" inside { } needs quotes`;
    return [{ offset: error.pos[0], message: `not YAML: ${error.message}`, expected }];
  }
  if (second !== undefined) {
    return [{ offset: second.range[0], message: 'a second document', expected: 'one document in a file' }];
  }
  const version = doc?.directives.yaml.version ?? '1.2';
  return version === '1.2'
    ? []
    : [{ offset: 0, message: `YAML ${version} is refused`, expected: 'YAML 1.2' }];
}

function toIssue(file: string, position: Position, fault: YamlFault): ConfigIssue {
  return {
    file: escapeControls(file),
    ...position,
    path: '',
    message: escapeControls(fault.message),
    got: null,
    expected: fault.expected,
  };
}

function toPosition(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function toLocate(doc: Document, lines: LineCounter): Locate {
  return (path, at = 'value') => {
    let node: Node | null = doc.contents;
    let key: Node | null = doc.contents;
    for (const part of path) {
      const inside: Node | null = isAlias(node) ? (node.resolve(doc) ?? null) : node;
      const child = childOf(inside, part);
      if (child === null) return toPosition(lines, key?.range?.[0] ?? 0);
      ({ key, node } = child);
    }
    return toPosition(lines, (at === 'key' ? key : (node ?? key))?.range?.[0] ?? 0);
  };
}

function childOf(node: Node | null, part: string | number): { key: Node | null; node: Node | null } | null {
  if (isSeq(node) && typeof part === 'number' && part < node.items.length) {
    const item = node.items[part] as Node | null;
    return { key: item, node: item };
  }
  if (!isMap(node)) return null;
  const pair = node.items.find(({ key }) => isScalar(key) && keyText(key) === String(part));
  return pair === undefined ? null : { key: pair.key as Node, node: pair.value as Node | null };
}
