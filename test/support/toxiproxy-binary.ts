import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The module, its version and the checksum of its source, as Go's checksum database has it. */
const MODULE = 'github.com/Shopify/toxiproxy/v2';
const VERSION = 'v2.12.0';
const SUM = 'h1:d1x++lYZg/zijXPPcv7PH0MvHMzEI5aX/YuUi/Sw+yg=';

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url));
const BINARY = join(CACHE, `toxiproxy-${VERSION}`);

/** Where Go's own installer puts it, which not every shell's PATH names. */
const GO = ['go', '/usr/local/go/bin/go'];

/** The proxy's program, or why there is none. */
export type FoundBinary = { readonly path: string } | { readonly missing: string };

/** The program, built by the machine's Go the first time. */
export async function findToxiproxy(): Promise<FoundBinary> {
  if (await isThere(BINARY)) return { path: BINARY };
  const go = await findGo();
  if (go === null) return { missing: 'there is no Go to build toxiproxy with' };
  try {
    await build(go);
    return { path: BINARY };
  } catch (error) {
    const { stderr, message } = error as Error & { readonly stderr?: string };
    return { missing: `toxiproxy could not be built: ${(stderr || message).trim().split('\n').at(-1)}` };
  }
}

async function findGo(): Promise<string | null> {
  for (const go of GO) {
    const found = await run(go, ['version']).catch(() => null);
    if (found !== null) return go;
  }
  return null;
}

/** Builds into a folder of its own first: another test command may be building too. */
async function build(go: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const dir = await mkdtemp(join(CACHE, 'toxiproxy-'));
  try {
    const env = { ...process.env, GOBIN: dir, GOTOOLCHAIN: 'local' };
    await run(go, ['install', `${MODULE}/cmd/server@${VERSION}`], { env });
    const built = join(dir, 'server');
    const { stdout } = await run(go, ['version', '-m', built]);
    if (!stdout.includes(`\t${MODULE}\t${VERSION}\t${SUM}`))
      throw new Error('it was built of another source');
    await rename(built, BINARY);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
