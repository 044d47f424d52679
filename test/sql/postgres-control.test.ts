import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type pg from 'pg';
import { withClient } from '../support/postgres.js';
import { newWorld, run } from './postgres-world.js';

type Open = <T>(use: (client: pg.Client) => Promise<T>) => Promise<T>;

/** Does the work on a database whose control row of epoch 1 is held by `host:42`; each `open` is another connection. */
async function withControl(work: (open: Open) => Promise<void>): Promise<void> {
  await using world = await newWorld();
  const open: Open = (use) => withClient(world.url, use);
  await open((client) => take(client, 'host:42'));
  await work(open);
}

/** Rows that each of the statements finds or changes. */
async function take(client: pg.Client, holder: string): Promise<number | null> {
  return (await run(client, 'ledger/control_take', { holder })).count;
}

async function fence(client: pg.Client, epoch: bigint): Promise<number | null> {
  return (await run(client, 'ledger/fence', { epoch })).count;
}

async function move(client: pg.Client, publishSeq: bigint, epoch: bigint): Promise<number | null> {
  return (await run(client, 'ledger/pointer_move', { publishSeq, epoch })).count;
}

/** Pointer, publish_seq, holder and epoch. */
async function read(client: pg.Client): Promise<readonly (string | null)[] | undefined> {
  return (await run(client, 'ledger/control_read')).rows[0]?.slice(0, 4);
}

describe('the control row on Postgres', () => {
  it('is taken only when it is free, or its holder late by the clock rather than when the transaction began', () =>
    withControl((open) =>
      open(async (client) => {
        assert.equal(await take(client, 'host:43'), 0);
        await client.query('begin');
        await client.query('update scorehouse.control_churn set expires_at = clock_timestamp()');
        assert.equal(await take(client, 'host:43'), 1);
        await client.query('commit');
        await run(client, 'ledger/control_release', { epoch: 2n });
        assert.equal(await take(client, 'host:44'), 1);
        assert.deepEqual(await read(client), [null, '0', 'host:44', '3']);
      }),
    ));

  it('lets loads of its epoch by together, and none of another', () =>
    withControl((open) =>
      open(async (one) => {
        await one.query('begin');
        assert.equal(await fence(one, 1n), 1);
        assert.equal(await fence(one, 0n), 0);
        await open(async (other) => {
          await other.query("set lock_timeout = '1s'");
          assert.equal(await fence(other, 1n), 1);
        });
        await one.query('rollback');
      }),
    ));

  it('makes a takeover wait for a load, and a load behind a takeover fail', () =>
    withControl((open) =>
      open(async (zombie) => {
        await open(async (successor) => {
          await zombie.query('begin');
          assert.equal(await fence(zombie, 1n), 1);
          await successor.query("set lock_timeout = '50ms'");
          const raise = 'update scorehouse.control_churn set epoch = epoch + 1';
          await assert.rejects(successor.query(raise), /lock timeout/);
          await zombie.query('commit');
          await successor.query('begin');
          await successor.query(raise);
          const late = fence(zombie, 1n);
          await successor.query('commit');
          assert.equal(await late, 0);
        });
      }),
    ));

  it('moves the pointer from the publish and epoch that are held only', () =>
    withControl((open) =>
      open(async (client) => {
        assert.equal(await move(client, 0n, 0n), 0);
        assert.equal(await move(client, 1n, 1n), 0);
        assert.equal(await move(client, 0n, 1n), 1);
        assert.equal(await move(client, 0n, 1n), 0);
        assert.deepEqual(await read(client), ['7', '1', 'host:42', '1']);
      }),
    ));
});
