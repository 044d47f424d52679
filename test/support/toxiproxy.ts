import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findToxiproxy } from './toxiproxy-binary.js';

const START_MS = 10_000;
const POLL_MS = 20;

/** Runs the server until stdin ends: also where this process is killed. */
const KEEPER = '"$0" "$@" > /dev/null & server=$!; cat > /dev/null; kill $server; wait $server';

/** The way of bytes: `upstream` to the server, `downstream` to the client. */
export type Direction = 'upstream' | 'downstream';

/** A fault on the way: https://github.com/Shopify/toxiproxy#toxics */
export interface Toxic {
  readonly type: 'latency' | 'bandwidth' | 'slow_close' | 'timeout' | 'reset_peer' | 'slicer' | 'limit_data';
  readonly stream: Direction;
  readonly attributes: Readonly<Record<string, number>>;
}

/** A proxy in front of one server, which breaks what goes through it as it is told. */
export class ToxicProxy implements AsyncDisposable {
  readonly port: number;
  readonly #name: string;
  readonly #call: Call;

  constructor(name: string, port: number, call: Call) {
    this.#name = name;
    this.port = port;
    this.#call = call;
  }

  /** Adds a fault, for connections that are open and for new ones; it is known by its type and way. */
  async add({ type, stream, attributes }: Toxic): Promise<void> {
    const toxic = { name: `${type}_${stream}`, type, stream, toxicity: 1, attributes };
    await this.#call('POST', `/proxies/${this.#name}/toxics`, toxic);
  }

  async remove({ type, stream }: Pick<Toxic, 'type' | 'stream'>): Promise<void> {
    await this.#call('DELETE', `/proxies/${this.#name}/toxics/${type}_${stream}`);
  }

  /** Ends every connection, and refuses new ones until `up`. */
  async down(): Promise<void> {
    await this.#call('POST', `/proxies/${this.#name}`, { enabled: false });
  }

  async up(): Promise<void> {
    await this.#call('POST', `/proxies/${this.#name}`, { enabled: true });
  }

  /** Ends every connection; new ones are taken. */
  async cut(): Promise<void> {
    await this.down();
    await this.up();
  }

  /** Bytes that have gone this way, of all connections. */
  async bytes(direction: Direction): Promise<number> {
    const metrics = await this.#call('GET', '/metrics');
    const line = metrics
      .split('\n')
      .find(
        (each) =>
          each.startsWith('toxiproxy_proxy_sent_bytes_total') &&
          each.includes(`direction="${direction}"`) &&
          each.includes(`proxy="${this.#name}"`),
      );
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#call('DELETE', `/proxies/${this.#name}`);
  }
}

type Call = (method: string, path: string, body?: unknown) => Promise<string>;

/** A toxiproxy server of one test file. */
export class Toxiproxy implements AsyncDisposable {
  readonly #keeper: ChildProcess;
  readonly #call: Call;
  #proxies = 0;

  constructor(keeper: ChildProcess, call: Call) {
    this.#keeper = keeper;
    this.#call = call;
  }

  /** Makes a proxy for the server at a port of this machine. */
  async open(port: number): Promise<ToxicProxy> {
    const name = `proxy_${++this.#proxies}`;
    const proxy = { name, listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}`, enabled: true };
    const { listen } = JSON.parse(await this.#call('POST', '/proxies', proxy)) as { listen: string };
    return new ToxicProxy(name, Number(listen.split(':').at(-1)), this.#call);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#keeper, 'exit');
    this.#keeper.stdin?.end();
    await ended;
  }
}

/** Starts a server; it ends with this process, however that ends. */
export async function startToxiproxy(): Promise<Toxiproxy> {
  const found = await findToxiproxy();
  if ('missing' in found) throw new Error(found.missing);
  const port = await findPort();
  const args = ['-host', '127.0.0.1', '-port', String(port), '-seed', '1', '-proxy-metrics'];
  const keeper = spawn('sh', ['-c', KEEPER, found.path, ...args], { stdio: ['pipe', 'ignore', 'inherit'] });
  const call = newCall(`http://127.0.0.1:${port}`);
  const deadline = Date.now() + START_MS;
  while (!(await answers(call))) {
    if (Date.now() > deadline || keeper.exitCode !== null) throw new Error('toxiproxy did not start');
    await sleep(POLL_MS);
  }
  return new Toxiproxy(keeper, call);
}

function newCall(base: string): Call {
  return async (method, path, body) => {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${base}${path}`, { method, ...sent });
    const text = await response.text();
    if (!response.ok) throw new Error(`toxiproxy, ${method} ${path}: ${response.status} ${text}`);
    return text;
  };
}

async function answers(call: Call): Promise<boolean> {
  return call('GET', '/version').then(
    () => true,
    () => false,
  );
}

async function findPort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
