import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { assertEnds, assertHealed, assertTidy, type Ending } from '../support/bad-day.js';
import { ownServerDir, TLS_DIR } from '../support/postgres.js';
import { makeScorer, type Scorer, type ScorerKeys } from '../support/scorer.js';

interface BadConnection extends Ending {
  readonly what: string;
  readonly warehouse: NonNullable<ScorerKeys['warehouse']>;
  readonly password?: string;
  /** True where the server has to be the tests' own, with its certificate and its rules. */
  readonly ownServer?: boolean;
}

const CONNECTIONS: readonly BadConnection[] = [
  {
    what: 'a wrong password',
    warehouse: {},
    password: 'another',
    exit: 6,
    says: [
      /connect to 127\.0\.0\.1:\d+: password authentication failed for user/,
      'next: Check user, password',
    ],
  },
  {
    what: 'no password where one is asked for',
    warehouse: { password: null, user: 'nobody_at_all' },
    exit: 6,
    says: [
      'the server asks for a password of nobody_at_all',
      'next: Give `password` of the warehouse as ${ENV}',
    ],
  },
  {
    what: 'no such host',
    warehouse: { host: 'no-such-host.invalid' },
    exit: 1,
    says: ['connect to no-such-host.invalid:', /ENOTFOUND|EAI_AGAIN/, 'next: Check host and port'],
  },
  {
    what: 'a port where nobody listens',
    warehouse: { port: 1 },
    exit: 1,
    says: ['connect to 127.0.0.1:1:', 'ECONNREFUSED', 'next: Check host and port'],
  },
  {
    what: 'a folder without a socket',
    warehouse: { host: '/no/such/folder' },
    exit: 1,
    says: ['connect to /no/such/folder:', 'ENOENT', 'next: Check host and port'],
  },
  {
    what: 'no such database',
    warehouse: { database: 'nowhere' },
    exit: 6,
    says: ['database "nowhere" does not exist', 'next: Check `database` of the warehouse.'],
  },
  {
    what: 'TLS that the server refuses this user',
    warehouse: { sslmode: 'require', user: 'plain_only' },
    ownServer: true,
    exit: 6,
    says: ['user "plain_only"', 'SSL encryption', 'next: Check user, password and sslmode'],
  },
  {
    what: 'TLS that the server demands of this user',
    warehouse: { sslmode: 'disable', user: 'tls_only' },
    ownServer: true,
    exit: 6,
    says: ['user "tls_only"', 'no encryption', 'next: Check user, password and sslmode'],
  },
  {
    what: 'a certificate that nobody trusted has signed',
    warehouse: { host: 'localhost', sslmode: 'verify-full', sslrootcert: `${TLS_DIR}other.crt` },
    ownServer: true,
    exit: 6,
    says: [/connect to localhost:\d+: self-signed certificate/, "next: The server's certificate was refused"],
  },
  {
    what: 'a certificate for another name',
    warehouse: { sslmode: 'verify-full', sslrootcert: `${TLS_DIR}server.crt` },
    ownServer: true,
    exit: 6,
    says: ["does not match certificate's altnames", "next: The server's certificate was refused"],
  },
  {
    what: 'a file of authorities that is not there',
    warehouse: { sslmode: 'verify-full', sslrootcert: 'gone.crt' },
    exit: 6,
    says: ['cannot read', 'gone.crt', 'next: Check sslrootcert'],
  },
];

describe('a connection that cannot be had', () => {
  let scorer: Scorer;
  before(async () => {
    scorer = await makeScorer();
    await assertHealed(scorer);
  });
  after(() => scorer[Symbol.asyncDispose]());

  for (const { what, warehouse, password, ownServer, ...ending } of CONNECTIONS) {
    const skip = ownServer === true && ownServerDir() === null && 'the server was not started for the tests';
    it(`${what}: exit code ${ending.exit}`, { skip }, async () => {
      await scorer.configure({ warehouse });
      await assertEnds(scorer, ending, (argv) => scorer.run(argv, password));
      await assertTidy(scorer);
    });
  }

  for (const { what, answer, says } of [
    { what: 'a server that does not answer', answer: () => undefined, says: 'timeout expired' },
    {
      what: 'a server that is no Postgres',
      answer: (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      says: 'Connection terminated unexpectedly',
    },
  ]) {
    it(`${what}: exit code 1`, async () => {
      const server = createServer((socket) => answer(socket.on('error', () => undefined)));
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const address = server.address();
      assert.ok(address !== null && typeof address === 'object');
      await scorer.configure({ warehouse: { port: address.port, connect_timeout: 1, sslmode: 'disable' } });
      await assertEnds(scorer, { exit: 1, says: [`connect to 127.0.0.1:${address.port}: `, says, 'next: '] });
      server.close();
    });
  }
});
