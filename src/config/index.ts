export type { ConfigIssue } from './issues.js';
export { projectJsonSchema, targetJsonSchema } from './json-schema.js';
export * from './load.js';
export { findUriFault, showUri, toModelPlace } from './model-uri.js';
export { findNearest } from './nearest.js';
export * from './resolved.js';
export { type Selection, selectTargets } from './select.js';
