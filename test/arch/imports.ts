import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE_ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A source file: its path from the package's root, with forward slashes, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript file under the folders. */
export function readSources(folders: readonly string[]): readonly SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(PACKAGE_ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
      .sort()
      .map((path) => ({ path, text: readFileSync(join(PACKAGE_ROOT, path), 'utf8') })),
  );
}

export interface Import {
  readonly from: string;
  /** A path of ours without its ending, or the name of a package. */
  readonly to: string;
  readonly ours: boolean;
  /** True where it vanishes at compile time. */
  readonly type: boolean;
}

/** Statements as the formatter leaves them: each at the start of a line, specifiers in single quotes. */
const STATIC = /^(?:import|export)\s+(?:(type)\s+)?([^'";]*?)\s*from\s+'([^']+)'/gm;
const BARE = /^import\s+'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g;
/** A worker's file is started, not imported, but depended on all the same. */
const STARTED = /new URL\('(\.[^']+\.js)', import\.meta\.url\)/g;

export function parseImports({ path, text }: SourceFile): readonly Import[] {
  const found = [
    ...[...text.matchAll(STATIC)].map(([, type, names = '', to = '']) => ({
      to,
      type: type === 'type' || isAllTypes(names),
    })),
    ...[BARE, DYNAMIC, STARTED].flatMap((pattern) =>
      [...text.matchAll(pattern)].map(([, to = '']) => ({ to, type: false })),
    ),
  ];
  return found.map(({ to, type }) => {
    const ours = to.startsWith('.');
    return { from: stem(path), to: ours ? stem(normalize(join(dirname(path), to))) : to, ours, type };
  });
}

/** `{ type A, type B }`: every name is marked on its own. */
function isAllTypes(names: string): boolean {
  const inside = /^\{([\s\S]*)\}$/.exec(names)?.[1];
  if (inside === undefined) return false;
  const parts = inside.split(',').map((part) => part.trim());
  return parts.every((part) => part === '' || part.startsWith('type '));
}

function stem(path: string): string {
  return path.replaceAll('\\', '/').replace(/\.(?:ts|js)$/, '');
}

/** The part that a file belongs to: `config` for src/config/x, `adapters/duckdb`, `adapters/index`, `package-root`. */
export function partOf(path: string): string {
  const [top, second = '', third] = path.split('/');
  if (top === 'src') return second;
  return third === undefined ? `adapters/${second}` : `adapters/${second}/`;
}

/** One way that an import may go although no general rule says so. */
export interface Exception {
  readonly from: string;
  readonly to: string;
  readonly type?: boolean;
  readonly reason: string;
}

/** What each part may import; `type` only for what vanishes at compile time. */
export interface Allowed {
  readonly to: readonly string[];
  readonly type?: readonly string[];
}

export interface Rules {
  readonly parts: Readonly<Record<string, Allowed>>;
  readonly exceptions: readonly Exception[];
}

/** Imports that the rules do not allow, as `from -> to`. */
export function findForbidden(files: readonly SourceFile[], rules: Rules): readonly string[] {
  return files.flatMap(parseImports).flatMap((each) => {
    if (!each.ours) return [];
    const [from, to] = [partOf(each.from), partOf(each.to)];
    if (from === to) return [];
    const allowed = from.endsWith('/') ? rules.parts['adapters/*'] : rules.parts[from];
    if (allowed?.to.includes(to) || (each.type && allowed?.type?.includes(to))) return [];
    const excused = rules.exceptions.some(
      (exception) =>
        exception.from === each.from && exception.to === each.to && (each.type || exception.type !== true),
    );
    return excused ? [] : [`${each.from} -> ${each.to}${each.type ? ' (type)' : ''}`];
  });
}

/** Exceptions that nothing makes use of any more. */
export function findUnused(files: readonly SourceFile[], { exceptions }: Rules): readonly string[] {
  const used = new Set(files.flatMap(parseImports).map(({ from, to }) => `${from} -> ${to}`));
  return exceptions.map(({ from, to }) => `${from} -> ${to}`).filter((line) => !used.has(line));
}

/** Paths of ours that an import names and no file has. */
export function findDangling(files: readonly SourceFile[]): readonly string[] {
  const known = new Set(files.map(({ path }) => stem(path)));
  return files
    .flatMap(parseImports)
    .filter(({ ours, to }) => ours && !known.has(to))
    .map(({ from, to }) => `${from} -> ${to}`);
}

/** Cycles among the imports that are there at run time, each as the path around. */
export function findCycles(files: readonly SourceFile[]): readonly string[] {
  const next = new Map<string, readonly string[]>();
  for (const file of files) {
    const targets = parseImports(file)
      .filter(({ ours, type }) => ours && !type)
      .map(({ to }) => to);
    next.set(stem(file.path), [...new Set(targets)]);
  }
  const cycles: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, trail: readonly string[]): void => {
    const at = trail.indexOf(file);
    if (at >= 0) cycles.push([...trail.slice(at), file].join(' -> '));
    if (at >= 0 || done.has(file)) return;
    for (const target of next.get(file) ?? []) walk(target, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) walk(file, []);
  return cycles;
}

/** Something that only some files may say. */
export interface Ban {
  readonly what: string;
  readonly pattern: RegExp;
  readonly except: (path: string) => boolean;
}

/** Lines that say what is banned where they stand; comments do not count. */
export function findBanned(files: readonly SourceFile[], bans: readonly Ban[]): readonly string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => {
      if (/^\s*(?:\/\/|\/?\*)/.test(line)) return [];
      return bans
        .filter(({ pattern, except }) => !except(path) && pattern.test(line))
        .map(({ what }) => `${path}:${i + 1} ${what}: ${line.trim()}`);
    }),
  );
}
