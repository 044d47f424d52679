import { fixtureFile } from './fixtures.js';

/** A table that the target `renderEcho` reads. */
export const ECHO_SOURCE = 'create table source (id bigint, score real, i integer, b boolean, note text)';

/** The outputs that a target may ask of the model, over `score` and `i`. */
export const ECHO_OUTPUTS = 'f32_same: {}';

/** A target whose model hands its inputs on: the score is the feature. */
export function renderEcho(
  write: string,
  { outputs = ECHO_OUTPUTS, passthrough = 'note', more = '' }: EchoOptions = {},
): string {
  return `source: { sql: select * from source }
key: [id]
model: { uri: ${JSON.stringify(fixtureFile('types', 'model.onnx'))} }
features: { f32: { column: score }, f64: { column: score }, i32: { column: i }, i64: { column: i }, flag: { column: b }, text: { column: note } }
outputs: { ${outputs} }
passthrough: [${passthrough}]
write: { ${write} }
${more}`;
}

export interface EchoOptions {
  readonly outputs?: string;
  readonly passthrough?: string;
  /** Further lines of the target. */
  readonly more?: string;
}
