import type { CST } from 'yaml';

/** Deepest nesting of lists and mappings; real files have fewer than ten. */
export const MAX_DEPTH = 64;

/**
 * The offset of the first token nested deeper than `MAX_DEPTH`, or null. Looked for before the document is
 * composed, because composing recurses and a hostile file would end in a stack overflow.
 */
export function findTooDeep(tokens: readonly CST.Token[]): number | null {
  const open: { readonly token: CST.Token; readonly depth: number }[] = tokens.map((token) => ({
    token,
    depth: 0,
  }));
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const { token, depth } = entry;
    if (depth >= MAX_DEPTH) return token.offset;
    if (token.type === 'document' && token.value) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const item of token.items) {
      if (item.key) open.push({ token: item.key, depth: depth + 1 });
      if (item.value) open.push({ token: item.value, depth: depth + 1 });
    }
  }
  return null;
}
