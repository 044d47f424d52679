import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { MAX_DEPTH } from './yaml-depth.js';

/** Values that a file may hold once its aliases are followed; what a billion laughs runs into. */
const MAX_VALUES = 20_000;

const CORE_TAGS: ReadonlySet<string> = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);

/** Names that reach an object's prototype. */
const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Something in the YAML itself that is refused, with the offset of its first character. */
export interface YamlFault {
  readonly offset: number;
  readonly message: string;
  readonly expected: string;
}

/** A document as plain JavaScript values, and what was refused on the way. */
export function toPlain(doc: Document): { readonly value: unknown; readonly faults: readonly YamlFault[] } {
  const converter = new Converter(doc);
  const value = converter.convert(doc.contents, 0, 0);
  return { value, faults: converter.faults };
}

/** A key as it is written: `1e3`, not 1000; null where it is no scalar. */
export function keyText(key: unknown): string | null {
  if (!isScalar(key)) return null;
  return key.type === 'PLAIN' && key.source !== undefined ? key.source : String(key.value);
}

class Converter {
  readonly faults: YamlFault[] = [];
  readonly #doc: Document;
  #values = 0;
  #stopped = false;

  constructor(doc: Document) {
    this.#doc = doc;
  }

  convert(node: Node | null, depth: number, parentOffset: number): unknown {
    const offset = node?.range?.[0] ?? parentOffset;
    if (this.#isOverLimit(depth, offset)) return null;
    if (node === null) return this.#refuse(offset, 'no value', 'a value, or the key removed');
    if (isAlias(node)) {
      const target = node.resolve(this.#doc);
      if (target === undefined)
        return this.#refuse(offset, `no anchor &${node.source} before this alias`, 'an anchor');
      return this.convert(target, depth + 1, offset);
    }
    if (node.tag !== undefined && !CORE_TAGS.has(node.tag)) {
      return this.#refuse(offset, `tag ${node.tag} is refused`, 'plain YAML without tags');
    }
    if (isMap(node)) return this.#convertMap(node.items, depth, offset);
    if (isSeq(node)) return node.items.map((item) => this.convert(item as Node | null, depth + 1, offset));
    if (isScalar(node)) {
      if (node.value === null && node.source === '') return this.convert(null, depth, offset);
      return node.value;
    }
    return this.#refuse(offset, 'not a value', 'a text, number, list or mapping');
  }

  #convertMap(pairs: readonly Pair[], depth: number, mapOffset: number): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const pair of pairs) {
      const offset = (pair.key as Node | null)?.range?.[0] ?? mapOffset;
      const key = keyText(pair.key);
      if (key === null || key === '' || isCollection(pair.key))
        this.#refuse(offset, 'not a key', 'a text as the key');
      else if (key === '<<') this.#refuse(offset, 'merge keys (<<) are refused', 'the keys written out');
      else if (REFUSED_KEYS.has(key)) this.#refuse(offset, `key "${key}" is refused`, 'another name');
      else if (Object.hasOwn(result, key)) this.#refuse(offset, `duplicate key "${key}"`, 'each key once');
      else result[key] = this.convert(pair.value as Node | null, depth + 1, offset);
      if (this.#stopped) break;
    }
    return result;
  }

  #isOverLimit(depth: number, offset: number): boolean {
    if (this.#stopped) return true;
    this.#values += 1;
    if (depth > MAX_DEPTH) this.#refuse(offset, 'nested too deep', `at most ${MAX_DEPTH} levels`);
    else if (this.#values > MAX_VALUES)
      this.#refuse(offset, 'too many values', `at most ${MAX_VALUES} values`);
    else return false;
    this.#stopped = true;
    return true;
  }

  #refuse(offset: number, message: string, expected: string): null {
    if (!this.#stopped) this.faults.push({ offset, message, expected });
    return null;
  }
}
