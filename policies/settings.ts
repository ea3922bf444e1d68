/** What the pack is told: the configuration of its policy `settings`, checked whole before anything is judged. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EnforcementLevel, PolicyConfigSchema } from '@pulumi/policy';
import * as z from 'zod';
import { findCatalogue, readCatalogue } from '../src/catalog/find.ts';
import type { Catalogue } from '../src/model/agreement.ts';
import { messageOf, UsageError } from '../src/model/errors.ts';
import { SEVERITIES } from '../src/model/finding.ts';
import { serviceTimes } from '../src/recovery/times/index.ts';
import { RULES } from '../src/rules/registry.ts';

const LEVELS = ['advisory', 'mandatory', 'disabled'] as const satisfies readonly EnforcementLevel[];
export type Level = (typeof LEVELS)[number];
const TIERS = ['1', '2', '3', '4'] as const;

const level = z.enum(LEVELS);
const texts = z.array(z.string());

const settingsSchema = z.strictObject({
  catalogue: z.string().optional().describe('Path of the catalogue (default: the nearest holdfast.yaml)'),
  region: z.string().optional().describe('Region of resources that nothing else places (default: AWS_REGION)'),
  stacks: texts
    .optional()
    .describe(
      'Other stacks of the estate: paths of exports, or names of stacks (organization/project/stack) to export by the CLI',
    ),
  rules: z
    .record(z.string(), level)
    .optional()
    .describe('Levels by rule; they stand over severities, and over the level of the policy'),
  severities: z
    .partialRecord(z.enum(SEVERITIES), level)
    .optional()
    .describe('Levels of rules by severity; they stand over the level of the policy'),
  tiers: z
    .partialRecord(z.enum(TIERS), level)
    .optional()
    .describe('The strictest level of what is found about a service of this tier'),
  baseline: z
    .string()
    .optional()
    .describe('Result of `holdfast verify --format json` before the change: what it knows of is advisory'),
  evidence: texts.optional().describe('Folders of evidence packs: drills that this change makes worthless become obligations'),
  signers: texts.optional().describe('Fingerprints of the keys that may sign evidence'),
  obligations: z.string().optional().describe('File for what only live AWS can tell, read by `holdfast check --obligations`'),
  date: z.iso.date().optional().describe('Day on which agreements and waivers are looked at (default: today)'),
});

export interface Settings extends Omit<z.output<typeof settingsSchema>, 'catalogue'> {
  readonly catalogue: Catalogue | undefined;
}

/** Of the policy `settings`, as CrossGuard takes it: the properties of an object. */
export function settingsConfigSchema(): PolicyConfigSchema {
  const { properties } = z.toJSONSchema(settingsSchema, { target: 'draft-7', io: 'input' });
  return { properties: (properties ?? {}) as PolicyConfigSchema['properties'] };
}

/**
 * Paths are relative to `base`. Throws `UsageError`: `policy-config` naming each property, what was expected and what was found;
 * those of `readCatalogue`.
 */
export function readSettings(config: object, base: string): Settings {
  const parsed = settingsSchema.safeParse(config, { reportInput: true });
  if (!parsed.success) throw invalid(parsed.error.issues.map(sayIssue));
  const settings = parsed.data;
  const ids = new Set(RULES.map((r) => r.id));
  const strange = Object.keys(settings.rules ?? {}).filter((id) => !ids.has(id));
  if (strange.length > 0) throw invalid(strange.map((id) => `rules.${id}: expected the id of a rule, found ${id}`));
  const path = (named: string): string => resolve(base, named);
  return {
    ...settings,
    catalogue: catalogueAt(settings.catalogue, base),
    ...(settings.baseline === undefined ? {} : { baseline: path(settings.baseline) }),
    ...(settings.obligations === undefined ? {} : { obligations: path(settings.obligations) }),
    ...(settings.evidence === undefined ? {} : { evidence: settings.evidence.map(path) }),
    ...(settings.stacks === undefined ? {} : { stacks: settings.stacks.map((s) => (existsSync(path(s)) ? path(s) : s)) }),
  };
}

function catalogueAt(named: string | undefined, base: string): Catalogue | undefined {
  const file = named === undefined ? findCatalogue([base]) : resolve(base, named);
  return file === undefined
    ? undefined
    : // Rules of live AWS can be waived too, and are not here: a waiver of a rule that nobody knows is for verify to refuse.
      readCatalogue(file, { timeRows: new Set(serviceTimes.map((t) => t.id)) });
}

/** What may stand where a key was refused. */
const KEYS: Readonly<Record<string, readonly string[]>> = { severities: SEVERITIES, tiers: TIERS };

function sayIssue(issue: z.core.$ZodIssue): string {
  const at = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const allowed = (KEYS[at] ?? Object.keys(settingsSchema.shape)).join(', ');
    return issue.keys.map((key) => `${[...issue.path, key].join('.')}: expected one of ${allowed}, found ${key}`).join('\n');
  }
  const expected = issue.message.replace(/^Invalid \w+: |, received .*$/g, '');
  return `${at}: ${expected}, found ${JSON.stringify(issue.input)}`;
}

function invalid(lines: readonly string[]): UsageError {
  return new UsageError('policy-config', `configuration of policy settings:\n${lines.map((l) => `  ${l}`).join('\n')}`);
}

/** Fingerprints of findings and ids of metrics that were broken, or not known, before the change. */
export interface Baseline {
  readonly findings: ReadonlySet<string>;
  readonly metrics: ReadonlySet<string>;
}

const baselineSchema = z.object({
  metrics: z.array(z.object({ id: z.string(), designed: z.object({ verdict: z.string() }) })),
  findings: z.array(z.object({ rule: z.string(), fingerprint: z.string(), state: z.string() })),
});

/** Throws `UsageError` (`baseline-unreadable`) when the file is no result of `holdfast verify`. */
export function readBaseline(file: string): Baseline {
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(
      'baseline-unreadable',
      `${file}: expected what \`holdfast verify --format json\` wrote, but ${messageOf(error)}`,
    );
  }
  const parsed = baselineSchema.safeParse(found);
  if (!parsed.success)
    throw new UsageError(
      'baseline-unreadable',
      `${file}: expected what \`holdfast verify --format json\` wrote, found other JSON (${parsed.error.issues[0]?.path.join('.')})`,
    );
  return {
    findings: new Set(parsed.data.findings.filter((f) => f.state === 'fires').map((f) => f.fingerprint)),
    metrics: new Set(parsed.data.metrics.filter((m) => m.designed.verdict === 'not-met').map((m) => m.id)),
  };
}
