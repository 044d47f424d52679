import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('./postgres-reader.js', import.meta.url));

export interface ReadersOptions {
  readonly url: string;
  /** What is asked over and over; its one row is the answer. */
  readonly query: string;
  /** Connections of one process. */
  readonly readers: number;
  readonly isolation: 'read committed' | 'repeatable read';
  /** A query that waits longer for a lock fails. */
  readonly lockWaitMs: number;
  /** Between two looks of a reader, so that twenty of them leave the machine some time; 25 where left out. */
  readonly pauseMs?: number;
}

/** An answer as long as it stayed the same; when its first and its last query began, by the clock of the machine. */
export interface Sight {
  readonly answer: string;
  readonly first: number;
  last: number;
}

/** What one reader saw. */
export interface ReaderLog {
  /** A block is a transaction under REPEATABLE READ, else all that the reader saw. */
  readonly blocks: readonly (readonly Sight[])[];
  readonly looks: number;
  /** The longest wait for an answer, without the time that the readers' process itself stood still. */
  readonly longestMs: number;
}

/** Readers in another process. */
export interface Readers {
  /** Ends them and tells what each saw. */
  stop(): Promise<readonly ReaderLog[]>;
}

/** Starts readers in a process of its own; resolves when each has had its first answer. */
export async function startReaders(
  t: { after(hook: () => void): void },
  options: ReadersOptions,
): Promise<Readers> {
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.after(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ready = await nextLine(lines, child);
  if (ready !== 'ready') throw new Error(`the readers said ${ready}`);
  return {
    async stop() {
      child.stdin?.end();
      return JSON.parse(await nextLine(lines, child)) as readonly ReaderLog[];
    },
  };
}

async function nextLine(
  lines: ReturnType<Interface[typeof Symbol.asyncIterator]>,
  { pid }: ChildProcess,
): Promise<string> {
  const { value, done } = await lines.next();
  if (done === true) throw new Error(`the readers of process ${pid} ended; what they said is above`);
  return value;
}
