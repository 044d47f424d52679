import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPython, sourceFile } from './python.js';

/** A busy machine takes its time to load the packages. */
const START_MS = 90_000;
const POLL_MS = 50;

/** Runs the server until stdin ends: also where this process is killed. It does not always mind a SIGTERM. */
const KEEPER =
  '"$0" "$@" > /dev/null & server=$!; cat > /dev/null; exec 2> /dev/null; kill -9 $server; wait $server';

/** An imitation of a warehouse's service on this machine. Disposing it stops it, where it was started for that. */
export class Standin implements AsyncDisposable {
  /** Its ports, in the order that they were asked for. */
  readonly ports: readonly number[];
  readonly #keeper: ChildProcess | null;

  constructor(ports: readonly number[], keeper: ChildProcess | null) {
    this.ports = ports;
    this.#keeper = keeper;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const keeper = this.#keeper;
    if (keeper === null || keeper.exitCode !== null || keeper.signalCode !== null) return;
    const ended = once(keeper, 'exit');
    keeper.stdin?.end();
    await ended;
  }
}

/** How a stand-in is started; `<name>_server.py` is run by the Python that has the packages of `<name>.lock`. */
export interface StandinSpec {
  readonly name: string;
  /** How many ports it listens on. */
  readonly ports: number;
  argv(ports: readonly number[]): readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A URL that answers when the server is up. */
  readyUrl(ports: readonly number[]): string;
}

/** Starts a server of its own; it ends with this process however that ends. */
export async function startStandin(spec: StandinSpec): Promise<Standin | { readonly missing: string }> {
  const python = await findPython(spec.name);
  if ('missing' in python) return python;
  const ports = await findPorts(spec.ports);
  const argv = ['-c', KEEPER, python.path, sourceFile(`${spec.name}_server.py`), ...spec.argv(ports)];
  const env = { ...process.env, ...spec.env };
  const keeper = spawn('sh', argv, { stdio: ['pipe', 'inherit', 'inherit'], env });
  const standin = new Standin(ports, keeper);
  const until = performance.now() + START_MS;
  while (performance.now() < until && keeper.exitCode === null) {
    const answer = await fetch(spec.readyUrl(ports)).catch(() => null);
    await answer?.body?.cancel();
    if (answer !== null) return standin;
    await sleep(POLL_MS);
  }
  await standin[Symbol.asyncDispose]();
  throw new Error(`the stand-in ${spec.name} did not start; what it said is above`);
}

/** Free ports, all different, of which another program may take one before the server does. */
async function findPorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
