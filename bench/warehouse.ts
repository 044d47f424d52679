import type { ModelName } from './data.js';

export const STRATEGIES = ['swap', 'merge'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** One thing to measure: a model over so many rows, written in one of the ways. */
export interface Job {
  readonly model: ModelName;
  readonly strategy: Strategy;
  readonly rows: number;
}

/** The same job by other means. */
export interface Peer {
  readonly about: string;
  /** Too slow to be measured in every round. */
  readonly once?: true;
}

/** A warehouse whose speed is measured, and what stands beside it. */
export interface BenchWarehouse extends AsyncDisposable {
  readonly kind: 'duckdb' | 'postgres';
  /** What the figures were taken on, beside the machine; null where there is nothing to say. */
  readonly about: string | null;
  readonly peers: Readonly<Record<string, Peer>>;
  /** The ways to write that the peers know, in the order of the report. */
  readonly strategies: readonly Strategy[];
  /** The project with a target for every model and strategy. */
  readonly project: string;
  /** The project's target for a job. */
  targetOf(job: Job): string;
  /** Has the input hold the job's rows, for us and for the peers, and nothing be published. */
  begin(job: Job, peers: readonly string[]): Promise<void>;
  /** What `stages.js` opens. */
  address(job: Job): string;
  /** The peer's script in `python/`, and its arguments. */
  peerCommand(peer: string, job: Job, cores: number): readonly [script: string, ...args: string[]];
  /** Tidies up after a measured process; its time does not count. */
  settle(): Promise<void>;
  /** CPU seconds that the server's processes have used so far; null where the warehouse is inside of ours. */
  serverCpu(): Promise<number | null>;
}
