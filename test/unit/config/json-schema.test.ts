import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { projectJsonSchema, targetJsonSchema } from '../../../src/config/index.js';
import { warehouseSchemas } from './fixtures.js';

type Node = Readonly<Record<string, unknown>>;

/** Every `properties` entry of a schema with its path. */
function properties(node: unknown, at = ''): readonly (readonly [string, Node])[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) => {
    if (key !== 'properties') return properties(child, `${at}/${key}`);
    return Object.entries(child as Node).flatMap(([name, each]) => [
      [`${at}.${name}`, each as Node] as const,
      ...properties(each, `${at}.${name}`),
    ]);
  });
}

describe('JSON Schema', () => {
  for (const [name, schema] of [
    ['target', targetJsonSchema()],
    ['project', projectJsonSchema(warehouseSchemas)],
  ] as const) {
    it(`of the ${name} is a draft 7 document with a title and an id`, () => {
      assert.equal(schema.$schema, 'http://json-schema.org/draft-07/schema#');
      assert.match(String(schema.$id), new RegExp(`/${name}\\.json$`));
      assert.equal(schema.title, `scorehouse ${name}`);
      assert.equal(schema.type, 'object');
      assert.equal(schema.additionalProperties, false);
    });
  }

  it('describes every key of a target', () => {
    const all = properties(targetJsonSchema());
    assert.ok(all.length > 90, String(all.length));
    assert.deepEqual(
      all.filter(([, node]) => typeof node.description !== 'string').map(([path]) => path),
      [],
    );
  });

  it('describes every key of the project file that is ours', () => {
    const missing = properties(projectJsonSchema({})).filter(
      ([, node]) => typeof node.description !== 'string',
    );
    assert.deepEqual(missing, []);
  });

  it('lists required keys', () => {
    assert.deepEqual(targetJsonSchema().required, ['name', 'source', 'key']);
  });

  it('gives each kind of warehouse its own keys beside the common ones', () => {
    const schema = projectJsonSchema(warehouseSchemas);
    const { warehouses } = schema.properties as Record<string, { additionalProperties: { anyOf: Node[] } }>;
    const [duckdb, postgres] = warehouses?.additionalProperties.anyOf ?? [];
    const keys = duckdb?.properties as Record<string, Node>;
    assert.deepEqual(Object.keys(keys).sort(), ['output_schema', 'path', 'threads', 'type']);
    assert.equal(keys.type?.const, 'duckdb');
    assert.deepEqual(duckdb?.required, ['type', 'path']);
    const branches = postgres?.anyOf as Node[];
    assert.deepEqual(
      branches.map((branch) => (branch.properties as Record<string, Node>).type?.const),
      ['postgres', 'postgres'],
    );
  });
});
