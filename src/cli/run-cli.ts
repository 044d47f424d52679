import { exitCodeOf, isScoringError, Redactor, toInterrupted } from '../contract/index.js';
import type { CommandEnv } from './options.js';
import { renderFailure } from './output/human.js';
import { reportAsEvents } from './output/ndjson.js';
import { redactOutput, toJson } from './output/text.js';
import { parseArgv } from './parse.js';
import { readVersion } from './version.js';

/** What a process or a test gives a command. */
type OutsideEnv = Omit<CommandEnv, 'redactor'>;

/** Runs the command that argv names; never throws and never ends the process. Returns the exit code. */
export async function runCli(argv: readonly string[], outside: OutsideEnv): Promise<number> {
  const env = withRedaction(outside);
  try {
    const parsed = await parseArgv(argv, readVersion());
    if (parsed.kind === 'text') {
      env.stdout.write(`${parsed.text}\n`);
      return 0;
    }
    const handler = await parsed.spec.load();
    return await handler(parsed.args as never, env);
  } catch (thrown) {
    const error = env.signal.aborted ? toInterrupted('cli') : thrown;
    const json = argv.includes('--json');
    // Whoever reads a run's events waits for the last one, also where argv itself is wrong.
    const command = argv.find((word) => !word.startsWith('-'));
    if (json && (command === 'run' || command === 'redrive')) return reportAsEvents(error, env);
    reportError(error, json, env);
    return exitCodeOf(error);
  }
}

/** The same environment, whose outputs hide secrets. */
function withRedaction(outside: OutsideEnv): CommandEnv {
  const redactor = new Redactor();
  const hide = <Out extends CommandEnv['stdout']>(out: Out) => ({
    get isTTY() {
      return out.isTTY ?? false;
    },
    get columns() {
      return out.columns ?? 100;
    },
    write: (text: string) => out.write(redactOutput(text, redactor)),
  });
  return { ...outside, stdout: hide(outside.stdout), stderr: hide(outside.stderr), redactor };
}

function reportError(error: unknown, json: boolean, env: CommandEnv): void {
  const message = error instanceof Error ? error.message : String(error);
  const fields = isScoringError(error)
    ? { code: error.code, stage: error.stage, message, hint: error.hint, details: error.details }
    : { code: 'INVARIANT', stage: 'cli', message, hint: undefined, details: {} };
  if (json) env.stdout.write(`${toJson({ error: env.redactor.value(fields) })}\n`);
  env.stderr.write(renderFailure(fields.code, fields.stage, fields.message, fields.hint));
}
