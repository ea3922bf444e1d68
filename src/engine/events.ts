/**
 * What an operation of the engine did, out of its event log: one JSON object a line, as `--event-log` writes it
 * (`sdk/go/common/apitype/events.go` in github.com/pulumi/pulumi). Kinds of events that are not known here are passed
 * over, since each release adds some; a line that cannot be read is counted, because it may have held a step.
 */
import { field, isJsonRecord, type JsonRecord } from '../stacks/shape.ts';

/** A step of an update: one thing done, or to be done, to one resource. */
export interface EngineStep {
  /** As the engine spells it: same, create, update, replace, create-replacement, delete-replaced, delete, read, refresh … */
  readonly op: string;
  readonly urn: string;
  readonly type: string;
  /** The provider reference, `<urn>::<id>`; empty for components. */
  readonly provider: string;
  readonly diffs: readonly PropertyDiff[];
  /** Undefined before a creation. */
  readonly before: StepState | undefined;
  /** Undefined after a deletion. */
  readonly after: StepState | undefined;
  readonly failed: boolean;
}

export interface PropertyDiff {
  /** Property path as the engine writes it: `tags.name`, `ingress[0].fromPort`. */
  readonly path: string;
  /** add, delete, update, and the same with `-replace`. Where the provider tells properties only: update. */
  readonly kind: string;
  /** Between old and new inputs, rather than between what is there and the new inputs. */
  readonly inputDiff: boolean;
}

export interface StepState {
  readonly id: string | undefined;
  readonly protect: boolean;
  /** Secrets are masked by the engine. */
  readonly inputs: JsonRecord;
  readonly outputs: JsonRecord;
}

export interface Diagnostic {
  /** info, info#err, warning or error. */
  readonly severity: string;
  /** The resource that it is about, if any. */
  readonly urn: string | undefined;
  readonly message: string;
}

/** A violation (`before` and `after` undefined) or a remediation that a policy pack told. */
export interface PolicyEvent {
  readonly pack: string;
  readonly packVersion: string;
  readonly policy: string;
  readonly urn: string | undefined;
  /** mandatory, advisory (the engine's `warning`), remediate; empty for a remediation. */
  readonly enforcement: string;
  readonly message: string;
  readonly remediated: { readonly before: JsonRecord; readonly after: JsonRecord } | undefined;
}

export interface EventLog {
  readonly steps: readonly EngineStep[];
  readonly diagnostics: readonly Diagnostic[];
  readonly policies: readonly PolicyEvent[];
  /** Resources by operation; undefined when the log ended before its summary. */
  readonly changes: Readonly<Record<string, number>> | undefined;
  /** Lines that could not be read. */
  readonly unreadable: number;
}

/** One event of a resource with large inputs is some hundred kB; this much on a line is something else. */
const MAX_LINE = 64_000_000;
/** Kept of one message. */
const MAX_MESSAGE = 20_000;

export interface EventReader {
  line(text: string): void;
  end(): EventLog;
}

/** Takes a log line by line. */
export function eventReader(): EventReader {
  const steps: EngineStep[] = [];
  /** Where the newest step of a resource is, by URN. */
  const newest = new Map<string, number>();
  const diagnostics: Diagnostic[] = [];
  const policies: PolicyEvent[] = [];
  let changes: Readonly<Record<string, number>> | undefined;
  let unreadable = 0;

  const begun = (metadata: JsonRecord) => {
    newest.set(text(metadata, 'urn'), steps.push(stepOf(metadata, false)) - 1);
  };
  const ended = (metadata: JsonRecord, failed: boolean) => {
    const told = stepOf(metadata, failed);
    const at = newest.get(told.urn);
    const first = at === undefined ? undefined : steps[at];
    if (at === undefined || first === undefined) {
      steps.push(told);
      return;
    }
    // The end of a refresh tells what it found (update, delete, same); it stays a refresh.
    steps[at] = { ...told, op: first.op, diffs: told.diffs.length > 0 ? told.diffs : first.diffs };
  };
  const take = (event: JsonRecord) => {
    for (const [kind, use] of Object.entries({
      resourcePreEvent: (e: JsonRecord) => begun(record(e, 'metadata')),
      resOutputsEvent: (e: JsonRecord) => ended(record(e, 'metadata'), false),
      resOpFailedEvent: (e: JsonRecord) => ended(record(e, 'metadata'), true),
      diagnosticEvent: (e: JsonRecord) => {
        const told = diagnostic(e);
        // Debugging output repeats inputs, those that are secret too.
        if (told.severity !== 'debug' && told.message !== '') diagnostics.push(told);
      },
      errorEvent: (e: JsonRecord) => diagnostics.push({ severity: 'error', urn: undefined, message: clean(text(e, 'error')) }),
      policyEvent: (e: JsonRecord) => policies.push(policy(e)),
      policyRemediationEvent: (e: JsonRecord) => policies.push(remediation(e)),
      summaryEvent: (e: JsonRecord) => {
        changes = counts(record(e, 'resourceChanges'));
      },
    })) {
      const body = field(event, kind);
      if (isJsonRecord(body)) use(body);
    }
  };

  return {
    line(text) {
      if (text.trim() === '') return;
      const event = text.length > MAX_LINE ? undefined : parsed(text);
      if (event === undefined) unreadable += 1;
      else take(event);
    },
    end: () => ({ steps, diagnostics, policies, changes, unreadable }),
  };
}

