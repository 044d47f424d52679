import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Feature values that the crashing worker knows. */
export const CRASHES = 666;
export const CRASHES_ONCE = 667;
/** Takes 32 MB more at every block. */
export const GROWS = 668;

/** The program of workers that crash. */
export const CRASHING_WORKER = new URL('./crashing-worker.js', import.meta.url);

/** The file that tells a worker that another one of the same parent has crashed already. */
export function crashMarker(parent: number): string {
  return join(tmpdir(), `scorehouse-crashed-once-${parent}`);
}
