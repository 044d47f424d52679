import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { ReaderLog, ReadersOptions, Sight } from './readers.js';

/**
 * Readers in a process of their own, each on a connection of plain `pg`. Polls until its stdin ends, and prints a line
 * once every reader has an answer and, at its end, one line of JSON: a `ReaderLog` of each.
 */
const options = JSON.parse(process.argv[2] ?? '') as ReadersOptions;
const { url, query, readers, isolation, lockWaitMs, pauseMs = 25 } = options;

/** Most looks of one REPEATABLE READ transaction: about two seconds, where the pauses are 25 ms. */
const LOOKS = 60;

const PULSE_MS = 20;

/** How long this process has stood still in all, for want of a core: that is no wait for the server. */
class Stalls {
  #sum = 0;
  #last = performance.now();

  constructor() {
    setInterval(() => this.sum(), PULSE_MS).unref();
  }

  /** In milliseconds, until now. */
  sum(): number {
    const now = performance.now();
    this.#sum += Math.max(0, now - this.#last - PULSE_MS);
    this.#last = now;
    return this.#sum;
  }
}

const stalls = new Stalls();
let stopping = false;
const stopped = once(process.stdin.resume(), 'close').then(() => {
  stopping = true;
});

class Reader {
  readonly #client = new pg.Client({ connectionString: url });
  readonly #blocks: Sight[][] = [];
  #looks = 0;
  #longestMs = 0;

  async open(): Promise<void> {
    await this.#client.connect();
    await this.#client.query(`set lock_timeout = ${lockWaitMs}`);
    await this.#client.query(`set default_transaction_isolation = '${isolation}'`);
    this.#blocks.push([]);
    await this.#look();
  }

  async poll(): Promise<ReaderLog> {
    while (!stopping) {
      if (isolation === 'read committed') await this.#look();
      else await this.#transaction();
    }
    await this.#client.end();
    return { blocks: this.#blocks, looks: this.#looks, longestMs: this.#longestMs };
  }

  /** As long as a report of several queries, each time another length. */
  async #transaction(): Promise<void> {
    this.#blocks.push([]);
    await this.#client.query('begin');
    const looks = 2 + Math.floor(Math.random() * LOOKS);
    for (let i = 0; i < looks; i++) await this.#look();
    await this.#client.query('commit');
  }

  async #look(): Promise<void> {
    const [at, start, stalled] = [Date.now(), performance.now(), stalls.sum()];
    const { rows } = await this.#client.query<unknown[]>({ text: query, rowMode: 'array' });
    const waited = performance.now() - start - (stalls.sum() - stalled);
    this.#longestMs = Math.max(this.#longestMs, waited);
    this.#looks++;
    const answer = JSON.stringify(rows[0]);
    const block = this.#blocks.at(-1) ?? [];
    const last = block.at(-1);
    if (last?.answer === answer) last.last = at;
    else block.push({ answer, first: at, last: at });
    await sleep(pauseMs);
  }
}

const all = Array.from({ length: readers }, () => new Reader());
await Promise.all(all.map((reader) => reader.open()));
process.stdout.write('ready\n');
const logs = await Promise.all(all.map((reader) => reader.poll()));
await stopped;
process.stdout.write(`${JSON.stringify(logs)}\n`);
