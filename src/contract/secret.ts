import { inspect } from 'node:util';

/** What a secret shows of itself, whoever prints it. */
export const MASK = '***';

/**
 * A value that must not be shown. It prints as `***` in texts, JSON and dumps; only whoever needs the value itself
 * reveals it.
 */
export class Secret<Value = string> {
  readonly #value: Value;

  constructor(value: Value) {
    this.#value = value;
  }

  /** The value: for the call that needs it, never to be kept. */
  reveal(): Value {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}

/** Wraps a text of the configuration where it is parsed: `z.string().transform(toSecret)`. */
export function toSecret(text: string): Secret {
  return new Secret(text);
}

/** Every secret text in a configuration, however deep. */
export function findSecrets(config: unknown): readonly Secret[] {
  if (config instanceof Secret) {
    const value: unknown = config.reveal();
    return typeof value === 'string' ? [config as Secret] : findSecrets(value);
  }
  if (typeof config !== 'object' || config === null) return [];
  return Object.values(config).flatMap(findSecrets);
}
