import { assertInvariant } from '../../contract/index.js';
import type { OutputSpec } from '../../plan/scoring-spec.js';
import { ArrayColumn } from './array-column.js';
import type { Taker } from './block.js';
import { CodedColumn } from './coded-column.js';
import type { OutputColumn } from './column.js';
import { Ranking } from './ranking.js';
import { TopColumn } from './top-column.js';
import { ValueColumn } from './value-column.js';

/** What gathers the blocks of a chunk, and the columns that come of it, in the order of their specs. */
export interface Gathering {
  readonly takers: readonly Taker[];
  readonly columns: readonly OutputColumn[];
}

/** Begins a chunk of so many rows. */
export function newGathering(specs: readonly OutputSpec[], rows: number): Gathering {
  const takers: Taker[] = [];
  const rankings = new Map<string, Ranking>();
  const taking = <T extends Taker>(taker: T): T => {
    takers.push(taker);
    return taker;
  };
  const columns = specs.map((spec): OutputColumn => {
    const { read, from, type } = spec;
    if (read.kind === 'value') return taking(new ValueColumn(spec, read, rows));
    if (read.kind === 'top') {
      const { k, sigmoid } = read;
      const same = JSON.stringify([from, k, sigmoid]);
      const ranking = rankings.get(same) ?? taking(new Ranking(from, k, sigmoid, rows));
      rankings.set(same, ranking);
      return new TopColumn(spec, read, ranking, rows);
    }
    if (read.kind !== 'array') return taking(new CodedColumn(spec, read, rows));
    assertInvariant(type.kind === 'array', 'an array is planned as something else', 'score');
    return taking(new ArrayColumn(spec, type, rows));
  });
  return { takers, columns };
}
