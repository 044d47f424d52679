import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishRecord } from '../../../src/ledger/versions.js';
import { findStep } from '../../../src/run/find-step.js';

const [A, B, C] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'].map((end) => `0-${end}`) as [
  string,
  string,
  string,
];

/** Publishes from the oldest: run, version, kind. */
function history(
  ...entries: readonly (readonly [string, number, 'run' | 'rollback' | 'promote'])[]
): readonly PublishRecord[] {
  return entries
    .map(([runId, version, kind], i) => ({
      target: 't',
      publishSeq: BigInt(i + 1),
      version,
      runId,
      kind,
      rows: i,
    }))
    .reverse();
}

for (const { what, publishes, kept = [], helpers = [], step } of [
  { what: 'nothing before the first publish', publishes: history([A, 1, 'run']), step: null },
  {
    what: 'another version by its pointer',
    publishes: history([A, 1, 'run'], [B, 2, 'run']),
    kept: [1],
    step: { kind: 'pointer', version: 1, runId: A, rows: 0 },
  },
  {
    what: 'a merge by its before-images',
    publishes: history([A, 1, 'run'], [B, 1, 'run']),
    helpers: [`undo_${B.slice(2)}`],
    step: { kind: 'undo', merged: B, version: 1, runId: A, rows: 0 },
  },
  {
    what: 'no merge whose before-images are gone',
    publishes: history([A, 1, 'run'], [B, 1, 'run']),
    step: null,
  },
  {
    what: 'a merge that was taken back, once more',
    publishes: history([A, 1, 'run'], [B, 1, 'run'], [A, 1, 'rollback']),
    helpers: [`undo_${B.slice(2)}`, `redo_${B.slice(2)}`],
    step: { kind: 'redo', merged: B, version: 1, runId: B, rows: 1 },
  },
  {
    what: 'a merge that followed a rollback, back to what the rollback showed',
    publishes: history([A, 1, 'run'], [B, 1, 'run'], [A, 1, 'rollback'], [C, 1, 'run']),
    helpers: [`undo_${C.slice(2)}`],
    step: { kind: 'undo', merged: C, version: 1, runId: A, rows: 2 },
  },
  {
    what: 'a merge whose version was promoted since',
    publishes: history([A, 1, 'run'], [B, 1, 'run'], [B, 1, 'promote']),
    helpers: [`undo_${B.slice(2)}`],
    step: { kind: 'undo', merged: B, version: 1, runId: A, rows: 0 },
  },
  {
    what: 'an earlier version where the same one was promoted',
    publishes: history([A, 1, 'run'], [B, 2, 'run'], [B, 2, 'promote']),
    kept: [1],
    step: { kind: 'pointer', version: 1, runId: A, rows: 0 },
  },
] as const) {
  test(`a rollback reaches ${what}`, () => {
    assert.deepEqual(findStep(publishes, new Set<number>(kept), new Set<string>(helpers)), step);
  });
}
