import assert from 'node:assert/strict';
import { it } from 'node:test';
import { NETWORK } from '../../../../src/model/http/network.js';
import { watchTime } from '../../../../src/model/http/watch-time.js';
import { NEVER } from '../../../support/duckdb.js';

const { limits } = NETWORK;

it('a fetch may be silent for 30 s at a time, and take an hour', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  using watch = watchTime(NEVER, limits);
  for (let seconds = 29; seconds < 3600; seconds += 29) {
    t.mock.timers.tick(29_000);
    assert.ok(!watch.signal.aborted, `after ${seconds} s`);
    watch.touch();
  }
  t.mock.timers.tick(29_000);
  assert.match(String(watch.signal.reason), /it took more than 3600 s/);
});

it('a fetch that is silent for longer ends', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  using watch = watchTime(NEVER, limits);
  t.mock.timers.tick(29_000);
  watch.touch();
  t.mock.timers.tick(30_000);
  assert.match(String(watch.signal.reason), /nothing came for 30 s/);
});

it('clocks that are stopped end nothing', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const watch = watchTime(NEVER, limits);
  watch.touch();
  watch[Symbol.dispose]();
  t.mock.timers.tick(3_600_000);
  assert.ok(!watch.signal.aborted);
});
