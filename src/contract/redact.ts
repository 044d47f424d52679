import { escapeControls } from './escape.js';
import { MASK, type Secret } from './secret.js';

/** A shorter secret is too common as a part of words: it is masked as a whole word only. */
const SHORTEST_INSIDE = 6;

/** Characters of base64 below which a hit would be chance. */
const SHORTEST_BASE64 = 8;

/** The password in a connection URL, and those among its parameters. */
const IN_URL = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@:]*:([^/?#]*)@)?/i;
const PARAMETER = /(?:^|[?&;\s])(?:password|passwd|pwd|token|secret|sig|signature|sslpassword)=([^&;\s]+)/gi;

/**
 * Takes secrets out of whatever leaves the process: texts as they are, in base64, hexadecimal, percent-encoded, and
 * as JSON, SQL or a terminal would be shown them. Secrets are added as they become known.
 */
export class Redactor {
  readonly #whole = new Map<string, RegExp>();
  readonly #inside = new Set<string>();
  /** The forms of `#inside`, the longest first: one may be a part of another. */
  #sorted: readonly string[] = [];

  constructor(secrets: Iterable<Secret> = []) {
    for (const secret of secrets) this.add(secret);
  }

  /** A connection string hides its password on its own too. */
  add(secret: Secret): void {
    const text = secret.reveal();
    for (const part of [text, ...passwordsIn(text)]) {
      if (part.length < SHORTEST_INSIDE)
        for (const form of shownForms(part)) this.#whole.set(form, asWord(form));
      else for (const form of allForms(part)) this.#inside.add(form);
    }
    this.#sorted = [...this.#inside].sort((a, b) => b.length - a.length);
  }

  /** The text with `***` in place of every secret. */
  text(text: string): string {
    const shown = this.#sorted.reduce((rest, form) => rest.replaceAll(form, MASK), text);
    return [...this.#whole.values()].reduce((rest, word) => rest.replace(word, MASK), shown);
  }

  /** The same value with secrets taken out of its texts, before it is serialised; names of fields stay. */
  value<Value>(value: Value): Value {
    return this.#redact(value) as Value;
  }

  #redact(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#redact(item));
    if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#redact(item)]));
  }
}

function passwordsIn(text: string): readonly string[] {
  const written = [IN_URL.exec(text)?.[1], ...[...text.matchAll(PARAMETER)].map(([, value]) => value)];
  return written.flatMap((part) => (part === undefined || part === '' ? [] : [part, decode(part)]));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** As texts, JSON, SQL and a terminal show it. */
function shownForms(text: string): readonly string[] {
  return [
    text,
    JSON.stringify(text).slice(1, -1),
    escapeControls(text),
    text.replaceAll("'", "''"),
    text.replaceAll('\\', '\\\\').replaceAll("'", "\\'"),
  ];
}

function allForms(text: string): readonly string[] {
  const hex = Buffer.from(text).toString('hex');
  return [...shownForms(text), ...urlForms(text), ...base64Forms(text), hex, hex.toUpperCase()].filter(
    (form) => form.length >= SHORTEST_INSIDE,
  );
}

function urlForms(text: string): readonly string[] {
  // A lone surrogate has no percent-encoding.
  const whole = Buffer.from(text).toString();
  const component = encodeURIComponent(whole);
  const strict = component.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams({ text }).toString().slice('text='.length);
  const userinfo = Object.assign(new URL('http://host'), { password: text }).password;
  const forms = [component, strict, form, userinfo, encodeURI(whole)];
  return forms.flatMap((each) => [each, each.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

/**
 * Base64 of anything that holds the text: bytes before it shift it by none, one or two, and what is decided by its
 * neighbours is left out.
 */
function base64Forms(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2]
    .map((shift) => {
      const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
      const from = Math.ceil((shift * 4) / 3);
      return encoded.slice(from, Math.floor(((shift + bytes.length) * 4) / 3));
    })
    .filter((form) => form.length >= SHORTEST_BASE64)
    .flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

function asWord(word: string): RegExp {
  const escaped = word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`, 'gu');
}
