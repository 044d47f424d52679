import { setTimeout as sleep } from 'node:timers/promises';
import type { Patience } from '../../src/cli/options.js';
import { HASTE } from './patience.js';
import type { Scorer } from './scorer.js';
import type { Direction, Toxic, ToxicProxy } from './toxiproxy.js';

/** Keeps every answer from the client: the server hears it, and it never hears the server. */
export const MUTE: Toxic = { type: 'timeout', stream: 'downstream', attributes: { timeout: 0 } };

/** Ends each connection after so many bytes of one way. */
export function cutAfter(bytes: number, stream: Direction): Toxic {
  return { type: 'limit_data', stream, attributes: { bytes: Math.floor(bytes) } };
}

/** Has the project reach its server through the proxy. */
export async function goThrough(scorer: Scorer, proxy: ToxicProxy): Promise<void> {
  await scorer.configure({ warehouse: { port: proxy.port } });
}

/** The bytes of a run's rows on their way: those of the whole run, less those of one that takes a single row. */
export async function measureRows(
  scorer: Scorer,
  proxy: ToxicProxy,
): Promise<Readonly<Record<Direction, number>>> {
  const measure = async (...argv: readonly string[]) => {
    const [up, down] = [await proxy.bytes('upstream'), await proxy.bytes('downstream')];
    const { exitCode, text } = await scorer.run(['run', ...argv]);
    if (exitCode !== 0) throw new Error(text);
    return { up: (await proxy.bytes('upstream')) - up, down: (await proxy.bytes('downstream')) - down };
  };
  const all = await measure();
  const one = await measure('--limit', '1');
  return { upstream: all.up - one.up, downstream: all.down - one.down };
}

/** Tries again at once, and mends what is broken before that. */
export function mendBefore(mend: () => Promise<void>): Patience {
  let mended: Promise<void> | null = null;
  const tools = {
    random: () => 0,
    now: () => performance.now(),
    sleep: async () => {
      mended ??= mend();
      await mended;
    },
  };
  return { ...HASTE, retries: { ...(HASTE.retries as NonNullable<Patience['retries']>), tools } };
}

/**
 * Has the answer to a COMMIT lost that waits in the server: the client hears nothing any more, the server commits, then
 * the connection ends. Resolves once the way to the server is as it was, or stays closed.
 *
 * @param pid the backend that commits; it is let go on after this was called
 */
export async function loseAnswer(
  scorer: Scorer,
  proxy: ToxicProxy,
  pid: number,
  then: 'up' | 'down',
): Promise<{ readonly lost: Promise<void> }> {
  const [[xid] = []] = await scorer.query(`select backend_xid from pg_stat_activity where pid = ${pid}`);
  await proxy.add(MUTE);
  const lose = async () => {
    const status = `select pg_xact_status('${xid}'::xid8)`;
    while ((await scorer.query(status))[0]?.[0] !== 'committed') await sleep(10);
    await proxy.down();
    await proxy.remove(MUTE);
    if (then === 'up') await proxy.up();
  };
  return { lost: lose() };
}
