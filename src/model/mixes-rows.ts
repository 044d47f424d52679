import type { OperatorUse } from './onnx.js';

/** Operators of ONNX and of onnxruntime that take one scale from all values that they are given. */
const DYNAMIC = /^DynamicQuantize/;

/** True where a row's score depends on the rows that are scored beside it. */
export function mixesRows(operators: readonly OperatorUse[]): boolean {
  return operators.some(({ op }) => DYNAMIC.test(op));
}
