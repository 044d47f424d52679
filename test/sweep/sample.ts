import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HouseKind } from '../support/house.js';
import { CELLS, copyHouse, makeTemplate, renderCell } from './cell.js';
import { crash, sweepPoint } from './sweep.js';

/** Points of a cell beside those that are always tried. */
const OTHERS = 5;

/** Between a chunk's rejects and its rows, and around the commits of a load and of the publish. */
const ALWAYS = [
  /^after load .*quarantine/,
  /^before ledger rows of load (?!.*quarantine)/,
  /^before ledger rows of load (?!.*quarantine).*: its commit on its way$/,
  /^after load (?!.*quarantine)/,
  /^before execute ledger\/pointer_move$/,
  /^before execute ledger\/pointer_move: its commit on its way$/,
  /^after execute ledger\/pointer_move$/,
];

/** Tests a part of the crash sweep of one warehouse; `npm run sweep` tries every point. */
export function testSample(kind: HouseKind): void {
  for (const [i, cell] of CELLS.filter((each) => each.kind === kind).entries()) {
    test(`a run that is killed at some of its points leaves nothing lost, doubled or half seen (${renderCell(cell)})`, async (t) => {
      const template = await makeTemplate(t, cell);
      const { points } = await crash(await copyHouse(t, template), 0);
      const always = ALWAYS.map((pattern) => points.find((point) => pattern.test(point)) ?? String(pattern));
      // Each cell takes other places of the order, which is nearly the same for all.
      const step = points.length / OTHERS;
      const others = Array.from({ length: OTHERS }, (_, k) => 1 + Math.floor(step * (k + i / CELLS.length)));
      const violations: string[] = [];
      for (const at of [...always, ...others]) {
        const { point, violation } = await sweepPoint(template, at);
        if (point === null) violations.push(`n = ${at}: the run never came by`);
        if (violation !== null) violations.push(`n = ${at}, ${point}: ${violation}`);
      }
      t.diagnostic(`${always.length + others.length} of ${points.length} points`);
      assert.deepEqual(violations, []);
    });
  }
}
