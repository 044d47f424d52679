import { parseArgs } from 'node:util';
import { findPostgres } from '../support/postgres-server.js';
import { CELLS, type Cell, makeTemplate, renderCell } from './cell.js';
import { Endings } from './endings.js';
import { sweepPoint } from './sweep.js';

/**
 * Kills a run at its first point, its second and so on until one ends before it gets there, for every warehouse,
 * strategy and way to read: `npm run sweep`. Words choose among these, and `--at` one point by its number or name:
 * `npm run sweep -- postgres swap frozen --at 37`.
 */
const { values, positionals } = parseArgs({
  options: { at: { type: 'string' }, jobs: { type: 'string', default: '2' } },
  allowPositionals: true,
});
const cells = CELLS.filter((cell) => positionals.every((word) => renderCell(cell).split(' ').includes(word)));
/** Lines of the table, one for each cell that is done. */
const lines: string[] = [];

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function sweepCell(cell: Cell): Promise<void> {
  await using endings = new Endings();
  const template = await makeTemplate(endings, cell);
  const start = performance.now();
  let [points, failures] = [0, 0];
  for (let n = 1; ; n++) {
    const { point, violation } = await sweepPoint(template, values.at ?? n);
    if (violation !== null) {
      failures++;
      process.exitCode = 1;
      say(`VIOLATION ${renderCell(cell)}, n = ${values.at ?? n}, ${point ?? 'not killed'}\n${violation}\n`);
    }
    if (point !== null) points++;
    if (points % 25 === 0) process.stderr.write(`${renderCell(cell)}: ${points} points\n`);
    if (point === null || values.at !== undefined) break;
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  const line = `${renderCell(cell).padEnd(22)} ${String(points).padStart(6)} ${String(seconds).padStart(8)} ${String(failures).padStart(9)}`;
  lines.push(line);
  say(line);
}

if (cells.length === 0) throw new Error(`no cell is ${positionals.join(' ')}`);
await using server = await findPostgres();
if (server === null && cells.some(({ kind }) => kind === 'postgres'))
  throw new Error('no Postgres was found');
if (server !== null) process.env.SCOREHOUSE_TEST_POSTGRES = server.url;
const waiting = [...cells];
const work = async () => {
  for (let cell = waiting.shift(); cell !== undefined; cell = waiting.shift()) await sweepCell(cell);
};
const start = performance.now();
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
say(`\n${'cell'.padEnd(22)} points  seconds  failures\n${lines.sort().join('\n')}`);
say(`${Math.round((performance.now() - start) / 1000)} s in all`);
