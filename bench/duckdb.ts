import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeData, makeProject, modelFile, WORK } from './data.js';
import type { BenchWarehouse, Job } from './warehouse.js';

const PROJECT = join(WORK, 'project');
const DATABASE = join(PROJECT, 'warehouse.duckdb');
const PEER_DATABASE = join(WORK, 'peer.duckdb');

/** A DuckDB file, and a copy of it for the peers. */
export async function openDuckdbBench(): Promise<BenchWarehouse> {
  await rm(PROJECT, { recursive: true, force: true });
  await makeProject(PROJECT, 'type: duckdb, path: warehouse.duckdb', 'main.input', ['swap']);
  return {
    kind: 'duckdb',
    about: null,
    peers: {
      session: { about: 'one onnxruntime session with a thread a core, the plain idiom' },
      pool: { about: 'a thread pool over one-thread runs, the expert idiom' },
    },
    strategies: ['swap'],
    project: PROJECT,
    targetOf: ({ model, strategy }) => `${model}_${strategy}`,
    async begin({ rows }: Job, peers) {
      const input = await makeData(rows);
      await copyFile(input, DATABASE);
      if (peers.length > 0) await copyFile(input, PEER_DATABASE);
    },
    address: () => DATABASE,
    peerCommand: (peer, { model }, cores) => [
      'peer.py',
      ...['--database', PEER_DATABASE, '--model', modelFile(model)],
      ...['--threads', peer, '--cores', String(cores)],
    ],
    settle: async () => undefined,
    serverCpu: async () => null,
    [Symbol.asyncDispose]: async () => undefined,
  };
}
