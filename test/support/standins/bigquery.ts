import { Standin, startStandin } from './server.js';

/** Names the ports of the test command's own server to the test files. */
const PORTS = 'SCOREHOUSE_TEST_BIGQUERY';

/** The project that the server knows. */
export const PROJECT = 'proj';

/** The test command's server, or a fresh one. Its ports: REST, then gRPC. */
export async function findBigquery(): Promise<Standin | { readonly missing: string }> {
  const ports = process.env[PORTS];
  return ports === undefined ? startBigquery() : new Standin(ports.split(' ').map(Number), null);
}

/** A server of its own, for tests that break it. */
export function startBigquery(): Promise<Standin | { readonly missing: string }> {
  return startStandin({
    name: 'bigquery',
    ports: 2,
    argv: ([rest, grpc]) => [
      ...['start', '--rest-host', '127.0.0.1', '--rest-port', String(rest)],
      ...['--grpc-host', '127.0.0.1', '--grpc-port', String(grpc)],
      ...['--project', PROJECT, '--ephemeral', '--log-level', 'error'],
    ],
    // Messages of reads have the room that BigQuery gives them.
    env: { BQEMU_ENABLE_FORMAT_EXTENSIONS: '0', BQEMU_WRITE_API_MAX_REQUEST_BYTES: '134217728' },
    readyUrl: ([rest]) => `http://127.0.0.1:${rest}/bigquery/v2/projects/${PROJECT}/datasets`,
  });
}

/** Lets test files know of the server. */
export function nameBigquery({ ports }: Standin): void {
  process.env[PORTS] = ports.join(' ');
}
