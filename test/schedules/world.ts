import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Dump, readDump } from './dump.js';
import type { Stand } from './gates.js';
import { checkDump, checkEnd } from './invariants.js';
import type { ScheduleProject } from './project.js';
import { type Look, readLook } from './reader.js';
import { CREATE_SOURCE, renderState, type SourceChange, type SourceState, toState } from './source.js';
import type { Setting } from './steps.js';
import type { Warehouse } from './warehouse.js';
import { type Dress, type Task, Worker } from './worker.js';

/** How long a worker may be busy before the schedule goes on without it: it waits for another's lock. */
const PATIENCE_MS = 4000;

/** How often to look where nothing tells of its end. */
const LOOK_MS = 2;

/** Turns of the event loop without a move after which nobody moves by himself. */
const QUIET_TURNS = 3;

/** A run, and what was there when it began. */
export interface Attempt {
  readonly worker: Worker;
  /** The newest state of the source then. */
  readonly state: number;
  /** How often the view had been edited. */
  readonly edits: number;
}

/** How often something came about: a search that never gets there proves nothing. */
export type Tally = Map<string, number>;

/** A promise that was not kept. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** The warehouse, the processes that use it, a reader, and what all of them have done. */
export class World implements AsyncDisposable {
  readonly warehouse: Warehouse;
  readonly setting: Setting;
  readonly states: SourceState[] = [];
  readonly attempts: Attempt[] = [];
  /** By place; null where none is at work. */
  readonly workers: (Worker | null)[] = [null, null, null];
  /** Versions whose rows a person has changed. */
  readonly edited = new Set<number>();
  /** The hashes that the ledger has of each state of the source. */
  readonly hashes = new Map<number, string>();
  /** True while a person's edit of the view has not been made good. */
  viewEdited = false;
  /** How often the view was edited. */
  edits = 0;
  /** True once a person has put or dropped something that no run expects. */
  meddled = false;
  dump: Dump = { relations: new Map(), digest: '' };
  look: Look;
  /** The newest state of the source that a run has published. */
  #newest = 0;
  #wake: () => void = () => undefined;
  readonly #tally: Tally;
  readonly #all: Worker[] = [];
  readonly #project: ScheduleProject;
  readonly #dress: Dress;

  private constructor(
    warehouse: Warehouse,
    project: ScheduleProject,
    setting: Setting,
    dress: Dress,
    look: Look,
    tally: Tally,
  ) {
    this.#tally = tally;
    this.warehouse = warehouse;
    this.#project = project;
    this.setting = setting;
    this.#dress = dress;
    this.look = look;
  }

  static async open(
    warehouse: Warehouse,
    project: ScheduleProject,
    setting: Setting,
    dress: Dress,
    tally: Tally,
  ): Promise<World> {
    await warehouse.execute(CREATE_SOURCE);
    const world = new World(warehouse, project, setting, dress, await readLook(warehouse), tally);
    await world.change({ rows: 5, salt: 0, rejects: 0, twice: false });
    return world;
  }

  get project(): ScheduleProject {
    return this.#project;
  }

  count(what: string): void {
    this.#tally.set(what, (this.#tally.get(what) ?? 0) + 1);
  }

  async change(change: SourceChange): Promise<void> {
    const state = toState(this.states.length, change);
    this.states.push(state);
    await this.warehouse.execute(...renderState(state));
  }

  /** Starts a process in the first free place. */
  async start(what: string, task: Task): Promise<Worker> {
    const place = this.workers.indexOf(null);
    const worker = await Worker.start(
      `${what} ${this.#all.length + 1}`,
      this.warehouse,
      this.#project,
      this.#dress,
      task,
      () => this.#wake(),
    );
    this.workers[place] = worker;
    this.#all.push(worker);
    this.attempts.push({ worker, state: this.states.length - 1, edits: this.edits });
    await this.settle();
    return worker;
  }

  /** Lets one call through, and looks as a reader and as the judge at what came of it. */
  async pass(worker: Worker, stand: Stand, how: (stand: Stand) => void): Promise<void> {
    const before = stand.point.startsWith('before ');
    const changes = before && /^before (execute|load)/.test(stand.point);
    const fenced = changes && worker.epoch !== null && worker.epoch !== this.look.epoch && !worker.published;
    const digest = fenced ? (await readDump(this.warehouse)).digest : null;
    how(stand);
    await this.settle();
    if (!changes) return;
    const look = await readLook(this.warehouse);
    // To take the target again is no write of the hold that was lost.
    const took = look.epoch !== this.look.epoch;
    if (digest !== null) this.count('calls of a worker that had lost its lease');
    if (digest !== null && !took && (await readDump(this.warehouse)).digest !== digest) {
      throw new Violation(`I5: ${worker.what} lost its lease, and changed something by ${stand.point}`);
    }
    if (took) worker.epoch = look.epoch;
    if (look.publishSeq !== this.look.publishSeq) {
      worker.published = true;
      if (look.seen !== null) this.viewEdited = false;
      if (worker.what.startsWith('run')) this.judgeOrder(worker, look);
    }
    this.judge(look);
  }

