import type { TensorInfo } from '../../plan/scoring-spec.js';
import type { InspectedOutput, ModelInspection } from '../../run/inspect-model.js';
import { formatBytes, renderTable, toCell } from './text.js';

/** Longest text of a metadata entry on a terminal. */
const MAX_SHOWN = 100;

/** A model as one JSON document. */
export function toInspectionDocument({
  uri,
  manifest,
  model,
  engine,
  inputs,
  outputs,
}: ModelInspection): object {
  return {
    file: uri,
    ...manifest,
    producer: model.producer,
    producer_version: model.producerVersion,
    domain: model.domain,
    model_version: model.modelVersion,
    description: model.description,
    ir_version: model.irVersion,
    opsets: Object.fromEntries([...model.opsets].map(([domain, version]) => [domain || 'ai.onnx', version])),
    metadata: Object.fromEntries(model.metadata),
    operators: model.operators,
    engine,
    inputs,
    outputs: outputs.map(({ isZipMap, ...output }) => ({ ...output, zipmap: isZipMap })),
  };
}

/** A model as a person reads it. */
export function renderInspection({ uri, manifest, model, inputs, outputs }: ModelInspection): string {
  const opsets = [...model.opsets].map(([domain, version]) => `${domain || 'ai.onnx'} ${version}`);
  const facts = [
    ['file', uri],
    ['sha256', manifest.sha256],
    ...manifest.files.map(({ path, bytes }) => ['', `${path}, ${formatBytes(bytes)}`]),
    ['producer', `${model.producer} ${model.producerVersion}`.trim()],
    ['versions', `IR ${model.irVersion}, opsets ${opsets.join(', ')}`],
    ...model.metadata.map(([key, value]) => [
      key,
      value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value,
    ]),
  ];
  const width = Math.max(...facts.map(([name = '']) => toCell(name).length));
  const head = facts.map(([name, value]) => `${toCell(name).padEnd(width)}  ${toCell(value)}\n`).join('');
  return `${head}
${renderTable(['input', 'type', 'shape'], inputs.map(toRow))}
${renderTable(['output', 'type', 'shape', 'values', 'classes'], outputs.map(toOutputRow))}`;
}

function toRow({ name, type, shape }: TensorInfo): readonly unknown[] {
  return [name, type, `[${shape.map((dim) => (dim === '' ? '?' : dim)).join(', ')}]`];
}

function toOutputRow(output: InspectedOutput): readonly unknown[] {
  const classes = output.labels?.values ?? [];
  const shown = classes.slice(0, 8).join(', ') + (classes.length > 8 ? ', …' : '');
  return [...toRow(output), output.width, `${shown}${output.isZipMap ? ' (ZipMap)' : ''}`];
}
