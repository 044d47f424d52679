import type { ResolvedOutput } from './resolved.js';
import type { WrittenTarget } from './target-schema.js';

/** How far outside its range a score may be by default: float32 sums of probabilities pass 1 by about this much. */
const DEFAULT_TOLERANCE = 1e-6;

/** Applies the defaults of a target's outputs; null where it names none. */
export function toOutputs(outputs: WrittenTarget['outputs']): readonly ResolvedOutput[] | null {
  if (outputs === undefined) return null;
  return Object.entries(outputs).map(([name, output]) => ({
    name,
    from: output.from ?? name,
    ...(output.class === undefined ? {} : { class: output.class }),
    ...(output.as === 'array' ? { array: true } : {}),
    ...toDerivation(output),
    ...(output.calibrate === undefined ? {} : { sigmoid: output.calibrate.sigmoid }),
    ...(output.range === undefined ? {} : { range: output.range }),
    tolerance: output.tolerance ?? DEFAULT_TOLERANCE,
    nonfinite: output.nonfinite === undefined ? 'fail' : (output.nonfinite ?? 'null'),
  }));
}

type WrittenOutput = NonNullable<WrittenTarget['outputs']>[string];

function toDerivation({ threshold, bands, top_k: k }: WrittenOutput): Pick<ResolvedOutput, 'derive'> {
  if (threshold !== undefined) return { derive: { kind: 'threshold', from: threshold } };
  if (k !== undefined) return { derive: { kind: 'top', k } };
  if (bands === undefined) return {};
  const sorted = Object.entries(bands).map(([name, upTo]) => ({ name, upTo }));
  return { derive: { kind: 'bands', bands: sorted.sort((a, b) => a.upTo - b.upTo) } };
}
