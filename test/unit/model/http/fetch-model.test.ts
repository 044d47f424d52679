import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { isScoringError } from '../../../../src/contract/index.js';
import { findCacheDir } from '../../../../src/model/http/cache.js';
import { fetchModel } from '../../../../src/model/http/fetch-model.js';
import { type Fetcher, newFetcher } from '../../../../src/model/http/fetcher.js';
import { NETWORK, type Network } from '../../../../src/model/http/network.js';
import { NEVER } from '../../../support/duckdb.js';
import { HOST, type ModelServer, PUBLIC, serve, startModelServer } from '../../../support/model-server.js';
import { makeFolder } from '../../../support/project.js';

const FIRST = new Uint8Array(70_000).fill(1);
const SECOND = new Uint8Array(70_000).fill(2);
const PLACE = { kind: 'https', url: `https://${HOST}/m.onnx?signature=s3cret`, allowPrivate: false } as const;
const PATH = '/m.onnx?signature=s3cret';

/** A network without a way out. */
const OFFLINE: Network['resolve'] = async () => {
  throw Object.assign(new Error('offline'), { code: 'EAI_AGAIN' });
};

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What commands fetch with, each on its own, over one cache. */
function prepare(t: TestContext, { network }: ModelServer) {
  const cache = makeFolder(t);
  const command = (replaced: Partial<Network> = {}): Fetcher =>
    newFetcher({ XDG_CACHE_HOME: cache }, NEVER, { ...network, ...replaced });
  const models = join(cache, 'scorehouse', 'models');
  return { cache, models, command };
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('it was fetched'),
    (thrown: unknown) => thrown,
  );
  assert.ok(isScoringError(error), String(error));
  return `${error.code}: ${error.message}`;
}

describe('a model that is fetched', () => {
  it('is kept under its hash, for this user alone, without its address', async (t) => {
    await using server = await startModelServer(serve({ [PATH]: FIRST }));
    const { cache, models, command } = prepare(t, server);
    const fetched = await fetchModel(PLACE, undefined, command());
    assert.deepEqual(fetched, { sha256: hash(FIRST), bytes: FIRST });
    assert.deepEqual(readdirSync(models), [hash(FIRST)]);
    assert.equal(statSync(join(models, hash(FIRST))).mode & 0o777, 0o600);
    assert.equal(statSync(models).mode & 0o777, 0o700);
    for (const entry of readdirSync(cache, { recursive: true, withFileTypes: true })) {
      assert.doesNotMatch(entry.name, /s3cret/);
      if (entry.isFile()) assert.ok(!readFileSync(join(entry.parentPath, entry.name)).includes('s3cret'));
    }
  });

  it('comes from the address that was looked at, of a name that was resolved once', async (t) => {
    const resolved: string[] = [];
    await using server = await startModelServer(serve({ [PATH]: FIRST }), {
      resolve: async (host) => {
        resolved.push(host);
        return [PUBLIC];
      },
    });
    await fetchModel(PLACE, undefined, prepare(t, server).command());
    assert.deepEqual(resolved, [HOST]);
    assert.deepEqual(server.connected, [PUBLIC]);
  });

  it('comes from the next address where one takes no connection', async (t) => {
    await using server = await startModelServer(serve({ [PATH]: FIRST }));
    const tried: string[] = [];
    const { connect } = server.network;
    const { command } = prepare(t, server);
    const network: Partial<Network> = {
      resolve: async () => ['2606:2800:21f:cb07::1', PUBLIC],
      connect: (address, port) => {
        tried.push(address);
        const socket = connect(address, port);
        if (address !== PUBLIC) socket.destroy(Object.assign(new Error('no way'), { code: 'ENETUNREACH' }));
        return socket;
      },
    };
    await fetchModel(PLACE, undefined, command(network));
    assert.deepEqual(tried, ['2606:2800:21f:cb07::1', PUBLIC]);
  });

  it('may be in a private network that is listed as one', async (t) => {
    await using server = await startModelServer(serve({ [PATH]: FIRST }), {
      resolve: async () => ['10.0.0.5'],
    });
    const fetched = await fetchModel(
      { ...PLACE, allowPrivate: true },
      undefined,
      prepare(t, server).command(),
    );
    assert.equal(fetched.sha256, hash(FIRST));
    assert.deepEqual(server.connected, ['10.0.0.5']);
  });

  it('may be where its host sends on to', async (t) => {
    const files = serve({ '/c.onnx': FIRST });
    await using server = await startModelServer((request, response) => {
      const to = { [PATH]: '/b.onnx', '/b.onnx': `https://${HOST}/c.onnx` }[request.url ?? ''];
      if (to === undefined) files(request, response);
      else response.writeHead(302, { location: to }).end('elsewhere');
    });
    await fetchModel(PLACE, undefined, prepare(t, server).command());
    assert.deepEqual(server.asked, [PATH, '/b.onnx', '/c.onnx']);
  });

  it('is asked for without credentials, and as it is', async (t) => {
    let seen: Readonly<Record<string, unknown>> = {};
    await using server = await startModelServer((request, response) => {
      seen = request.headers;
      serve({ [PATH]: FIRST })(request, response);
    });
    await fetchModel(PLACE, undefined, prepare(t, server).command());
    const { host, connection: _, ...others } = seen;
    assert.equal(host, HOST);
    assert.deepEqual(others, { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'scorehouse' });
  });
});

