import { once } from 'node:events';
import { type ClusterOptions, startCluster } from './postgres-cluster.js';

/**
 * Keeps a cluster for as long as its stdin is open: also when the process that wants it is killed, the server and its
 * files go. Prints one line of JSON when the server is up: `{ url, dir, disk }`, or `null` where the machine has no Postgres.
 */
const options = JSON.parse(process.argv[2] ?? '{}') as ClusterOptions;
// Nobody may be there any more to read it.
process.stdout.on('error', () => undefined);
const told = Promise.race([
  once(process.stdin.resume(), 'close'),
  ...(['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => once(process, signal)),
]);

await using cluster = await startCluster(options);
const shown = cluster === null ? null : { url: cluster.url, dir: cluster.dir, disk: cluster.disk };
process.stdout.write(`${JSON.stringify(shown)}\n`);
if (cluster !== null) await Promise.race([told, cluster.ended()]);
process.stdin.destroy();
