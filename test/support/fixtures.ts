import { fileURLToPath } from 'node:url';

/** The fixtures' folder in the package: three levels above this compiled file. */
const DIR = new URL('../../../test/fixtures/', import.meta.url);

const BITS = { real: 'integer', double: 'bigint' } as const;

/** A model with an input and the bits that it must give. `test/fixtures/README.md` says what each is. */
export interface Fixture {
  readonly name: string;
  /** Columns of input.csv behind `id`, with their DuckDB types. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Columns of the predictions, with their DuckDB types. */
  readonly outputs: Readonly<Record<string, string>>;
  /** True where the model has one matrix, whose columns a target must list. */
  readonly matrix: boolean;
}

export const FIXTURES: readonly Fixture[] = [
  { name: 'linear', matrix: true, inputs: doubles('f', 20), outputs: { variable: 'real' } },
  { name: 'lightgbm', matrix: true, inputs: doubles('f', 20), outputs: { variable: 'real' } },
  {
    name: 'forest',
    matrix: true,
    inputs: {
      bill_length_mm: 'double',
      bill_depth_mm: 'double',
      flipper_length_mm: 'double',
      body_mass_g: 'double',
    },
    outputs: { label: 'bigint', probabilities_0: 'real', probabilities_1: 'real', probabilities_2: 'real' },
  },
  {
    name: 'pipeline',
    matrix: false,
    inputs: {
      city: 'varchar',
      plan: 'varchar',
      spend: 'double',
      usage: 'double',
      visits: 'bigint',
      is_member: 'boolean',
    },
    outputs: { label: 'varchar', probabilities_0: 'real', probabilities_1: 'real' },
  },
  {
    name: 'types',
    matrix: false,
    inputs: {
      f32: 'real',
      f64: 'double',
      i32: 'integer',
      i64: 'bigint',
      flag: 'boolean',
      text: 'varchar',
    },
    outputs: {
      f32_same: 'real',
      f64_same: 'double',
      f64_third: 'double',
      i32_same: 'integer',
      i32_negated: 'integer',
      i64_same: 'bigint',
      i64_next: 'bigint',
      flag_same: 'boolean',
      flag_not: 'boolean',
      text_same: 'varchar',
      text_flat: 'varchar',
    },
  },
  {
    name: 'mlp',
    matrix: true,
    inputs: doubles('x', 8),
    outputs: { y_0: 'real', y_1: 'real', y_2: 'real' },
  },
];

/** The fixture of that name. */
export function findFixture(name: string): Fixture {
  const fixture = FIXTURES.find((candidate) => candidate.name === name);
  if (fixture === undefined) throw new Error(`no fixture ${name}`);
  return fixture;
}

/** Absolute path of a fixture's file. */
export function fixtureFile(fixture: string, file: string): string {
  return fileURLToPath(new URL(`${fixture}/${file}`, DIR));
}

/** Makes the tables `input` and `expected` of a fixture. */
export function loadFixture({ name, inputs, outputs }: Fixture): readonly string[] {
  const expected = Object.entries(outputs).map(([column, type]) => [
    `${column}${isFloat(type) ? '_bits' : ''}`,
    isFloat(type) ? BITS[type] : type,
  ]);
  return [
    renderLoad('input', fixtureFile(name, 'input.csv'), Object.entries(inputs)),
    renderLoad('expected', fixtureFile(name, 'expected.csv'), expected as [string, string][]),
  ];
}

/** A target's YAML over the fixture's model. */
export function targetOf(fixture: Fixture, source: string, more = ''): string {
  const features = fixture.matrix ? `features: [${Object.keys(fixture.inputs).join(', ')}]\n` : '';
  return `source: { sql: ${JSON.stringify(source)} }
key: [id]
model: { uri: ${JSON.stringify(fixtureFile(fixture.name, 'model.onnx'))} }
${features}${more}`;
}

/** The bits of a floating column as an integer, in the words of a warehouse. */
const RENDER_BITS = {
  duckdb: (column: string, type: 'real' | 'double') => `cast(cast(${column} as bit) as ${BITS[type]})`,
  postgres: (column: string, type: 'real' | 'double') =>
    type === 'real'
      ? `('x' || encode(float4send(${column}), 'hex'))::bit(32)::integer`
      : `('x' || encode(float8send(${column}), 'hex'))::bit(64)::bigint`,
} as const;

/** The bits of a `real` or `double` column as an integer. */
export function renderBits(kind: keyof typeof RENDER_BITS, column: string, type: 'real' | 'double'): string {
  return RENDER_BITS[kind](column, type);
}

/**
 * A condition that is true where prediction `p` has another bit than expectation `e`. The sign of a zero is left out:
 * DuckDB's own storage loses it at a checkpoint (columns of zeros alone, and runs of them, become one value).
 */
export function renderDifference({ outputs }: Fixture, kind: keyof typeof RENDER_BITS): string {
  return Object.entries(outputs)
    .map(([column, type]) => {
      if (!isFloat(type)) return `p.${column} is distinct from e.${column}`;
      const same = `${renderBits(kind, `p.${column}`, type)} = e.${column}_bits`;
      const bothZero = `p.${column} = 0 and e.${column}_bits in (0, ${type === 'real' ? '-2147483648' : '-9223372036854775808'})`;
      return `not coalesce(${same} or (${bothZero}), false)`;
    })
    .join(' or ');
}

function isFloat(type: string): type is 'real' | 'double' {
  return type === 'real' || type === 'double';
}

function doubles(prefix: string, count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, 'double']));
}

function renderLoad(table: string, file: string, columns: readonly (readonly [string, string])[]): string {
  const types = [['id', 'bigint'], ...columns].map(([name, type]) => `'${name}': '${type}'`).join(', ');
  return `create table ${table} as select * from read_csv('${file}', header = true, delim = ',', quote = '"',
    escape = '"', auto_detect = false, allow_quoted_nulls = false, columns = {${types}})`;
}
