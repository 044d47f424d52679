/** Files of a new project, by their path in it. */
export const SCAFFOLD: Readonly<Record<string, string>> = {
  'scorehouse.yml': `# yaml-language-server: $schema=.scorehouse/project.schema.json
name: scoring
warehouses:
  dev: { type: duckdb, path: warehouse.duckdb, output_schema: predictions }
default_warehouse: dev
vars: {}
`,
  'targets/example.yml': `# yaml-language-server: $schema=../.scorehouse/target.schema.json
name: example
description: What the score means, in one sentence
owner: your-team
source:
  sql: |
    select id, feature_a, feature_b
    from main.inputs
key: [id]
model:
  uri: models/example.onnx
# features: a list in the model's order where it has one input of several columns;
# leave it out where each column is an input of its own
features: [feature_a, feature_b]
# outputs: { score: { from: variable } }   # default: every output of the model by its name
write:
  table: example
`,
  'models/README.md': `Put your .onnx files here.

    scorehouse model inspect models/<file>    what goes in and out, and a target to begin with
    scorehouse model lint models/<file>       what to know before scoring with it
    scorehouse init --model models/<file> --table <table>
                                              a target for it over that table
`,
  '.gitignore': `*.duckdb
*.duckdb.wal
.scorehouse/
`,
};
