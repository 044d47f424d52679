import { strictObject, toJSONSchema, type ZodType } from 'zod';
import { projectSchema, warehouseKeys } from './project-schema.js';
import { targetSchema } from './target-schema.js';
import type { WarehouseSchemas } from './warehouses.js';

/** A JSON Schema document. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const BASE_ID = 'https://scorehouse.dev/schema';

/** The JSON Schema of scorehouse.yml; a warehouse's keys follow its type. */
export function projectJsonSchema(warehouseSchemas: WarehouseSchemas): JsonSchema {
  const schema = toJsonSchema(projectSchema, 'project', 'scorehouse project');
  const properties = schema.properties as Record<string, Record<string, unknown>>;
  const kinds = Object.entries(warehouseSchemas).map(([kind, own]) => toWarehouse(kind, own));
  return {
    ...schema,
    properties: {
      ...properties,
      warehouses: { ...properties.warehouses, additionalProperties: { anyOf: kinds } },
    },
  };
}

/** The JSON Schema of a file of targets/. */
export function targetJsonSchema(): JsonSchema {
  return toJsonSchema(targetSchema, 'target', 'scorehouse target');
}

function toJsonSchema(schema: ZodType, id: string, title: string): JsonSchema {
  const { $schema, ...rest } = convert(schema);
  return { $schema, $id: `${BASE_ID}/${id}.json`, title, ...rest };
}

function convert(schema: ZodType): Record<string, unknown> {
  // yaml-language-server reads draft 7 in full, later drafts in part.
  return toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' });
}

/**
 * A kind's keys with the keys that every warehouse has. They go into each alternative of the kind's schema, because
 * a closed mapping refuses what only a schema around it names.
 */
function toWarehouse(kind: string, own: ZodType): JsonSchema {
  const { $schema: _draft, ...schema } = convert(own);
  const { $schema: _commonDraft, ...common } = convert(strictObject(warehouseKeys));
  const properties = {
    ...(common.properties as object),
    type: { const: kind, description: 'Kind of the warehouse.' },
  };
  return addProperties(schema, properties);
}

function addProperties(schema: JsonSchema, extra: JsonSchema): JsonSchema {
  for (const word of ['anyOf', 'oneOf', 'allOf']) {
    const branches = schema[word];
    if (Array.isArray(branches))
      return { ...schema, [word]: branches.map((branch) => addProperties(branch, extra)) };
  }
  const required = [...new Set(['type', ...((schema.required as string[] | undefined) ?? [])])];
  return { ...schema, properties: { ...extra, ...(schema.properties as object | undefined) }, required };
}
