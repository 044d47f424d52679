import type { ConnectionOptions } from 'snowflake-sdk';
import { type Annotations, ScoringError, type Stage, throwIfInterrupted } from '../../src/contract/index.js';
import { ask } from './ask.js';
import { signIn } from './connect.js';
import type { Driver } from './driver.js';
import { type ErrorPlace, toCallError, toUnreachable } from './errors.js';
import { untilAborted } from './patience.js';
import { readHome, renderSessionSetup, type Session } from './session.js';
import type { ConnectionSettings } from './settings.js';

/** What a call of the adapter has in common: where it is, and what ends it. */
export interface CallOptions {
  readonly stage: Stage;
  readonly annotations?: Annotations | undefined;
  readonly signal: AbortSignal;
  /** True for what changes something: closing the adapter leaves it a while to end. */
  readonly writes?: boolean;
}

/** A session that is given back at the end of its block. */
export interface HeldSession extends Disposable {
  readonly session: Session;
}

/** Sessions at the same time: readers, the load, statements beside them and heartbeats. */
const MAX_SESSIONS = 8;

/** After a close, the time that calls which change something have to end, in milliseconds. */
const CLOSE_GRACE_MS = 2000;

/** Longest wait for the server to take note of a session's end. */
const LOGOUT_MS = 2000;

/** Sessions of one user, each used by one call at a time. */
export class SessionPool {
  readonly driver: Driver;
  readonly settings: ConnectionSettings;
  /** How long a server that does not answer is asked how a COMMIT ended, in milliseconds. */
  readonly outcomeWaitMs: number;
  readonly #options: ConnectionOptions;
  readonly #idle: Session[] = [];
  readonly #waiting: ((turn: Session | null) => void)[] = [];
  readonly #ending = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #cutting = new AbortController();
  #open = 0;

  constructor(
    driver: Driver,
    settings: ConnectionSettings,
    options: ConnectionOptions,
    outcomeWaitMs: number,
  ) {
    this.driver = driver;
    this.settings = settings;
    this.outcomeWaitMs = outcomeWaitMs;
    this.#options = options;
  }

  /** A session for one call: an idle one, a fresh one, or the next that is given back. */
  async hold(call: CallOptions): Promise<HeldSession> {
    throwIfInterrupted(call.signal, call.stage);
    const session = await this.#acquire(call);
    let given = false;
    const release = () => {
      if (!given) this.#release(session);
      given = true;
    };
    return { session, [Symbol.dispose]: release };
  }

  /** What ends a call: its own signal, and the pool's end. */
  signalOf({ signal, writes = false }: CallOptions): AbortSignal {
    return AbortSignal.any([signal, (writes ? this.#cutting : this.#closing).signal]);
  }

  placeOf(stage: Stage, statement: string): ErrorPlace {
    return { stage, statement, role: this.settings.role };
  }

  /** Ends every session: those that only read at once, others when they are done, or after a while. */
  async close(): Promise<void> {
    this.#closing.abort();
    for (const resume of this.#waiting.splice(0)) resume(null);
    for (const session of this.#idle.splice(0)) this.#end(session);
    const grace = setTimeout(() => this.#cutting.abort(), CLOSE_GRACE_MS);
    try {
      while (this.#ending.size > 0 || this.#open > 0) {
        if (this.#ending.size > 0) await Promise.all(this.#ending);
        else await new Promise<void>((resolve) => this.#waiting.push(() => resolve()));
      }
    } finally {
      clearTimeout(grace);
    }
  }

  async #acquire(call: CallOptions): Promise<Session> {
    for (;;) {
      if (this.#closing.signal.aborted) throw toClosed(call.stage);
      const session = this.#idle.pop();
      if (session !== undefined) return session;
      if (this.#open < MAX_SESSIONS) return await this.#openSession(call);
      const turn = await this.#waitForTurn(call);
      if (turn !== null) return turn;
    }
  }

  /** The session that is given back next; null where there may be room for a fresh one. */
  async #waitForTurn({ signal, stage }: CallOptions): Promise<Session | null> {
    let resume: (turn: Session | null) => void = () => undefined;
    const waiting = new Promise<Session | null>((resolve) => {
      resume = resolve;
      this.#waiting.push(resume);
    });
    try {
      return await untilAborted(waiting, signal);
    } catch (error) {
      const place = this.#waiting.indexOf(resume);
      if (place >= 0) this.#waiting.splice(place, 1);
      // Its turn came together with the abort.
      else waiting.then((turn) => turn !== null && this.#giveBack(turn));
      throw toCallError(error, signal, this.placeOf(stage, 'connect'));
    }
  }

  async #openSession(call: CallOptions): Promise<Session> {
    this.#open++;
    const { networkTimeoutMs, account } = this.settings;
    const limit = AbortSignal.timeout(networkTimeoutMs);
    const signal = AbortSignal.any([this.signalOf(call), limit]);
    const place = this.placeOf('connect', `connect to ${this.settings.url?.host ?? account}`);
    let session: Session | null = null;
    try {
      session = { connection: await signIn(this.driver, this.#options, signal), home: null, lost: false };
      const setUp = { sql: renderSessionSetup(this.settings), signal };
      session.home = readHome(await ask(this, session, setUp, this.placeOf('connect', 'alter_session')));
      return session;
    } catch (error) {
      if (session === null) this.#leave();
      else this.#end(session);
      if (limit.aborted && !call.signal.aborted) throw toUnreachable(place, networkTimeoutMs, error);
      throw toCallError(error, call.signal, place);
    }
  }

  #release(session: Session): void {
    if (session.lost || this.#closing.signal.aborted) this.#end(session);
    else this.#giveBack(session);
  }

  #giveBack(session: Session): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(session);
    else next(session);
  }

  /** Signs out, which rolls back whatever the session has open. */
  #end({ connection }: Session): void {
    const limit = AbortSignal.timeout(LOGOUT_MS);
    const leaving = new Promise<void>((resolve) => {
      this.driver.within(limit, () => connection.destroy(() => resolve()));
    });
    const ending = untilAborted(leaving, limit).catch(() => undefined);
    const ended: Promise<void> = ending.then(() => {
      this.#ending.delete(ended);
    });
    this.#ending.add(ended);
    this.#leave();
  }

  #leave(): void {
    this.#open--;
    this.#waiting.shift()?.(null);
  }
}

function toClosed(stage: Stage): ScoringError {
  return new ScoringError('the connection to Snowflake is closed', { code: 'CONNECTION', stage });
}
