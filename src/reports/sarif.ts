/**
 * SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html), as GitHub takes it in
 * (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
 */
import type { RuleText, Severity } from '../model/finding.ts';
import { escapeMarkdown } from './markdown.ts';
import type { VerifyResult } from './result-schema.ts';
import { plainText } from './text.ts';
import type { FindingResult, MetricResult } from './words.ts';
import { established } from './words.ts';

/** Where things are in the repository. Paths with `/`, relative to its root. */
export interface Layout {
  /** Folder of each Pulumi project that is in the repository; `''` is the root. */
  readonly projects: ReadonlyMap<string, { readonly folder: string; readonly manifest: string }>;
  /** Undefined where it is outside, or there is none. */
  readonly catalogue: string | undefined;
  /** File for what has no place of its own. */
  readonly otherwise: string;
  /** Of Holdfast. */
  readonly version: string;
}

/** GitHub takes no more results in one run, and shows the 5,000 most severe. */
const MOST_RESULTS = 25_000;
/** Longer texts are cut by GitHub at places of its own choice. */
const LONGEST_TEXT = 1_000;

const ROOT = '%SRCROOT%';
const METRIC_RULE = 'agreed-metric';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};

type Json = Readonly<Record<string, unknown>>;

/** `rules`: texts of every rule that may have found something. Results are sorted by weight; what is over the limit is counted. */
export function renderSarif(result: VerifyResult, rules: readonly RuleText[], layout: Layout): string {
  const used = new Set(result.findings.map((f) => f.rule));
  const described = rules.filter((r) => used.has(r.id));
  const index = new Map([METRIC_RULE, ...described.map((r) => r.id)].map((id, i) => [id, i]));
  const positions = new Map(result.identities.map((i) => [i.resource, i.position]));
  const seen = new Map<string, number>();
  const place = placer(layout);
  const all = [
    ...result.metrics
      .filter((m) => !['met', 'not-applicable'].includes(established(m).verdict))
      .map((m) => metricResult(m, result, place, positions)),
    ...result.findings.map((f) => findingResult(f, result, place, seen)),
  ];
  const isOpen = (r: Json): number => Number(r.kind === 'open');
  const sorted = [...all].sort(
    (a, b) => isOpen(a) - isOpen(b) || RANKS.indexOf(String(a.level)) - RANKS.indexOf(String(b.level)),
  );
  const kept = sorted.slice(0, MOST_RESULTS).map((r) => ({ ruleIndex: index.get(String(r.ruleId)), ...r }));
  const left = all.length - kept.length;
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Holdfast',
            version: layout.version,
            semanticVersion: layout.version,
            rules: [METRIC, ...described.map(ruleOf)],
            notifications: [{ id: 'left-out', shortDescription: { text: 'More results than one run may have.' } }],
          },
        },
        automationDetails: { id: `holdfast/${result.sources.map((s) => `${s.project}-${s.stack}`).join('+')}/` },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications:
              left === 0
                ? []
                : [
                    {
                      descriptor: { id: 'left-out', index: 0 },
                      level: 'warning',
                      message: { text: `${left} results were left out.` },
                    },
                  ],
          },
        ],
        originalUriBaseIds: { [ROOT]: { description: { text: 'The root of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        results: kept,
        properties: { world: result.world, level: result.level, date: result.date },
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

const RANKS: readonly string[] = ['error', 'warning', 'note', 'none'];

const METRIC: Json = {
  id: METRIC_RULE,
  name: 'AgreedMetric',
  shortDescription: { text: 'An agreed metric is not kept.' },
  fullDescription: {
    text: 'An agreement promises this metric, and by design it is not kept automatically, or nobody can tell whether it is.',
  },
  help: {
    text: 'holdfast explain METRIC SOURCE shows what decides it, step by step.',
    markdown: '`holdfast explain METRIC SOURCE` shows what decides it, step by step.',
  },
  defaultConfiguration: { level: 'error' },
  properties: { tags: ['continuity'], 'problem.severity': 'error' },
};

function ruleOf({ id, title, severity, scopes, why, fix, source }: RuleText): Json {
  const isAddress = /^https:\/\//.test(source);
  const [text, markdown] = [
    [why, fix, ...(isAddress ? [source] : [])],
    [why, `**Mend:** ${fix}`, ...(isAddress ? [`[Source](${source})`] : [])],
  ].map((lines) => lines.join('\n\n'));
  return {
    id,
    name: id.replace(/(?:^|[^a-z0-9]+)([a-z0-9])/g, (_, c: string) => c.toUpperCase()),
    shortDescription: { text: sentence(title) },
    fullDescription: { text: clip(why) },
    help: { text, markdown },
    ...(isAddress ? { helpUri: source } : {}),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['continuity', ...scopes.map((s) => `scope:${s}`)], 'problem.severity': PROBLEM[LEVELS[severity]] },
  };
}

/** GitHub's own three words. */
const PROBLEM = { error: 'error', warning: 'warning', note: 'recommendation' } as const;

const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

/** Of what is undecided the level is `none`: SARIF (3.27.10) allows no other for a kind that is not `fail`. */
function findingResult(f: FindingResult, { world, baseline }: VerifyResult, place: Placer, seen: Map<string, number>): Json {
  const key = `${f.rule}\n${f.fingerprint}`;
  const n = (seen.get(key) ?? 0) + 1;
  seen.set(key, n);
  const isUndecided = f.state === 'unknown';
  const isUpdated = f.baseline !== null && (f.baseline.state === 'moved' || f.baseline.worse !== null);
  return {
    ruleId: f.rule,
    kind: isUndecided ? 'open' : 'fail',
    level: isUndecided ? 'none' : LEVELS[f.severity],
    message: message(`${f.resourceTitle}: ${f.message}`),
    locations: [located(place(f.resource, f.position), f.resource, f.resourceTitle)],
    // The stack is in none of them: what is found in several stacks is counted.
    partialFingerprints: { primaryLocationLineHash: `${f.fingerprint}:${n}` },
    ...(baseline === null
      ? {}
      : { baselineState: isUpdated ? 'updated' : f.baseline?.state === 'unchanged' ? 'unchanged' : 'new' }),
    suppressions:
      f.waiver === null || f.waiver.expired
        ? []
        : [
            {
              kind: 'external',
              status: 'accepted',
              justification: plainText(`${f.waiver.reason} (waived by ${f.waiver.approvedBy} until ${f.waiver.until})`),
            },
          ],
    properties: { world, severity: f.severity, scopes: f.scopes, levels: f.levels },
  };
}

/** At the resource that decides it, where the program shows it, else at the promise, which is beside it anyway. */
function metricResult(
  m: MetricResult,
  { world, baseline, catalogue }: VerifyResult,
  place: Placer,
  positions: ReadonlyMap<string, FindingResult['position']>,
): Json {
  const { verdict, reason, resource } = established(m);
  const moved = baseline?.metrics.find((x) => x.id === m.id);
  const promised = catalogue === null ? undefined : place.promise(m.place);
  const decided = resource === null ? undefined : place(resource, positions.get(resource) ?? null);
  return {
    ruleId: METRIC_RULE,
    kind: verdict === 'not-met' ? 'fail' : 'open',
    level: verdict === 'not-met' ? 'error' : 'none',
    message: message(`${m.id} (${m.target.text}) is ${verdict}: ${reason}`),
    locations: [
      located((decided?.line === undefined ? promised : decided) ?? decided ?? place.otherwise, resource ?? m.id, m.id),
    ],
    ...(promised === undefined
      ? {}
      : { relatedLocations: [{ id: 1, ...located(promised, m.id, m.id), message: { text: 'what was agreed' } }] }),
    partialFingerprints: { primaryLocationLineHash: `${m.id}:1` },
    ...(baseline === null
      ? {}
      : { baselineState: moved === undefined ? 'unchanged' : (METRIC_STATES[moved.change] ?? 'updated') }),
    suppressions: [],
    properties: { world, agreement: m.agreement, service: m.service, scopes: [m.scope], verdict },
  };
}

const METRIC_STATES: Readonly<Partial<Record<string, string>>> = { lost: 'new', new: 'new', same: 'unchanged' };

interface Spot {
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

interface Placer {
  (resource: string, position: FindingResult['position']): Spot;
  promise(at: MetricResult['place']): Spot | undefined;
  readonly otherwise: Spot;
}

/** A resource that the program places nowhere is shown at its Pulumi.yaml: every result needs a file of the repository. */
function placer({ projects, catalogue, otherwise }: Layout): Placer {
  const whole = (file: string): Spot => ({ file, line: undefined, column: undefined });
  const of = (resource: string, position: FindingResult['position']): Spot => {
    const project = projects.get(resource.startsWith('urn:pulumi:') ? (resource.split('::')[1] ?? '') : '');
    if (project === undefined) return whole(otherwise);
    const file = position === null ? undefined : within(project.folder, position.file);
    return file === undefined || position === null
      ? whole(project.manifest)
      : { file, line: position.line, column: position.column };
  };
  return Object.assign(of, {
    promise: ({ line, column }: MetricResult['place']): Spot | undefined =>
      catalogue === undefined ? undefined : { file: catalogue, line, column },
    otherwise: whole(otherwise),
  });
}

/** A path in a folder, both relative to the root; undefined where it leads out of the repository, or into what is installed. */
function within(folder: string, file: string): string | undefined {
  if (/^(?:[a-z]:|[\\/])/i.test(file)) return undefined;
  const steps: string[] = [];
  for (const step of `${folder}/${file}`.split(/[\\/]/)) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return undefined;
  }
  return steps.length === 0 || steps.includes('node_modules') ? undefined : steps.join('/');
}

function located({ file, line, column }: Spot, qualified: string, name: string): Json {
  // GitHub takes nothing without a region. Where the construction ends, nobody recorded.
  const [startLine, startColumn] = [Math.max(1, line ?? 1), Math.max(1, column ?? 1)];
  return {
    physicalLocation: {
      artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: ROOT },
      region: { startLine, startColumn, endLine: startLine, endColumn: startColumn + 1 },
    },
    logicalLocations: [{ name: plainText(name), fullyQualifiedName: plainText(qualified), kind: 'resource' }],
  };
}

/** Brackets would make a link (SARIF 3.11.6). GitHub shows the Markdown where there is one. */
function message(text: string): Json {
  const plain = clip(plainText(text));
  return { text: plain.replace(/[\\[\]]/g, '\\$&'), markdown: escapeMarkdown(plain) };
}

const clip = (text: string): string => (text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`);
