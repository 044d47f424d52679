import { ScoringError } from '../contract/index.js';
import { findNearest } from './nearest.js';
import type { Scalar } from './resolved.js';
import { showValue } from './show.js';

/** The declared vars with the command line's values, each read in the type of the value it replaces. */
export function overrideVars(
  declared: Readonly<Record<string, Scalar>>,
  overrides: Readonly<Record<string, string>>,
): Readonly<Record<string, Scalar>> {
  const vars = { ...declared };
  for (const [name, text] of Object.entries(overrides)) {
    const value = Object.hasOwn(declared, name) ? declared[name] : undefined;
    if (value === undefined) throw toUnknownVar(name, Object.keys(declared));
    vars[name] = toScalar(name, text, value);
  }
  return vars;
}

function toUnknownVar(name: string, known: readonly string[]): ScoringError {
  const nearest = findNearest(name, known);
  const expected = known.length === 0 ? 'no vars are declared' : `expected one of ${known.join(', ')}`;
  const help = nearest === null ? expected : `${expected}; did you mean ${nearest}?`;
  return new ScoringError(`--var ${showValue(name)}: unknown var (${help})`, {
    code: 'USAGE',
    stage: 'config',
    details: { name, nearest },
    hint: 'Declare it under vars in scorehouse.yml.',
  });
}

function toScalar(name: string, text: string, declared: Scalar): Scalar {
  if (typeof declared === 'string') return text;
  if (typeof declared === 'number' && text.trim() !== '' && Number.isFinite(Number(text)))
    return Number(text);
  if (typeof declared === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  const expected = typeof declared === 'number' ? 'a number' : 'true or false';
  throw new ScoringError(`--var ${name}: got ${showValue(text)} (expected ${expected})`, {
    code: 'USAGE',
    stage: 'config',
    details: { name },
  });
}