describe('a pinned model', () => {
  it('needs no network once it is kept', async (t) => {
    await using server = await startModelServer(serve({ [PATH]: FIRST }));
    const { command } = prepare(t, server);
    await fetchModel(PLACE, hash(FIRST), command());
    const fetched = await fetchModel(PLACE, hash(FIRST), command({ resolve: OFFLINE }));
    assert.deepEqual(fetched.bytes, FIRST);
    assert.equal(server.asked.length, 1);
  });

  it('is fetched again where what is kept is damaged', async (t) => {
    await using server = await startModelServer(serve({ [PATH]: FIRST }));
    const { models, command } = prepare(t, server);
    await fetchModel(PLACE, hash(FIRST), command());
    writeFileSync(join(models, hash(FIRST)), SECOND);
    const fetched = await fetchModel(PLACE, hash(FIRST), command());
    assert.deepEqual(fetched.bytes, FIRST);
    assert.equal(server.asked.length, 2);
  });

  it('is told apart from another pin of the same address', async (t) => {
    await using server = await startModelServer(serve({ [PATH]: FIRST }));
    const fetcher = prepare(t, server).command();
    const [wrong, right] = await Promise.allSettled([
      fetchModel(PLACE, hash(SECOND), fetcher),
      fetchModel(PLACE, undefined, fetcher),
    ]);
    assert.equal(wrong.status, 'rejected');
    assert.equal(right.status, 'fulfilled');
  });
});

