import { existsSync, writeFileSync } from 'node:fs';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { CRASHES, CRASHES_ONCE, crashMarker, GROWS } from './crashing-worker-values.js';

/**
 * A score worker whose engine goes down where a float feature has a certain value: the one ONNX model known to end its
 * process (`bad/crashes.onnx`) does so by all rows of a call, not by one.
 */
type Run = (this: unknown, feeds: Record<string, Tensor>, ...rest: unknown[]) => unknown;
const { prototype } = InferenceSession as unknown as { readonly prototype: { run: Run } };
const { run } = prototype;
const leaked: Uint8Array[] = [];

prototype.run = function (feeds, ...rest) {
  const values = Object.values(feeds).flatMap(({ data }) => (data instanceof Float32Array ? [data] : []));
  const has = (value: number) => values.some((data) => data.includes(value));
  if (has(CRASHES)) process.kill(process.pid, 'SIGSEGV');
  if (has(CRASHES_ONCE) && !existsSync(crashMarker(process.ppid))) {
    writeFileSync(crashMarker(process.ppid), '');
    process.kill(process.pid, 'SIGSEGV');
  }
  if (has(GROWS)) leaked.push(new Uint8Array(32 * 1024 ** 2).fill(1));
  return run.call(this, feeds, ...rest);
};

await import('../../src/score/worker.js');
