import type { CommandEnv } from '../options.js';
import { formatCount, formatSeconds } from './text.js';

const BAR_WIDTH = 24;

/** One line that is drawn over itself: rows, rows a second, time left. Silent where no terminal is. */
export class ProgressBar {
  readonly #out: CommandEnv['stdout'];
  #shown = false;

  constructor(out: CommandEnv['stdout']) {
    this.#out = out;
  }

  show(done: number, total: number, rowsPerSecond: number): void {
    if (this.#out.isTTY !== true) return;
    const share = total === 0 ? 1 : Math.min(done / total, 1);
    const filled = Math.round(share * BAR_WIDTH);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    const left = rowsPerSecond > 0 ? `, ${formatSeconds((total - done) / rowsPerSecond)} left` : '';
    const line = `  ${bar} ${formatCount(done)} of ${formatCount(total)} rows, ${formatCount(rowsPerSecond)} rows/s${left}`;
    this.#out.write(`\r\u001b[2K${line.slice(0, (this.#out.columns ?? 100) - 1)}`);
    this.#shown = true;
  }

  /** Ends the line, so that text can follow. */
  end(): void {
    if (this.#shown) this.#out.write('\n');
    this.#shown = false;
  }
}
