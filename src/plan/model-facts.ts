import type { Widths } from './bind-outputs.js';
import type { TensorInfo } from './scoring-spec.js';

/** What is known of one model of a target before a plan is made. */
export interface ModelFacts {
  /** Of `models:`, the prefix of its columns; null for the one model of a target. */
  readonly name: string | null;
  readonly uri: string;
  readonly sha256: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly widths: Widths;
  /** Of one worker; null where the model does not take made-up rows. */
  readonly rowsPerSecond: number | null;
}
