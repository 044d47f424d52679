import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PublishRecord, VersionRecord, VersionState } from '../../../src/ledger/versions.js';
import { findGarbage, type GarbageFacts, type Unfinished } from '../../../src/run/garbage.js';

const HOUR = 3600;

const FACTS: GarbageFacts = { open: [], versions: [], publishes: [], helpers: [] };

function runId(letter: string): string {
  return `00000000-0000-7000-8000-${letter.repeat(12)}`;
}

function open(letter: string, more: Partial<Unfinished> = {}): Unfinished {
  return { runId: runId(letter), state: 'running', resume: 'chunks', idleSeconds: HOUR, ...more };
}

function version(number: number, state: VersionState, letter: string): VersionRecord {
  return {
    target: 'churn',
    version: number,
    relation: `churn__v${number}`,
    runId: runId(letter),
    modelSha256: null,
    modelVersion: null,
    scoredAt: null,
    contractHash: null,
    state,
  };
}

function publish(
  seq: number,
  number: number,
  letter: string,
  kind: PublishRecord['kind'] = 'run',
): PublishRecord {
  return { target: 'churn', publishSeq: BigInt(seq), version: number, runId: runId(letter), kind, rows: 1 };
}

const numbers = (records: readonly VersionRecord[]) => records.map((record) => record.version);
const ids = (runs: readonly { readonly runId: string }[]) => runs.map((run) => run.runId.slice(-1));

for (const { what, runs, closed, spared } of [
  { what: 'the newest that can go on is spared', runs: [open('a')], closed: [], spared: ['a'] },
  { what: 'one older than the newest is closed', runs: [open('b'), open('a')], closed: ['a'], spared: ['b'] },
  { what: 'a live one is closed', runs: [open('a', { resume: null })], closed: ['a'], spared: [] },
  {
    what: 'one that stood still for 12 hours is spared, a second later it is not',
    runs: [open('a', { idleSeconds: 12 * HOUR })],
    closed: [],
    spared: ['a'],
  },
  { what: 'too old', runs: [open('a', { idleSeconds: 12 * HOUR + 1 })], closed: ['a'], spared: [] },
  {
    what: 'what is in doubt is spared, however old and whatever came after',
    runs: [open('b'), open('a', { state: 'unknown', resume: null, idleSeconds: 999 * HOUR })],
    closed: [],
    spared: ['b', 'a'],
  },
] as const) {
  test(`runs: ${what}`, () => {
    const garbage = findGarbage({ ...FACTS, open: runs });
    assert.deepEqual([ids(garbage.runs), ids(garbage.spared)], [closed, spared]);
  });
}

test('versions: what is being filled goes unless its run is spared; live and kept ones never', () => {
  const versions = [
    version(1, 'kept', 'a'),
    version(2, 'failed', 'b'),
    version(3, 'dropping', 'c'),
    version(4, 'dropped', 'd'),
    version(6, 'live', 'e'),
    version(7, 'filling', 'f'),
    version(8, 'filling', '0'),
  ];
  const garbage = findGarbage({ ...FACTS, open: [open('0')], versions });
  assert.deepEqual(numbers(garbage.versions), [2, 3, 7]);
});

const helper = (name: string, letter: string) => `${name}_${letter.repeat(12)}`;

test('helpers: those of a spared run stay, and the images that a rollback reaches', () => {
  const helpers = ['a', 'b', 'c', 'd'].flatMap((letter) =>
    ['in', 'r', 's', 'undo', 'redo'].map((name) => helper(name, letter)),
  );
  const publishes = [publish(3, 1, 'c'), publish(2, 1, 'b'), publish(1, 1, 'a')];
  const garbage = findGarbage({ ...FACTS, open: [open('d')], publishes, helpers });
  const kept = helpers.filter((name) => !garbage.helpers.includes(name));
  assert.deepEqual(kept, [
    ...['undo', 'redo'].flatMap((name) => helper(name, 'b')),
    ...['undo', 'redo'].flatMap((name) => helper(name, 'c')),
    ...['in', 'r', 's', 'undo', 'redo'].map((name) => helper(name, 'd')),
  ]);
});

test('helpers: after a rollback the images of the merge that was taken back stay', () => {
  const publishes = [publish(3, 1, 'a', 'rollback'), publish(2, 1, 'b'), publish(1, 1, 'a')];
  const helpers = [helper('undo', 'b'), helper('redo', 'b'), helper('s', 'b')];
  assert.deepEqual(findGarbage({ ...FACTS, publishes, helpers }).helpers, [helper('s', 'b')]);
});

test('rejects: those of live, kept and spared runs stay, not those of an older merge', () => {
  const versions = [version(1, 'kept', 'a'), version(2, 'live', 'b'), version(3, 'dropped', 'x')];
  const publishes = [publish(4, 2, 'd'), publish(3, 2, 'c'), publish(2, 2, 'b'), publish(1, 1, 'a')];
  const garbage = findGarbage({ ...FACTS, open: [open('0')], versions, publishes });
  assert.deepEqual(garbage.keptRuns.map((id) => id.slice(-1)).sort(), ['0', 'a', 'c', 'd']);
});
