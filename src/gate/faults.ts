import { assertInvariant, type Column } from '../contract/index.js';
import type { OutputFaults } from '../plan/output-faults.js';
import type { OutputRead, OutputSpec } from '../plan/scoring-spec.js';
import type { GateCheck, GateInput } from './check.js';

/**
 * What only the score workers have seen: scores that are no number behind a boolean, a band or in an array, and those
 * above the last band.
 *
 * @param place the output's, among the prediction columns
 */
export function checkFaults(
  input: GateInput,
  { read, nonfinite }: OutputSpec,
  column: Column,
  place: number,
): readonly GateCheck[] {
  const faults = input.faults[place];
  assertInvariant(faults !== undefined, 'a prediction column without its faults', 'gate');
  return [
    ...(nonfinite === 'fail' ? [checkFinite(input, read, column, faults)] : []),
    ...(read.kind === 'bands' ? [checkBands(input, read, column, faults)] : []),
  ];
}

function checkFinite(
  input: GateInput,
  { kind }: OutputRead,
  { name }: Column,
  { nonfinite }: OutputFaults,
): GateCheck {
  const finding =
    kind === 'array'
      ? `${nonfinite} arrays hold a NaN or infinite value`
      : `${nonfinite} scores are NaN or infinite`;
  const passed = nonfinite === 0;
  const look = kind === 'array' ? lookInArrays(input, name) : lookForNulls(input, name);
  return { name: `${name} finite`, passed, finding, ...(passed ? {} : { look }) };
}

function checkBands(
  input: GateInput,
  { bands, tolerance }: Extract<OutputRead, { kind: 'bands' }>,
  { name }: Column,
  { unbanded }: OutputFaults,
): GateCheck {
  const last = bands.at(-1);
  const passed = unbanded === 0;
  return {
    name: `${name} bands`,
    passed,
    finding: `${unbanded} scores lie above ${last?.upTo}, the bound of the last band "${last?.name}", by more than ${tolerance}`,
    ...(passed ? {} : { look: lookForNulls(input, name) }),
  };
}

function lookInArrays({ ledger, staging }: GateInput, column: string): string {
  return ledger.sql.render('gate/look_nonfinite_elements', { table: staging, column }).sql;
}

function lookForNulls({ ledger, staging }: GateInput, name: string): string {
  return ledger.sql.render('gate/look_nulls', { table: staging, columns: [{ name }] }).sql;
}
