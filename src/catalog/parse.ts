/** `holdfast.yaml` → `Catalogue`, or every problem in it at once. */
import type {
  Agreement,
  Catalogue,
  Dependency,
  Plan,
  RoleEntry,
  Selector,
  ServiceEntry,
  Supplier,
  TimeOverride,
} from '../model/agreement.ts';
import { METRIC_TYPES, type MetricType } from '../model/agreement.ts';
import { SCOPES, type Scope } from '../model/scope.ts';
import { chainCheck } from './chain.ts';
import { buildDrills } from './drills.ts';
import { buildInvocation } from './invocations.ts';
import { checkShape, keyPlace, spotAt } from './issues.ts';
import { expandMetrics, secondsOf } from './metrics.ts';
import { invalidCatalogue, showPlace } from './problem.ts';
import { crossCheck, type Vocabulary } from './references.ts';
import { type CatalogueDocument, catalogueSchema, type SelectorDocument } from './schema.ts';
import { readYaml, type Spot } from './yaml.ts';

export type Tier = ServiceEntry['tier'];

/** Seconds. */
const DAY = 86_400;

/**
 * Mandatory metrics by tier unless the catalogue says otherwise (docs/model.md, KPI 3):
 * RTO and RPO for az, region and data in tier 1, for az and data in tier 2, for data in tier 3; none in tier 4.
 */
const MANDATORY_SCOPES: Readonly<Record<Tier, readonly Scope[]>> = {
  1: ['az', 'region', 'data'],
  2: ['az', 'data'],
  3: ['data'],
  4: [],
};

/** Greatest age of a drill or a real event that counts, by tier, unless the catalogue says otherwise (docs/model.md, Expiry). Seconds. */
const EVIDENCE_AGE: Readonly<Record<Tier, number>> = { 1: 180 * DAY, 2: 365 * DAY, 3: 365 * DAY, 4: 365 * DAY };

/**
 * Reads a catalogue. `file` is the name in places and messages. Every `Place` is that of the value itself; a thing
 * that is named by its key (service, agreement, supplier, role) has the place of the key.
 * Throws one `UsageError` (`catalogue-invalid`) that lists all problems in source order, one a line:
 * `file:line:column: expected …, found …; what to do`.
 */
export function parseCatalogue(text: string, file: string, vocabulary: Vocabulary = {}): Catalogue {
  const yaml = readYaml(text, file);
  const shape = checkShape(catalogueSchema, yaml.value, yaml.spot);
  // A value that YAML itself could not give is nothing to the schema: one problem, not two.
  const unreadable = new Set(yaml.problems.map((p) => showPlace(p.place)));
  const further = [...shape.problems, ...crossCheck(yaml.value, yaml.spot, vocabulary)];
  const problems = [...yaml.problems, ...further.filter((p) => !unreadable.has(showPlace(p.place)))];
  if (shape.value === undefined || problems.length > 0) throw invalidCatalogue(file, problems);
  const catalogue = build(shape.value, yaml.spot, file);
  const warnings = [...catalogue.warnings, ...chainCheck(catalogue).map(({ message, place }) => ({ message, place }))];
  return { ...catalogue, warnings: warnings.sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column) };
}

function build(document: CatalogueDocument, root: Spot, file: string): Catalogue {
  const services = entries(document.services).map(([id, s]) => buildService(id, s, spotAt(root, ['services', id])));
  const tiers = new Map(services.map((s) => [s.id, s.tier]));
  const scopesOf = (service: string): readonly Scope[] => document.defaults?.scopes?.[tiers.get(service) ?? 4] ?? [];
  const agreements = entries(document.agreements).map(([id, a]) =>
    buildAgreement(id, a, spotAt(root, ['agreements', id]), scopesOf),
  );
  return {
    file,
    services,
    agreements,
    suppliers: entries(document.suppliers).map(([id, s]) => buildSupplier(id, s, spotAt(root, ['suppliers', id]))),
    waivers: (document.waivers ?? []).map((w, i) => ({
      ...w,
      resource: w.resource,
      place: spotAt(root, ['waivers', String(i)]).place,
    })),
    roles: entries(document.roles).map(([id, r]) => buildRole(id, r, spotAt(root, ['roles', id]))),
    times: entries(document.times).map(([row, t]) => buildTime(row, t, spotAt(root, ['times', row]))),
    sources: document.sources ?? [],
    mandatory: buildMandatory(document.defaults?.mandatory ?? {}),
    evidenceAge: buildEvidenceAge(document.defaults?.evidence?.maxAge ?? {}),
    inert: entries(document.inert).map(([type, reason]) => ({ type, reason, place: spotAt(root, ['inert', type]).place })),
    failureRates: given(document.failureRates),
    plans: (document.plans ?? []).map((p, i) => buildPlan(p, spotAt(root, ['plans', String(i)]))),
    drills: buildDrills(document.drills ?? [], spotAt(root, ['drills'])),
    warnings: agreements.flatMap(agreementWarnings),
  };
}

function entries<T>(record: Readonly<Record<string, T>> | undefined): readonly (readonly [string, T])[] {
  return Object.entries(record ?? {});
}

/** Without the keys that stand at undefined. */
function given<T>(record: Readonly<Record<string, T | undefined>> | undefined): Readonly<Record<string, T>> {
  return Object.fromEntries(entries(record).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])));
}

