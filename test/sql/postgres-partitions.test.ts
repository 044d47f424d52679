import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type pg from 'pg';
import { withClient } from '../support/postgres.js';
import { newWorld, run } from './postgres-world.js';

/** Does the work on a database with one version attached to its parent. */
async function withPartition(work: (client: pg.Client, url: string) => Promise<void>): Promise<void> {
  await using world = await newWorld();
  await withClient(world.url, async (client) => {
    for (const name of ['publish/parent_create', 'stage/create_version', 'publish/attach']) {
      await run(client, name);
    }
    await work(client, world.url);
  });
}

describe('a version on Postgres', () => {
  it('leaves its parent while nobody reads it', () =>
    withPartition(async (client) => {
      assert.deepEqual((await run(client, 'publish/partitions_list')).rows, [['churn__v8', 'f']]);
      await run(client, 'publish/detach_concurrently');
      assert.deepEqual((await run(client, 'publish/partitions_list')).rows, []);
    }));

  it('is pending while a reader holds the parent, whom it does not stop, and leaves later', () =>
    withPartition((client, url) =>
      withClient(url, async (reader) => {
        const read = () => reader.query('select count(*) from predictions.churn__versions');
        await reader.query('begin isolation level repeatable read');
        await read();
        await client.query("set lock_timeout = '100ms'");
        await assert.rejects(run(client, 'publish/detach_concurrently'), /lock timeout/);
        assert.deepEqual((await run(client, 'publish/partitions_list')).rows, [['churn__v8', 't']]);
        await read();
        await reader.query('commit');
        await run(client, 'publish/detach_finalize');
        assert.deepEqual((await run(client, 'publish/partitions_list')).rows, []);
      }),
    ));
});
