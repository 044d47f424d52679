import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { countCores } from '../../../src/score/cores.js';

const V2 = '/sys/fs/cgroup/cpu.max';
const QUOTA = '/sys/fs/cgroup/cpu/cpu.cfs_quota_us';
const PERIOD = '/sys/fs/cgroup/cpu/cpu.cfs_period_us';
const ALL = availableParallelism();

const CASES: readonly [string, Readonly<Record<string, string>>, number][] = [
  ['no cgroup', {}, ALL],
  ['v2 without a quota', { [V2]: 'max 100000\n' }, ALL],
  ['v2 with one core', { [V2]: '100000 100000\n' }, 1],
  ['v2 with a part of a core', { [V2]: '5000 100000\n' }, 1],
  ['v2 with a core and a half', { [V2]: '150000 100000\n' }, Math.min(2, ALL)],
  ['v2 with more than there are', { [V2]: '102400000 100000\n' }, ALL],
  ['v2 before v1', { [V2]: 'max 100000', [QUOTA]: '100000', [PERIOD]: '100000' }, ALL],
  ['v1 with one core', { [QUOTA]: '100000\n', [PERIOD]: '100000\n' }, 1],
  ['v1 without a quota', { [QUOTA]: '-1\n', [PERIOD]: '100000\n' }, ALL],
  ['v1 without a period', { [QUOTA]: '100000\n' }, ALL],
  ['an empty file', { [V2]: '' }, ALL],
  ['what is no number', { [V2]: 'some 100000' }, ALL],
];

for (const [name, files, cores] of CASES) {
  test(`cores by ${name}`, () => {
    assert.equal(
      countCores((file) => files[file] ?? null),
      cores,
    );
  });
}