describe('a model without a pin', () => {
  it('is asked for anew, and comes only where it has changed', async (t) => {
    const files = { [PATH]: FIRST };
    const sent: (number | undefined)[] = [];
    await using server = await startModelServer((request, response) => {
      serve(files)(request, response);
      sent.push(response.statusCode);
    });
    const { command } = prepare(t, server);
    const hashes = [];
    for (const file of [FIRST, FIRST, SECOND, SECOND]) {
      files[PATH] = file;
      hashes.push((await fetchModel(PLACE, undefined, command())).sha256);
    }
    assert.deepEqual(sent, [200, 304, 200, 304]);
    assert.deepEqual(hashes, [hash(FIRST), hash(FIRST), hash(SECOND), hash(SECOND)]);
  });

  it('needs the network, also where it was fetched before', async (t) => {
    await using server = await startModelServer(serve({ [PATH]: FIRST }));
    const { command } = prepare(t, server);
    await fetchModel(PLACE, undefined, command());
    const message = await messageOf(fetchModel(PLACE, undefined, command({ resolve: OFFLINE })));
    assert.equal(message, 'CONNECTION: cannot be fetched: no address is known of localhost (EAI_AGAIN)');
  });

  it('is fetched in full where what is kept is damaged, or gone', async (t) => {
    await using server = await startModelServer(serve({ [PATH]: FIRST }));
    const { models, command } = prepare(t, server);
    await fetchModel(PLACE, undefined, command());
    writeFileSync(join(models, hash(FIRST)), SECOND);
    assert.deepEqual((await fetchModel(PLACE, undefined, command())).bytes, FIRST);
    assert.deepEqual(readFileSync(join(models, hash(FIRST))), Buffer.from(FIRST));
  });

  it('is asked for once a command', async (t) => {
    await using server = await startModelServer(serve({ [PATH]: FIRST }));
    const fetcher = prepare(t, server).command();
    await Promise.all([fetchModel(PLACE, undefined, fetcher), fetchModel(PLACE, undefined, fetcher)]);
    await fetchModel(PLACE, undefined, fetcher);
    assert.equal(server.asked.length, 1);
  });

  it('is asked for again after a failure', async (t) => {
    const files: Record<string, Uint8Array> = {};
    await using server = await startModelServer((request, response) => serve(files)(request, response));
    const fetcher = prepare(t, server).command();
    assert.match(await messageOf(fetchModel(PLACE, undefined, fetcher)), /answers 404/);
    files[PATH] = FIRST;
    assert.equal((await fetchModel(PLACE, undefined, fetcher)).sha256, hash(FIRST));
  });
});

describe('the folder of kept models', () => {
  it('is that of XDG, else one of the home folder', () => {
    assert.equal(findCacheDir({ XDG_CACHE_HOME: '/c', HOME: '/h' }), '/c/scorehouse');
    assert.equal(findCacheDir({ XDG_CACHE_HOME: 'c', HOME: '/h' }), '/h/.cache/scorehouse');
    assert.equal(findCacheDir({ HOME: '/h' }), '/h/.cache/scorehouse');
  });

  it('loses what killed commands left, and nothing that is still coming', async (t) => {
    await using server = await startModelServer(serve({ [PATH]: FIRST }));
    const { models, command } = prepare(t, server);
    mkdirSync(models, { recursive: true });
    for (const [name, age] of [
      ['old.part', 61],
      [hash(SECOND), 1_000_000],
      ['new.part', 59],
    ] as const) {
      writeFileSync(join(models, name), '');
      const at = Date.now() / 1000 - age;
      utimesSync(join(models, name), at, at);
    }
    await fetchModel(PLACE, undefined, command());
    assert.deepEqual(readdirSync(models).sort(), [hash(FIRST), hash(SECOND), 'new.part'].sort());
  });

  it('is named where nothing can be kept in it', async (t) => {
    await using server = await startModelServer(serve({ [PATH]: FIRST }));
    const { cache, command } = prepare(t, server);
    writeFileSync(join(cache, 'scorehouse'), 'in the way');
    const message = await messageOf(fetchModel(PLACE, undefined, command()));
    assert.match(message, /^ENVIRONMENT: cannot be kept in .* \((ENOTDIR|EEXIST)\)$/);
  });
});

describe("the machine's own network", () => {
  it('resolves names, and connects to the address that it is given', async () => {
    await using server = await startModelServer(serve({}));
    const addresses = await NETWORK.resolve(HOST);
    assert.ok(
      addresses.some((address) => address === '127.0.0.1' || address === '::1'),
      addresses.join(),
    );
    const socket = NETWORK.connect('127.0.0.1', server.port);
    await once(socket, 'connect');
    assert.equal(socket.remoteAddress, '127.0.0.1');
    socket.destroy();
  });

  it('reaches no server of this machine', async (t) => {
    await using server = await startModelServer(serve({ '/': FIRST }));
    const url = `https://${HOST}:${server.port}/`;
    const work = fetchModel(
      { ...PLACE, url },
      undefined,
      newFetcher({ XDG_CACHE_HOME: makeFolder(t) }, NEVER),
    );
    assert.match(await messageOf(work), /^MODEL_INVALID: not fetched: localhost leads to .*, no address of/);
    assert.deepEqual(server.asked, []);
  });
});
