import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VersionRecord, VersionState } from '../../../src/ledger/versions.js';
import { chooseDropped } from '../../../src/publish/retention.js';

const STATES: readonly VersionState[] = ['kept', 'kept', 'kept', 'kept', 'live'];

const CASES: readonly [string, readonly VersionState[], number, number | null, number, readonly number[]][] =
  [
    ['the oldest beyond keep_versions', STATES, 5, 4, 3, [2, 1]],
    ['nothing while there is room', STATES, 5, 4, 5, []],
    ['never the rollback target', STATES, 5, 1, 3, [2]],
    ['all but live and rollback target under 1', STATES, 5, 4, 1, [3, 2, 1]],
    ['all but the live one where nothing is to roll back to', STATES, 5, null, 1, [4, 3, 2, 1]],
    ['never the live one, though it is the oldest', ['live', 'kept', 'kept'], 1, 3, 1, [2]],
    ['what failed, whatever there is room for', ['failed', 'kept', 'live'], 3, 2, 9, [1]],
    ['what was being dropped', ['dropping', 'kept', 'live'], 3, 2, 9, [1]],
    ['nothing that is gone or being filled', ['dropped', 'filling', 'live'], 3, null, 1, []],
  ];

for (const [name, states, live, rollbackTo, keep, dropped] of CASES) {
  test(`drops ${name}`, () => {
    const chosen = chooseDropped(states.map(record), live, rollbackTo, keep);
    assert.deepEqual(
      chosen.map(({ version }) => version),
      dropped,
    );
  });
}

function record(state: VersionState, i: number): VersionRecord {
  return {
    target: 'churn',
    version: i + 1,
    relation: `churn__v${i + 1}`,
    runId: null,
    modelSha256: null,
    modelVersion: null,
    scoredAt: null,
    contractHash: null,
    state,
  };
}
