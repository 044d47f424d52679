export type { Env } from './env.js';
export { type ConfigIssue, renderIssue } from './issues.js';
export { type JsonSchema, projectJsonSchema, targetJsonSchema } from './json-schema.js';
export * from './load.js';
export * from './resolved.js';
export { type Selection, selectTargets } from './select.js';