function parsed(line: string): JsonRecord | undefined {
  try {
    const event: unknown = JSON.parse(line);
    return isJsonRecord(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

function stepOf(metadata: JsonRecord, failed: boolean): EngineStep {
  return {
    op: text(metadata, 'op'),
    urn: text(metadata, 'urn'),
    type: text(metadata, 'type'),
    provider: text(metadata, 'provider'),
    diffs: diffsOf(metadata),
    before: stateOf(field(metadata, 'old')),
    after: stateOf(field(metadata, 'new')),
    failed,
  };
}

function diffsOf(metadata: JsonRecord): readonly PropertyDiff[] {
  const detailed = Object.entries(record(metadata, 'detailedDiff'));
  if (detailed.length > 0) {
    return detailed.map(([path, diff]) => {
      const d = isJsonRecord(diff) ? diff : {};
      return { path, kind: text(d, 'diffKind') || 'update', inputDiff: field(d, 'inputDiff') === true };
    });
  }
  const replacing = new Set(texts(metadata, 'keys'));
  const paths = new Set([...texts(metadata, 'diffs'), ...replacing]);
  return [...paths].map((path) => ({ path, kind: replacing.has(path) ? 'update-replace' : 'update', inputDiff: false }));
}

function stateOf(value: unknown): StepState | undefined {
  if (!isJsonRecord(value)) return undefined;
  return {
    id: text(value, 'id') || undefined,
    protect: field(value, 'protect') === true,
    inputs: record(value, 'inputs'),
    outputs: record(value, 'outputs'),
  };
}

function diagnostic(event: JsonRecord): Diagnostic {
  return {
    severity: text(event, 'severity'),
    urn: text(event, 'urn') || undefined,
    message: clean(text(event, 'message')).replace(/^(warning|error): /, ''),
  };
}

function policy(event: JsonRecord): PolicyEvent {
  const level = text(event, 'enforcementLevel');
  return {
    ...policyName(event),
    enforcement: level === 'warning' ? 'advisory' : level,
    message: clean(text(event, 'message')),
    remediated: undefined,
  };
}

function remediation(event: JsonRecord): PolicyEvent {
  return {
    ...policyName(event),
    enforcement: '',
    message: '',
    remediated: { before: record(event, 'before'), after: record(event, 'after') },
  };
}

function policyName(event: JsonRecord): Pick<PolicyEvent, 'pack' | 'packVersion' | 'policy' | 'urn'> {
  return {
    pack: text(event, 'policyPackName'),
    packVersion: text(event, 'policyPackVersion'),
    policy: text(event, 'policyName'),
    urn: text(event, 'resourceUrn') || undefined,
  };
}

function counts(changes: JsonRecord): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(changes).flatMap(([op, n]) => (typeof n === 'number' ? [[op, n]] : [])));
}

/** Without the engine's colour directives (`<{%reset%}>`) and terminal escapes. */
function clean(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal escapes begin with one
  const plain = message.slice(0, MAX_MESSAGE).replace(/<\{%[^%]*%\}>|\u001b\[[0-9;]*[A-Za-z]/g, '');
  return plain.trim();
}

function text(from: JsonRecord, key: string): string {
  const value = field(from, key);
  return typeof value === 'string' ? value : '';
}

function texts(from: JsonRecord, key: string): readonly string[] {
  const value = field(from, key);
  return Array.isArray(value) ? value.filter((v) => typeof v === 'string') : [];
}

function record(from: JsonRecord, key: string): JsonRecord {
  const value = field(from, key);
  return isJsonRecord(value) ? value : {};
}
