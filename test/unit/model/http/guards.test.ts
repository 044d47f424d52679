import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import {
  type ErrorCode,
  exitCodeOf,
  isScoringError,
  type ScoringError,
} from '../../../../src/contract/index.js';
import { fetchModel } from '../../../../src/model/http/fetch-model.js';
import { newFetcher } from '../../../../src/model/http/fetcher.js';
import type { FetchLimits, Network } from '../../../../src/model/http/network.js';
import { NEVER } from '../../../support/duckdb.js';
import { fixtureFile } from '../../../support/fixtures.js';
import { type Handler, HOST, PUBLIC, startModelServer } from '../../../support/model-server.js';
import { makeFolder } from '../../../support/project.js';

const PLACE = { kind: 'https', url: `https://${HOST}/m.onnx`, allowPrivate: false } as const;
const FILE = new Uint8Array(70_000).fill(7);
const LIMITS: FetchLimits = { connectMs: 10_000, idleMs: 10_000, totalMs: 60_000, maxBytes: 100_000 };

/** A handler that gives the same answer to everything. */
function answer(
  status: number,
  headers: Readonly<Record<string, string | number>> = {},
  body: Uint8Array = FILE,
): Handler {
  return (_, response) => void response.writeHead(status, headers).end(body);
}

/** A handler that writes its answer itself, after the header. */
function write(header: string, more: (socket: Socket) => void): Handler {
  return (request) => {
    request.socket.write(`${header}\r\n\r\n`);
    more(request.socket);
  };
}

interface Bad {
  readonly what: string;
  readonly url?: string;
  readonly handler?: Handler;
  readonly network?: Partial<Network>;
  readonly limits?: Partial<FetchLimits>;
  readonly pin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly allowPrivate?: boolean;
  readonly code: ErrorCode;
  readonly exit: number;
  readonly says: string;
  readonly next: string;
  /** Times that the server was connected to; once where left out. */
  readonly connects?: number;
}

const failing = (code: string) => async () => {
  throw Object.assign(new Error(`getaddrinfo ${code}`), { code });
};
const connectTo = (port: number): Socket => connect(port, '127.0.0.1');
const OTHER_CA = readFileSync(fixtureFile('tls', 'other.crt'), 'utf8');