  /** A reader's answer must be one whole publish, and never an older one than before. */
  judge(look: Look): void {
    const last = this.look;
    this.look = look;
    if (look.publishSeq < last.publishSeq || look.publishSeq > last.publishSeq + 1) {
      throw new Violation(`I5: publish_seq went from ${last.publishSeq} to ${look.publishSeq}`);
    }
    if (look.epoch < last.epoch)
      throw new Violation(`I5: the epoch went from ${last.epoch} to ${look.epoch}`);
    if (look.publishSeq === 0 || this.viewEdited || this.edited.has(look.version)) return;
    if (look.seen === null) throw new Violation('I2: readers have lost their view');
    const { rows, runs, runId, states, keys, sum } = look.seen;
    if (runs !== 1 || runId !== look.runId) {
      throw new Violation(
        `I2: readers see ${runs} runs, ${runId} among them; the last publish was ${look.runId}`,
      );
    }
    const [number] = states;
    const state = number === undefined ? undefined : this.states[number];
    if (states.length !== 1 || state === undefined) {
      throw new Violation(`I2: readers see rows of the source's states ${states.join(', ') || 'none'}`);
    }
    const total = state.expected.reduce((all, [, y]) => all + y, 0);
    if (rows !== state.expected.length || keys !== rows || sum !== total || !state.sound) {
      throw new Violation(
        `I1: readers see ${rows} rows of ${keys} keys with the sum ${sum} of state ${state.number}, not ${state.expected.length} with ${total}`,
      );
    }
  }

  /** What runs publish never goes back in time. */
  judgeOrder({ what }: Worker, { seen }: Look): void {
    const [state = -1] = seen?.states ?? [];
    if (state < this.#newest)
      throw new Violation(`I2: ${what} published state ${state} after ${this.#newest}`);
    this.#newest = state;
  }

  /** Waits until nobody moves: all stand at calls, or have ended. */
  async settle(): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    let moves = -1;
    for (let quiet = 0; quiet < QUIET_TURNS; ) {
      await nextTurn();
      const alive = this.#all.filter(({ done }) => !done);
      const now = this.#all.reduce((sum, { gates, done }) => sum + gates.moves + Number(done), 0);
      const still = alive.every(({ gates, killed }) => !gates.busy && (killed || gates.stands.length > 0));
      if (still && now === moves) quiet++;
      else quiet = 0;
      moves = now;
      if (performance.now() > end) return this.count('waits for a lock');
      if (!still) await this.#untilMove();
    }
  }

  /** Until something happens; of what is awaited from files and clocks nobody tells. */
  #untilMove(): Promise<void> {
    return new Promise((resolve) => {
      const late = setTimeout(resolve, LOOK_MS);
      this.#wake = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }

  /** Everything that must hold while nobody moves. */
  async check(): Promise<void> {
    for (const [place, worker] of this.workers.entries()) {
      if (worker?.done !== true) continue;
      this.workers[place] = null;
      const { edits = -1 } = this.attempts.find((attempt) => attempt.worker === worker) ?? {};
      const repaired = worker.exitCode === 0 && worker.what.startsWith('repair');
      if (repaired && edits === this.edits) this.viewEdited = false;
      this.count(worker.killed ? 'killed' : `exit ${worker.exitCode}`);
      for (const event of worker.events)
        if (event.event === 'resumed') this.count(`resumed from ${event.from}`);
    }
    const before = this.dump;
    this.dump = await readDump(this.warehouse);
    this.judge(await readLook(this.warehouse));
    checkDump(this, before);
  }

  /** Ends everybody, and sees that a sound source can still be published. */
  async conclude(runNow: (world: World) => Promise<void>): Promise<void> {
    for (const worker of this.#all) if (!worker.done) worker.kill();
    await Promise.all(this.#all.map(({ ended }) => ended));
    await this.check();
    await runNow(this);
    checkEnd(this);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.#all) if (!worker.done) worker.kill();
    await Promise.all(this.#all.map(({ ended }) => ended));
    await this.warehouse[Symbol.asyncDispose]();
  }
}
