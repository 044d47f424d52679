import { Standin, startStandin } from './server.js';

/** Names the port of the test command's own server to the test files. */
const PORT = 'SCOREHOUSE_TEST_SNOWFLAKE';

/** The test command's server, or a fresh one. */
export async function findSnowflake(): Promise<Standin | { readonly missing: string }> {
  const port = process.env[PORT];
  return port === undefined ? startSnowflake() : new Standin([Number(port)], null);
}

/** A server of its own, for tests that break it. */
export function startSnowflake(): Promise<Standin | { readonly missing: string }> {
  return startStandin({
    name: 'snowflake',
    ports: 1,
    argv: (ports) => ports.map(String),
    readyUrl: ([port]) => `http://127.0.0.1:${port}/`,
  });
}

/** Lets test files know of the server. */
export function nameSnowflake({ ports }: Standin): void {
  process.env[PORT] = ports.join(' ');
}
