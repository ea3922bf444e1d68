/** A run that gave no answer to judge, as the error that a reader can act on. Each ending has its own stable code. */
import { relative } from 'node:path';
import { UsageError } from '../../model/errors.ts';
import { firstOf } from '../../model/naming.ts';
import type { RunResult, WireError } from './protocol.ts';
import type { ChildEnd, Limits } from './run-child.ts';

/** Lines of an error's own message that are repeated. */
const MAX_MESSAGE_LINES = 12;

/** The run's result when it is complete; else throws the UsageError that says what went wrong. */
export function completed(child: ChildEnd, folder: string, limits: Limits): RunResult {
  const printed = child.printed === '' ? '' : `\nIt printed:\n${indent(child.printed)}`;
  const connected = connections(child.result);
  if (child.end === 'out-of-time') {
    throw new UsageError(
      'program-hung',
      `${folder}: the program was still running after ${limits.seconds} s and was stopped. ` +
        `A timer, a server or a loop keeps it alive; a longer limit can be given${connected}${printed}`,
    );
  }
  if (child.end === 'out-of-memory') {
    throw new UsageError(
      'program-out-of-memory',
      `${folder}: the program needed more than the ${limits.memory} MiB of heap it may use; a larger limit can be given${printed}`,
    );
  }
  if (child.result === undefined) {
    const how = child.signal === undefined ? `exit code ${child.code ?? 'unknown'}` : `signal ${child.signal}`;
    throw new UsageError('program-failed', `${folder}: the program could not be run (${how})${printed}`);
  }
  const { end } = child.result;
  switch (end.how) {
    case 'failed':
      throw failure(end.error, folder, connected, printed);
    case 'exited':
      throw new UsageError(
        'program-exited',
        `${folder}: the program ended itself with exit code ${end.code} before its registrations were complete; ` +
          `look for process.exit() in it${connected}${printed}`,
      );
    case 'waiting':
      throw new UsageError(
        'program-waiting',
        `${folder}: the program ended while ${waitingFor(end.registrations)} still waited for a promise that nothing resolves${connected}${printed}`,
      );
    case 'done':
      break;
  }
  if (!child.result.resources.some((r) => r.type !== 'pulumi:pulumi:Stack' || Object.keys(r.outputs).length > 0)) {
    throw new UsageError(
      'program-empty',
      `${folder}: the program ran and registered no resource and no output. Expected a program that constructs Pulumi resources when it is loaded, ` +
        `or that exports a function which does${printed}`,
    );
  }
  return child.result;
}

const waitingFor = (registrations: readonly string[]): string =>
  registrations.length === 0 ? 'its own top level' : firstOf(registrations);

function failure(error: WireError, folder: string, connected: string, printed: string): UsageError {
  const missing = /Missing required configuration variable '([^']+)'/.exec(error.message)?.[1];
  if (missing !== undefined) {
    return new UsageError(
      'program-config-missing',
      `${folder}: the program needs the configuration value ${missing}: give it with --config ${missing}=VALUE, or choose a stack that has it`,
    );
  }
  const message = error.message.split('\n').slice(0, MAX_MESSAGE_LINES).join('\n');
  const at = placeOf(error, folder);
  return new UsageError('program-failed', `${folder}: the program failed${at}: ${error.name}: ${message}${connected}${printed}`);
}

/** The innermost frame of the stack in the project's own files. */
function placeOf(error: WireError, folder: string): string {
  for (const line of error.stack.split('\n')) {
    const match = /^\s*at (?:.*\()?(?:file:\/\/)?(\/.*|[A-Za-z]:\\.*):(\d+):(\d+)\)?$/.exec(line);
    if (match?.[1] === undefined || /[\\/]node_modules[\\/]/.test(match[1])) continue;
    const file = relative(folder, match[1]);
    if (!file.startsWith('..')) return ` at ${file}:${match[2]}:${match[3]}`;
  }
  return '';
}

function connections(result: RunResult | undefined): string {
  if (result === undefined || result.connections.length === 0) return '';
  const places = firstOf([...new Set(result.connections)]);
  return `. Programs run without network, and it tried to reach ${places}`;
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
