import type { ModelInspection } from '../run/inspect-model.js';
import { draftOutputs } from './draft-outputs.js';
import { toScalar, toText } from './yaml-text.js';

/** A column proposed for a feature. */
export interface DraftFeature {
  /** The model's input; null where it has one matrix, whose columns have no names. */
  readonly input: string | null;
  readonly column: string;
  /** What the user should look at; null where there is no doubt. */
  readonly doubt: string | null;
}

/** A target as far as a model, and perhaps a table, tell it. */
export interface TargetDraft {
  readonly name: string;
  readonly table: string;
  readonly tableDoubt: string | null;
  readonly key: readonly string[];
  readonly keyDoubt: string | null;
  readonly features: readonly DraftFeature[];
}

/** A target's YAML, with a comment wherever the draft is unsure. */
export function renderTargetDraft(
  draft: TargetDraft,
  { uri, manifest, outputs }: Pick<ModelInspection, 'uri' | 'manifest' | 'outputs'>,
): string {
  const beside = manifest.files.length > 1 ? '\n  external_data: true' : '';
  return `name: ${draft.name}
source:
  table: ${toScalar(draft.table)}${renderDoubt(draft.tableDoubt)}
key: [${draft.key.map(toScalar).join(', ')}]${renderDoubt(draft.keyDoubt)}
model:
  uri: ${toScalar(uri)}
  # sha256: ${manifest.sha256}   # pins this very model${beside}
${renderFeatures(draft.features)}${renderOutputs(outputs)}write:
  table: ${draft.name}
`;
}

function renderFeatures(features: readonly DraftFeature[]): string {
  if (features.length === 0) return '';
  const isList = features.every(({ input }) => input === null);
  const lines = features.map(({ input, column, doubt }) => {
    const bound = column === input ? '' : `column: ${toScalar(column)}, `;
    const entry = input === null ? `- ${toScalar(column)}` : `${toScalar(input)}: { ${bound}nulls: fail }`;
    return `  ${entry}${renderDoubt(doubt)}\n`;
  });
  const heading = isList ? 'features: # in the order of the training\n' : 'features:\n';
  return heading + lines.join('');
}

function renderOutputs(outputs: ModelInspection['outputs']): string {
  const drafts = draftOutputs(outputs);
  if (drafts.length === 0) return '';
  const lines = drafts.map(({ name, keys, doubt }) => {
    const written = Object.entries(keys).map(([key, value]) => `${key}: ${value}`);
    return `  ${name}: { ${written.join(', ')} }${renderDoubt(doubt)}\n`;
  });
  return `outputs:\n${lines.join('')}`;
}

function renderDoubt(doubt: string | null): string {
  return doubt === null ? '' : ` # ${toText(doubt)}`;
}

/** A target's name from a file's: `Churn Model-2.onnx` is `churn_model_2`. */
export function toTargetName(file: string): string {
  const name = file
    .toLowerCase()
    .replace(/\.onnx$/, '')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[_0-9]+|_+$/g, '')
    .slice(0, 40);
  return name === '' ? 'model' : name;
}
