import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Instruction sets that kernels of the engine are chosen by; scores may differ in their last bits between them. */
const TOLD = /^(avx.*|fma|f16c|amx_.*|asimd.*|sve.*|bf16|i8mm)$/;

/** The processor's model and the instruction sets that matter to scores, for the ledger. */
export function readCpuFeatures(): string {
  const model = cpus()[0]?.model ?? 'unknown';
  return [model, ...readFlags().filter((flag) => TOLD.test(flag))].join(' ');
}

/** What Linux lists; elsewhere nothing, and the model has to do. */
function readFlags(): readonly string[] {
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return line?.[1]?.split(' ') ?? [];
  } catch {
    return [];
  }
}
