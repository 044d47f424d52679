import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WAREHOUSE_SCHEMAS } from '../../adapters/index.js';
import { type LoadedProject, loadProject, type ResolvedTarget } from '../../src/config/index.js';
import * as onnx from '../support/onnx-file.js';
import { writeProjectFile } from '../support/project.js';

/** What a schedule chooses of its target. */
export interface TargetChoice {
  readonly strategy: 'swap' | 'merge';
  readonly snapshot: 'live' | 'frozen';
  readonly chunkRows: number;
}

/** Most rejected rows of a run. */
export const BUDGET = 2;

/** In a text column of every row: nothing that a run tells may show it. */
export const CANARY = 'canary-of-a-row';

/** 2x + 1, which floats hold exactly for small whole numbers: so the expected scores are plain arithmetic. */
const MODEL = onnx.model({
  graph: onnx.graph({
    nodes: [
      onnx.node({ op: 'Mul', inputs: ['x', 'two'], outputs: ['doubled'] }),
      onnx.node({ op: 'Add', inputs: ['doubled', 'one'], outputs: ['y'] }),
    ],
    initializers: [
      onnx.tensor({ name: 'two', dims: [1], raw: toBytes(2) }),
      onnx.tensor({ name: 'one', dims: [1], raw: toBytes(1) }),
    ],
    inputs: [onnx.value('x', 1, ['N'])],
    outputs: [onnx.value('y', 1, ['N'])],
  }),
});

const TARGET = `name: scores
source: { sql: "select * from source" }
key: [id]
model: { uri: model.onnx }
features: { x: { nulls: quarantine } }
passthrough: [state, note]
write: { keep_versions: 2 }
errors: { budget: ${BUDGET} }
resources: { workers: 1 }
`;

/** The project that all schedules of a process share: one target over one source. */
export class ScheduleProject implements Disposable {
  readonly #dir: string;
  readonly #loaded: LoadedProject;

  private constructor(dir: string, loaded: LoadedProject) {
    this.#dir = dir;
    this.#loaded = loaded;
  }

  static async make(warehouse: Readonly<Record<string, string>>): Promise<ScheduleProject> {
    const dir = mkdtempSync(join(tmpdir(), 'scorehouse-schedules-'));
    const entry = JSON.stringify(warehouse);
    writeProjectFile({ dir }, 'scorehouse.yml', `name: shop\nwarehouses: { dev: ${entry} }\n`);
    writeProjectFile({ dir }, 'model.onnx', MODEL);
    writeProjectFile({ dir }, 'targets/scores.yml', TARGET);
    const options = { env: {}, warehouseSchemas: WAREHOUSE_SCHEMAS, varOverrides: {} };
    return new ScheduleProject(dir, await loadProject(dir, options));
  }

  get project(): LoadedProject['project'] {
    return this.#loaded.project;
  }

  get warehouse() {
    return this.project.warehouses.get('dev') as NonNullable<ReturnType<typeof this.project.warehouses.get>>;
  }

  target({ strategy, snapshot, chunkRows }: TargetChoice): ResolvedTarget {
    const [target] = this.#loaded.targets;
    if (target === undefined) throw new Error('the project has no target');
    const { write, resources } = target;
    return {
      ...target,
      snapshot,
      write: { ...write, strategy },
      resources: { ...resources, chunkRows },
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

function toBytes(value: number): Uint8Array {
  return new Uint8Array(Float32Array.of(value).buffer);
}
