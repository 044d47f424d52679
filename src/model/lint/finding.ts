import type { CutModel } from '../cut.js';
import type { OnnxModel } from '../onnx.js';

/** What is to be known of a model before it is scored with. */
export interface LintFinding {
  /** A name that stays, such as `fixed-batch`. */
  readonly code: string;
  /** `error`: a run refuses the model; `warning`: scores may be wrong or fail; `note`: good to know. */
  readonly severity: 'error' | 'warning' | 'note';
  /** The input, output, operator or part of the file. */
  readonly where: string;
  /** The consequence, as one sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

/** A model that rules look at. */
export interface LintSubject {
  readonly model: OnnxModel;
  readonly cut: Pick<CutModel, 'zipMaps' | 'lists' | 'dropped'>;
}

export type LintRule = (subject: LintSubject) => readonly LintFinding[];
