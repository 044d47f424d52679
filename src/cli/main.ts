#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { EXIT } from '../contract/index.js';
import { runCli } from './run-cli.js';

/** Aborts at the first SIGINT or SIGTERM, so that the run can end cleanly; a second one ends at once. */
function listenForSignals(): AbortSignal {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write('\nstopping; again to stop at once\n');
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}

/** True when this file is the program, also through the link that npm makes. */
function isProgram(): boolean {
  const [, script] = process.argv;
  return script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url);
}

if (isProgram()) {
  const { stdout, stderr, env } = process;
  const signal = listenForSignals();
  // A reader that went away (`| head -1`) must not end a run in the middle.
  for (const out of [stdout, stderr]) out.on('error', () => undefined);
  const code = await runCli(process.argv.slice(2), { stdout, stderr, env, cwd: process.cwd(), signal });
  process.exitCode = code;
  // Whatever handle a driver left open must not keep a finished run alive; output is flushed first.
  stdout.write('', () => stderr.write('', () => process.exit(code)));
}
