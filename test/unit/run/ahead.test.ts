import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as tick } from 'node:timers/promises';
import { mapAhead, readAhead } from '../../../src/run/ahead.js';

/** Counts how far it was asked, and whether it was closed. */
function newSource(length: number, failAt = -1) {
  const state = { asked: 0, closed: false };
  async function* values(): AsyncGenerator<number> {
    try {
      for (let i = 0; i < length; i++) {
        state.asked = i + 1;
        if (i === failAt) throw new Error(`broken at ${i}`);
        yield i;
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, values: values() };
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) values.push(value);
  return values;
}

describe('readAhead', () => {
  it('gives every value once, in order', async () => {
    const { values } = newSource(10);
    assert.deepEqual(await collect(readAhead(values, 3)), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('reads at most depth values beyond the one that is taken', async () => {
    const { state, values } = newSource(100);
    const ahead = readAhead(values, 3);
    await ahead.next();
    for (let i = 0; i < 20; i++) await tick();
    assert.equal(state.asked, 4);
    await ahead.return(undefined);
  });

  it('gives the values before an error, then the error', async () => {
    const { values } = newSource(10, 2);
    const ahead = readAhead(values, 5);
    assert.equal((await ahead.next()).value, 0);
    assert.equal((await ahead.next()).value, 1);
    await assert.rejects(ahead.next(), /broken at 2/);
  });

  it('closes its source when the consumer leaves early', async () => {
    const { state, values } = newSource(100);
    for await (const value of readAhead(values, 2)) if (value === 3) break;
    assert.equal(state.closed, true);
  });
});

describe('mapAhead', () => {
  it('keeps the order of the source however long each takes', async () => {
    const { values } = newSource(6);
    const slowFirst = async (value: number) => {
      for (let i = 0; i < 6 - value; i++) await tick();
      return value * 10;
    };
    assert.deepEqual(await collect(mapAhead(values, () => 4, slowFirst)), [0, 10, 20, 30, 40, 50]);
  });

  it('has at most depth results under way', async () => {
    const { values } = newSource(30);
    let underWay = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++underWay);
      await tick();
      underWay--;
    };
    await collect(mapAhead(values, () => 3, work));
    assert.equal(most, 3);
  });

  it('waits for what is under way before an error leaves', async () => {
    const { values } = newSource(5);
    let finished = 0;
    const work = async (value: number) => {
      await tick();
      if (value === 0) throw new Error('first failed');
      await tick();
      finished++;
    };
    await assert.rejects(collect(mapAhead(values, () => 3, work)), /first failed/);
    assert.equal(finished, 2);
  });
});
