import assert from 'node:assert/strict';
import { statfs, unlink, writeFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { assertEnds, assertHealed, assertTidy } from '../support/bad-day.js';
import { disturb, HOLD_COMMITS, makeStopping } from '../support/disturb.js';
import { HASTE } from '../support/patience.js';
import { execute, withClient } from '../support/postgres.js';
import { type PostgresServer, startPostgres } from '../support/postgres-server.js';
import { makeScorer } from '../support/scorer.js';

const MAX_CONNECTIONS = 24;
/** Connections that the server keeps for superusers: the test looks through one. */
const KEPT = 3;
const DISK_MEGABYTES = 48;

describe('a server in trouble', () => {
  let server: PostgresServer;
  before(async () => {
    const started = await startPostgres({
      settings: {
        max_connections: String(MAX_CONNECTIONS),
        // What was committed before a crash is there after it; only who asks for more waits for a standby.
        synchronous_commit: 'local',
        synchronous_standby_names: 'nobody',
      },
      diskMegabytes: DISK_MEGABYTES,
    });
    assert.ok(started !== null);
    server = started;
  });
  after(() => server[Symbol.asyncDispose]());

  it('crashes and comes back: the run waits for it, exit code 0', async () => {
    await using scorer = await makeStopping({ server: server.url });
    await assertHealed(scorer);
    const says = [/retry {6}run failed \(attempt 1\), again in .* s: CONNECTION/];
    const crash = async (pid: number) => void process.kill(pid, 'SIGKILL');
    await assertEnds(scorer, { exit: 0, says }, (argv) => disturb(scorer, 'load', crash, argv));
    await assertTidy(scorer);
  });

  it('commits a publish and is ended before it says so: exit code 0', async () => {
    await using scorer = await makeStopping({ server: server.url });
    await assertHealed(scorer);
    await scorer.execute(...HOLD_COMMITS);
    const end = (pid: number) => scorer.execute(`select pg_terminate_backend(${pid})`);
    await assertEnds(scorer, { exit: 0, says: [] }, (argv) => disturb(scorer, 'answer', end, argv));
    const publishes = 'select version from scorehouse.publishes order by publish_seq';
    assert.deepEqual(await scorer.query(publishes), [['1'], ['2'], ['3']]);
    await assertTidy(scorer);
  });

  it('has no connection left: exit code 1', async () => {
    await using scorer = await makeScorer({ server: server.url });
    await assertHealed(scorer);
    const says = ['remaining connection slots are reserved', 'next: Close other sessions'];
    await occupy(server.url, MAX_CONNECTIONS - KEPT, () => assertEnds(scorer, { exit: 1, says }));
    await assertHealed(scorer);
  });

  it('has a full disk: exit code 1, and a good run once there is room', async (t) => {
    const { disk } = server;
    if (disk === null) return t.skip('this process may not mount a small disk: run the tests as root');
    await execute(server.url, `create tablespace small location '${disk}'`);
    try {
      const place = { server: server.url, database: 'tablespace small' };
      await using scorer = await makeStopping({ ...place, rows: 20_000 });
      await assertHealed(scorer);
      const ballast = server.diskFile('ballast');
      const { bavail, bsize } = await statfs(server.diskFile(''));
      await writeFile(ballast, Buffer.alloc(bavail * bsize - 2 ** 20));
      const says = [
        'error DISK_FULL (stage): load: could not extend file',
        'No space left on device',
        "next: The server's disk is full",
      ];
      await assertEnds(scorer, { exit: 1, says });
      await assertTidy(scorer);
      await unlink(ballast);
      await assertHealed(scorer);
    } finally {
      await execute(server.url, 'drop tablespace small');
    }
  });

  it('stops for good: exit code 1', async (t) => {
    const own = await startPostgres();
    assert.ok(own !== null);
    const scorer = await makeStopping({ server: own.url });
    t.after(() => scorer.removeFiles());
    await assertHealed(scorer);
    const result = await disturb(scorer, 'load', () => own[Symbol.asyncDispose](), ['run'], HASTE);
    assert.equal(result.exitCode, 1, result.text);
    assert.match(result.text, /retry {6}run failed \(attempt 1\)/);
    assert.match(
      result.text,
      /error CONNECTION .*(ECONNREFUSED|shutting down).* \(2 attempts in .*\n.*next: /,
    );
    assert.match(result.text, /warning: the next run closes this one/);
  });
});

/** Works while so many others are connected. */
async function occupy(url: string, connections: number, work: () => Promise<void>): Promise<void> {
  if (connections === 0) return work();
  await withClient(url, () => occupy(url, connections - 1, work));
}
