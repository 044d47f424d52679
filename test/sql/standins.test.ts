import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bigqueryDialect } from '../../adapters/bigquery/dialect.js';
import { snowflakeDialect } from '../../adapters/snowflake/dialect.js';
import { newRenderer } from '../../src/sql/renderer.js';
import { startBigquery } from '../support/standins/bigquery.js';
import { Standin } from '../support/standins/server.js';
import { startSnowflake } from '../support/standins/snowflake.js';
import { newBigqueryWorld, newSnowflakeWorld, type StandinWorld } from './standin-world.js';
import { listTrials, renderContext, renderTrial } from './world.js';

/** What a stand-in does not take, though the warehouse's own grammar does (parsers.test.ts). */
const REFUSED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  snowflake: {
    'gate/look_nonfinite_elements': 'arrays are JSON to it',
  },
  bigquery: { 'publish/view_comment': 'it has no ALTER … SET OPTIONS' },
};

/** Tables that trials make, each anew. */
const MADE = ['undo_00000000002a', 'redo_00000000002a', 'in_00000000002a'];

for (const { dialect, start, newWorld } of [
  { dialect: snowflakeDialect, start: startSnowflake, newWorld: newSnowflakeWorld },
  { dialect: bigqueryDialect, start: startBigquery, newWorld: newBigqueryWorld },
]) {
  const sql = newRenderer(dialect);
  const { fold } = dialect;

  describe(`the templates on the stand-in of ${dialect.kind}`, () => {
    let standin: Standin;
    let world: StandinWorld;

    before(async () => {
      const started = await start();
      assert.ok(started instanceof Standin, 'missing' in started ? started.missing : '');
      standin = started;
      world = await newWorld(standin.ports[0] ?? 0);
    });

    after(() => standin[Symbol.asyncDispose]());

    const runTrial = async (name: string) => {
      for (const made of MADE) {
        const table = { schema: fold('scorehouse'), name: fold(made) };
        await world.run(renderContext(sql, 'stage/drop_table', { table }));
      }
      for (const statement of renderTrial(sql, name)) await world.run(statement);
    };

    for (const name of listTrials(sql)) {
      const reason = REFUSED[dialect.kind]?.[name];
      if (reason === undefined) it(`${name} is understood`, () => runTrial(name));
      else it(`${name} is refused: ${reason}`, () => assert.rejects(runTrial(name)));
    }
  });
}