function buildService(id: string, s: CatalogueDocument['services'][string], spot: Spot): ServiceEntry {
  return {
    id,
    title: s.title ?? id,
    tier: s.tier,
    owner: s.owner,
    lifecycle: s.lifecycle ?? 'production',
    bia: s.bia,
    selectors: buildSelectors(s.resources, spotAt(spot, ['resources'])),
    entry: buildSelectors(s.entry ?? [], spotAt(spot, ['entry'])),
    exclude: buildSelectors(s.exclude ?? [], spotAt(spot, ['exclude'])),
    dependsOn: (s.dependsOn ?? []).map((d, i): Dependency => {
      const kind = 'service' in d ? 'service' : 'supplier';
      const name = 'service' in d ? d.service : d.supplier;
      return {
        on: { kind, id: name },
        strength: d.strength ?? 'hard',
        place: spotAt(spot, ['dependsOn', String(i), kind]).place,
      };
    }),
    place: keyPlace(spot),
  };
}

function buildSelectors(written: readonly SelectorDocument[], spot: Spot): readonly Selector[] {
  return written.map((s, i) => ({
    tags: s.tag,
    urn: s.urn,
    component: s.component,
    stack: s.stack,
    type: s.type,
    name: s.name,
    place: spotAt(spot, [String(i)]).place,
  }));
}

function buildSupplier(id: string, s: NonNullable<CatalogueDocument['suppliers']>[string], spot: Spot): Supplier {
  const promises = (['RTO', 'RPO'] as const).flatMap((type) =>
    SCOPES.flatMap((scope) => {
      const written = s.promises?.[type]?.[scope];
      return written === undefined ? [] : [{ type, scope, seconds: secondsOf(written) }];
    }),
  );
  return { id, title: s.title ?? id, evidence: s.evidence, promises, place: keyPlace(spot) };
}

function buildRole(id: string, r: NonNullable<CatalogueDocument['roles']>[string], spot: Spot): RoleEntry {
  return { id, service: r.service, members: buildSelectors(r.members, spotAt(spot, ['members'])), place: keyPlace(spot) };
}

function buildPlan(written: NonNullable<CatalogueDocument['plans']>[number], spot: Spot): Plan {
  const { id, services, owner, reviewed, contacts = [], roster, invocation, ...more } = written;
  const invoked = invocation === undefined ? undefined : buildInvocation(invocation, spotAt(spot, ['invocation']));
  return { id, services, owner, reviewed, contacts, roster, invocation: invoked, more, place: spot.place };
}

function buildTime(row: string, t: NonNullable<CatalogueDocument['times']>[string], spot: Spot): TimeOverride {
  return { row, min: secondsOf(t.min), typ: secondsOf(t.typ), max: secondsOf(t.max), source: t.source, place: keyPlace(spot) };
}

function buildAgreement(
  id: string,
  a: NonNullable<CatalogueDocument['agreements']>[string],
  spot: Spot,
  scopesOf: (service: string) => readonly Scope[],
): Agreement {
  return {
    id,
    title: a.title ?? id,
    kind: a.kind,
    provider: a.parties.provider,
    customer: a.parties.customer,
    version: a.version,
    approvedBy: a.approvedBy,
    from: a.from,
    to: a.to,
    underpinnedBy: a.underpinnedBy ?? [],
    changeReference: a.changeReference,
    metrics: entries(a.metrics).flatMap(([serviceId, written]) =>
      expandMetrics(written, spotAt(spot, ['metrics', serviceId]), {
        agreementId: id,
        serviceId,
        defaultScopes: scopesOf(serviceId),
      }),
    ),
    place: keyPlace(spot),
  };
}

/** What does not stop a run, but somebody should know: drafts, agreements without metrics, low percentiles. */
function agreementWarnings({ id, place, approvedBy, metrics }: Agreement): Catalogue['warnings'] {
  const draft = { place, message: `agreement ${id} is a draft and not in force: give approvedBy once it is approved` };
  const empty = { place, message: `agreement ${id} promises nothing: fill in its metrics` };
  // Below 95 a verdict says little about a single disruption (docs/model.md, Within bound).
  const low = metrics.filter((m) => m.percentile < 95);
  return [
    ...(approvedBy === undefined ? [draft] : []),
    ...(metrics.length === 0 ? [empty] : []),
    ...low.map((m) => ({
      place: m.place,
      message: `metric ${m.id} holds in ${m.percentile}% of disruptions only: agree on 95 or more`,
    })),
  ];
}

function buildMandatory(
  written: Readonly<Partial<Record<Tier, Readonly<Partial<Record<MetricType, readonly Scope[] | undefined>>> | undefined>>>,
): Catalogue['mandatory'] {
  const of = (tier: Tier): readonly { readonly type: MetricType; readonly scope: Scope }[] => {
    const scopes = written[tier] ?? { RTO: MANDATORY_SCOPES[tier], RPO: MANDATORY_SCOPES[tier] };
    return METRIC_TYPES.flatMap((type) => (scopes[type] ?? []).map((scope) => ({ type, scope })));
  };
  return { 1: of(1), 2: of(2), 3: of(3), 4: of(4) };
}

function buildEvidenceAge(written: Readonly<Partial<Record<Tier, string | 0 | undefined>>>): Catalogue['evidenceAge'] {
  const of = (tier: Tier): number => {
    const age = written[tier];
    return age === undefined ? EVIDENCE_AGE[tier] : secondsOf(age);
  };
  return { 1: of(1), 2: of(2), 3: of(3), 4: of(4) };
}