const BAD: readonly Bad[] = [
  // What the user wrote leads where no model may come from.
  ...[
    '127.0.0.1',
    '2130706433',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '0x7f000001',
    '127.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '[2002:7f00:1::]',
    '[64:ff9b::7f00:1]',
    '0.0.0.0',
  ].map(
    (host): Bad => ({
      what: `the host ${host}`,
      url: `https://${host}/m.onnx`,
      allowPrivate: true,
      code: 'MODEL_INVALID',
      exit: 2,
      says: 'no address of the internet',
      next: 'name another host',
      connects: 0,
    }),
  ),
  {
    what: 'a name of the metadata service',
    url: 'https://metadata.google.internal/computeMetadata/v1/',
    network: { resolve: async () => ['169.254.169.254'] },
    code: 'MODEL_INVALID',
    exit: 2,
    says: 'metadata.google.internal leads to 169.254.169.254, no address of the internet',
    next: 'metadata services are never asked',
    connects: 0,
  },
  {
    what: 'a name with one address of a private network among others',
    network: { resolve: async () => [PUBLIC, '10.0.0.5'] },
    code: 'MODEL_INVALID',
    exit: 2,
    says: 'not fetched: localhost leads to 10.0.0.5, an address of a private network',
    next: 'model_hosts: [{ host: "localhost", private: true }]',
    connects: 0,
  },
  {
    what: 'a redirect to this machine',
    handler: answer(302, { location: 'https://127.0.0.1/m.onnx' }),
    code: 'MODEL_INVALID',
    exit: 2,
    says: 'the server sends on to another host, 127.0.0.1',
    next: 'list its host in model_hosts',
  },
  {
    what: 'a redirect to another port',
    handler: answer(307, { location: `https://${HOST}:8443/m.onnx` }),
    code: 'MODEL_INVALID',
    exit: 2,
    says: `sends on to another host, ${HOST}:8443`,
    next: 'Only addresses of the same host are followed',
  },
  {
    what: 'a redirect without TLS',
    handler: answer(301, { location: `http://${HOST}/m.onnx` }),
    code: 'MODEL_INVALID',
    exit: 2,
    says: `sends on to http://${HOST}`,
    next: 'write the one where it ends',
  },
  {
    what: 'a redirect to a file',
    handler: answer(302, { location: 'file:///etc/passwd' }),
    code: 'MODEL_INVALID',
    exit: 2,
    says: 'sends on to file://',
    next: 'write the one where it ends',
  },
  {
    what: 'a redirect without end',
    handler: answer(302, { location: '/m.onnx' }),
    code: 'MODEL_INVALID',
    exit: 2,
    says: 'sends on more than 3 times',
    next: 'Write the address where it ends',
    connects: 4,
  },
  {
    what: 'a redirect to nowhere',
    handler: answer(302),
    code: 'CONNECTION',
    exit: 1,
    says: 'sends on, and does not say where',
    next: 'run again',
  },
  // The network.
  {
    what: 'a name that nobody knows',
    network: { resolve: failing('ENOTFOUND') },
    code: 'CONNECTION',
    exit: 1,
    says: 'no address is known of localhost (ENOTFOUND)',
    next: 'A model whose sha256 is pinned needs it only once',
    connects: 0,
  },
  {
    what: 'no name server',
    network: { resolve: failing('EAI_AGAIN') },
    code: 'CONNECTION',
    exit: 1,
    says: 'no address is known of localhost (EAI_AGAIN)',
    next: 'run again',
    connects: 0,
  },
  {
    what: 'a name server that never answers',
    network: { resolve: () => new Promise(() => undefined) },
    limits: { idleMs: 50 },
    code: 'TIMEOUT',
    exit: 1,
    says: 'nothing came for 0.05 s',
    next: 'Run again',
    connects: 0,
  },
  {
    what: 'a certificate of somebody else',
    network: { ca: OTHER_CA },
    code: 'ENVIRONMENT',
    exit: 6,
    says: 'the certificate of localhost is not to be trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
    next: 'NODE_EXTRA_CA_CERTS',
  },
  {
    what: 'a certificate for another name',
    url: 'https://models.example.com/m.onnx',
    code: 'ENVIRONMENT',
    exit: 6,
    says: 'the certificate of models.example.com is not to be trusted (ERR_TLS_CERT_ALTNAME_INVALID)',
    next: 'checks are never switched off',
  },
  {
    what: 'TLS checks that are switched off',
    env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    code: 'ENVIRONMENT',
    exit: 6,
    says: 'NODE_TLS_REJECT_UNAUTHORIZED=0',
    next: 'Unset it',
    connects: 0,
  },
  // What the server answers.
  {
    what: 'a file that is not there',
    handler: answer(404),
    code: 'MODEL_INVALID',
    exit: 2,
    says: 'not there: the server answers 404',
    next: 'Check model.uri',
  },
  {
    what: 'a server that wants a name',
    handler: answer(401),
    code: 'PERMISSION',
    exit: 6,
    says: 'does not let this machine have it (401)',
    next: '${MODEL_URL}',
  },
  {
    what: 'a server that forbids',
    handler: answer(403),
    code: 'PERMISSION',
    exit: 6,
    says: 'does not let this machine have it (403)',
    next: 'copy the file here',
  },
  {
    what: 'a server with too much to do',
    handler: answer(503, { 'retry-after': '7' }),
    code: 'CONNECTION',
    exit: 1,
    says: 'the server answers 503',
    next: 'run again',
  },
  {
    what: 'an answer of a part',
    handler: answer(206),
    code: 'MODEL_INVALID',
    exit: 2,
    says: 'the server answers 206',
    next: 'in a browser',
  },
  {
    what: 'a web page',
    handler: answer(200, { 'content-type': 'text/html; charset=utf-8' }),
    code: 'MODEL_INVALID',
    exit: 2,
    says: 'the server gives a web page, no file',
    next: 'the address of the file itself',
  },
  {
    what: 'a packed file, which may be a bomb',
    handler: answer(200, { 'content-encoding': 'gzip' }),
    code: 'MODEL_INVALID',
    exit: 2,
    says: 'the server packs it (gzip)',
    next: 'have the server give it as it is',
  },
  {
    what: 'an empty file',
    handler: answer(200, { 'content-length': 0 }, new Uint8Array()),
    code: 'MODEL_INVALID',
    exit: 2,
    says: 'the file is empty',
    next: 'copied to the server again',
  },
  {
    what: 'a file that says it is too large',
    handler: write('HTTP/1.1 200 OK\r\ncontent-length: 100001', () => undefined),
    code: 'MODEL_INVALID',
    exit: 2,
    says: 'it has more than 100,000 bytes',
    next: 'files of their own',
  },
  {
    what: 'a file without end',
    handler: (_, response) => {
      response.writeHead(200);
      const more = () => {
        while (response.write(FILE));
      };
      response.on('drain', more);
      more();
    },
    code: 'MODEL_INVALID',
    exit: 2,
    says: 'it has more than 100,000 bytes',
    next: 'No ONNX file can be larger than 2 GB',
  },
  {
    what: 'a file that is cut short',
    handler: write('HTTP/1.1 200 OK\r\ncontent-length: 1000', (socket) => socket.end('only this')),
    code: 'CONNECTION',
    exit: 1,
    says: 'it was cut short',
    next: 'run again',
  },
  {
    what: 'a file in blocks that is cut short',
    handler: write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked', (socket) => socket.end('4\r\nonly\r\n')),
    code: 'CONNECTION',
    exit: 1,
    says: 'it was cut short',
    next: 'run again',
  },
  {
    what: 'a file of which nobody knows where it ends',
    handler: write('HTTP/1.1 200 OK\r\nconnection: close', (socket) => socket.end('perhaps all')),
    code: 'MODEL_INVALID',
    exit: 2,
    says: 'does not say where the file ends',
    next: 'Content-Length',
  },
  {
    what: 'an answer that is no HTTP',
    handler: write('SSH-2.0-OpenSSH_9.2', () => undefined),
    code: 'CONNECTION',
    exit: 1,
    says: 'what localhost answers is no HTTP (HPE_',
    next: 'run again',
  },
  {
    what: 'a header without end',
    handler: write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}`, () => undefined),
    code: 'CONNECTION',
    exit: 1,
    says: 'no HTTP (HPE_HEADER_OVERFLOW)',
    next: 'run again',
  },
  {
    what: 'a server that never answers',
    handler: () => undefined,
    limits: { idleMs: 50 },
    code: 'TIMEOUT',
    exit: 1,
    says: 'nothing came for 0.05 s',
    next: 'copy the file here',
  },
  {
    what: 'a file that stops coming',
    handler: write('HTTP/1.1 200 OK\r\ncontent-length: 1000', (socket) => socket.write('only this')),
    limits: { idleMs: 50 },
    code: 'TIMEOUT',
    exit: 1,
    says: 'nothing came for 0.05 s',
    next: 'copy the file here',
  },
  {
    what: 'a file that comes a byte at a time',
    handler: (_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 5);
      response.on('close', () => clearInterval(drip));
    },
    limits: { totalMs: 200 },
    code: 'TIMEOUT',
    exit: 1,
    says: 'it took more than 0.2 s',
    next: 'copy the file here',
  },
  {
    what: 'a file that is not the pinned one',
    pin: '0'.repeat(64),
    code: 'MODEL_INVALID',
    exit: 2,
    says: `the target pins ${'0'.repeat(64)}`,
    next: 'pin the new one after a review',
  },
];

describe('what a model is not fetched from', () => {
  for (const {
    what,
    handler = answer(200, { 'content-length': FILE.length }),
    connects = 1,
    ...bad
  } of BAD) {
    it(what, async (t) => {
      const { url = `https://${HOST}/m.onnx`, allowPrivate = false, env, limits, pin } = bad;
      await using server = await startModelServer(handler, {
        limits: { ...LIMITS, ...limits },
        ...bad.network,
      });
      const { dir, fetcher } = prepare(t, server.network, env);
      const error = await failureOf(fetchModel({ kind: 'https', url, allowPrivate }, pin, fetcher));
      assert.equal(error.code, bad.code, error.message);
      assert.equal(exitCodeOf(error), bad.exit);
      assert.ok(error.message.includes(bad.says), error.message);
      assert.ok(error.hint?.includes(bad.next), error.hint);
      assert.equal(error.retryable, bad.exit === 1);
      assert.equal(server.connected.length, connects);
      assert.deepEqual(listFiles(dir), [], 'nothing of it is left');
    });
  }

  it('a machine that takes no connection', async (t) => {
    await using server = await startModelServer(answer(200));
    const closed = await findClosedPort();
    const network = { ...server.network, connect: () => connectTo(closed) };
    const error = await failureOf(fetchModel(PLACE, undefined, prepare(t, network).fetcher));
    assert.equal(error.code, 'CONNECTION');
    assert.match(error.message, /localhost takes no connection \(ECONNREFUSED\)/);
  });

  it('a server that speaks no TLS', async (t) => {
    const plain = createServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await once(plain.listen(0, '127.0.0.1'), 'listening');
    t.after(() => plain.close());
    const { port } = plain.address() as AddressInfo;
    await using server = await startModelServer(answer(200));
    const network = { ...server.network, connect: () => connectTo(port) };
    const error = await failureOf(fetchModel(PLACE, undefined, prepare(t, network).fetcher));
    assert.equal(error.code, 'ENVIRONMENT', error.message);
    assert.match(error.message, /agree on no TLS/);
  });

  it('a server that says nothing at all', async (t) => {
    const mute = createServer(() => undefined);
    await once(mute.listen(0, '127.0.0.1'), 'listening');
    t.after(() => mute.close());
    const { port } = mute.address() as AddressInfo;
    await using server = await startModelServer(answer(200));
    const network = {
      ...server.network,
      connect: () => connectTo(port),
      limits: { ...LIMITS, connectMs: 50 },
    };
    const error = await failureOf(fetchModel(PLACE, undefined, prepare(t, network).fetcher));
    assert.equal(error.code, 'CONNECTION', error.message);
    assert.match(error.message, /localhost does not answer/);
  });

  it('a name that leads elsewhere the second time', async (t) => {
    const addresses = [[PUBLIC], ['127.0.0.1']];
    await using server = await startModelServer(answer(302, { location: '/other.onnx' }), {
      resolve: async () => addresses.shift() ?? [],
    });
    const error = await failureOf(fetchModel(PLACE, undefined, prepare(t, server.network).fetcher));
    assert.match(error.message, /localhost leads to 127\.0\.0\.1, no address of the internet/);
    assert.deepEqual(server.connected, [PUBLIC]);
  });

  it('anything, once the user stops it', async (t) => {
    const stop = new AbortController();
    await using server = await startModelServer(() => stop.abort());
    const { dir } = prepare(t, server.network);
    const fetcher = newFetcher({ XDG_CACHE_HOME: dir }, stop.signal, server.network);
    const error = await failureOf(fetchModel(PLACE, undefined, fetcher));
    assert.equal(error.code, 'INTERRUPTED');
    assert.equal(exitCodeOf(error), 130);
  });

  it('a server that said when to come back, which is told on', async (t) => {
    await using server = await startModelServer(answer(429, { 'retry-after': '7' }));
    const error = await failureOf(fetchModel(PLACE, undefined, prepare(t, server.network).fetcher));
    assert.deepEqual(error.details, { status: 429, retryAfterMs: 7000 });
  });
});

/** An empty cache of the test's own, and what fetches into it. */
function prepare(t: TestContext, network: Network, env: Readonly<Record<string, string>> = {}) {
  const dir = makeFolder(t);
  return { dir, fetcher: newFetcher({ XDG_CACHE_HOME: dir, ...env }, NEVER, network) };
}

async function failureOf(work: Promise<unknown>): Promise<ScoringError> {
  const error = await work.then(
    () => assert.fail('it was fetched'),
    (thrown: unknown) => thrown,
  );
  if (!isScoringError(error)) throw error;
  return error;
}

function listFiles(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

async function findClosedPort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
