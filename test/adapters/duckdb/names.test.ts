import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { executeOn, valueOn } from '../../support/duckdb.js';
import { findFixture, loadFixture, targetOf } from '../../support/fixtures.js';
import { makeProject, runCommand, writeProjectFile } from '../../support/project.js';

const LINEAR = findFixture('linear');

for (const name of ['predictions', 'scorehouse', 'Predictions']) {
  test(`a file may be called ${name}, as a schema in it is`, async (t) => {
    const project = makeProject(t, { scores: targetOf(LINEAR, 'select * from main.input') });
    writeProjectFile(
      project,
      'scorehouse.yml',
      `name: shop\nwarehouses: { dev: { type: duckdb, path: ${name}.duckdb } }\n`,
    );
    await executeOn(project.database, ...loadFixture(LINEAR));
    const file = join(project.dir, `${name}.duckdb`);
    renameSync(project.database, file);

    for (const command of ['run', 'run', 'status', 'verify']) {
      const { code, stderr } = await runCommand(
        project,
        command === 'verify' ? [command, 'scores'] : [command],
      );
      assert.equal(code, 0, `${command}: ${stderr}`);
    }
    const sql = `select count(*) from "${name}".predictions.scores`;
    assert.equal(await valueOn(file, sql), await valueOn(file, 'select count(*) from main.input'));
  });
}
