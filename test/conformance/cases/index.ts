import type { Case } from '../case.js';
import type { Subject } from '../subject.js';
import { arrayCases } from './arrays.js';
import { closeCases } from './close.js';
import { dependentsCases } from './dependents.js';
import { describeCases } from './describe.js';
import { dialectCases } from './dialect.js';
import { executeCases } from './execute.js';
import { inspectCases } from './inspect.js';
import { loadCases } from './load.js';
import { loadAtomicCases } from './load-atomic.js';
import { queryCases } from './query.js';
import { rangesCases } from './ranges.js';
import { readCases } from './read.js';
import { readEndCases } from './read-end.js';
import { readKeyCases } from './read-key.js';
import { snapshotCases } from './snapshot.js';

/** Every case of the contract, those of the subject's own types among them. */
export function casesOf(subject: Subject): readonly Case[] {
  return [
    ...describeCases(subject),
    ...readCases(subject),
    ...readKeyCases,
    ...readEndCases,
    ...loadCases,
    ...loadAtomicCases,
    ...arrayCases,
    ...executeCases,
    ...queryCases,
    ...inspectCases,
    ...snapshotCases,
    ...rangesCases,
    ...dependentsCases,
    ...closeCases,
    ...dialectCases,
  ];
}
