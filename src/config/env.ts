import { Secret } from '../contract/index.js';
import { isMapping, type Path } from './path.js';

/** Environment variables by name; those of the process, or a test's. */
export type Env = Readonly<Record<string, string | undefined>>;

/** A variable's value that went into the text at a path. */
export interface EnvUse {
  readonly path: Path;
  /** The variable. */
  readonly name: string;
  readonly value: Secret;
}

/** A reference that could not be followed. */
export interface EnvFault {
  readonly path: Path;
  readonly message: string;
  readonly expected: string;
}

export interface Substituted {
  readonly value: unknown;
  readonly uses: readonly EnvUse[];
  readonly faults: readonly EnvFault[];
}

/** `$${` is a literal `${`; `${NAME}` a reference; a lone `${` is caught so that it can be refused. */
const REFERENCE = /\$\$\{|\$\{(?:([^{}]*)\})?/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Replaces `${NAME}` in every text of a file's values (never in keys). What it puts in stays text. */
export function substituteEnv(root: unknown, env: Env): Substituted {
  const uses: EnvUse[] = [];
  const faults: EnvFault[] = [];

  const replaceIn = (text: string, path: Path): string =>
    text.replace(REFERENCE, (match: string, name: string | undefined) => {
      if (match === '$${') return '${';
      if (name === undefined || !NAME.test(name)) {
        faults.push({
          path,
          message: 'not a reference to a variable',
          expected: `\${NAME}, or $\${ for a plain \${`,
        });
        return match;
      }
      const value = Object.hasOwn(env, name) ? env[name] : undefined;
      if (value === undefined || value === '') {
        const state = value === '' ? 'empty' : 'not set';
        faults.push({ path, message: `environment variable ${name} is ${state}`, expected: `${name} set` });
        return match;
      }
      uses.push({ path, name, value: new Secret(value) });
      return value;
    });

  const walk = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string') return value.includes('${') ? replaceIn(value, path) : value;
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (!isMapping(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]));
  };

  return { value: walk(root, []), uses, faults };
}
