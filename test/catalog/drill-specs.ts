/** Drills of every kind and shape that a drill file can say, made up. */
import fc from 'fast-check';
import { DRILL_KINDS, type DrillKind, type DrillSpec, SCOPE_OF } from '../../src/model/drill.ts';
import { SCOPES } from '../../src/model/scope.ts';
import { parse } from './support.ts';

/** A shop that promises a recovery time and point for the loss of everything. */
export const CATALOGUE = `services:
  shop:
    tier: 1
    resources: [{ name: shop }]
    dependsOn: [{ supplier: psp }]
suppliers: { psp: {} }
agreements:
  sla:
    kind: SLA
    parties: { provider: P, customer: C }
    approvedBy: A
    from: 2026-01-01
    version: '1'
    metrics:
      shop:
        RTO: { ${SCOPES.map((s) => `${s}: 1h`).join(', ')} }
        RPO: { ${SCOPES.map((s) => `${s}: 5m`).join(', ')} }
`;
export const catalogue = parse(CATALOGUE);

/** Anything that a person might write, and what YAML might misread. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200, size: 'max' }).filter((s) => /\S/.test(s)),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((s) => /\S/.test(s)),
  fc
    .array(fc.constantFrom('a', ' ', '\n', '\r', '\u2028', '"', ': ', '#', ',', '}', '\\'), { maxLength: 200, size: 'max' })
    .map((p) => `x${p.join('')}`),
  fc.constantFrom(
    'no',
    'null',
    '~',
    '1',
    '0x1',
    '1e3',
    '22:00',
    '- a',
    'a: b',
    '#a',
    'a #b',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    "'",
    '"',
    '{}',
    '[',
    '|',
    '>',
    'a\nb',
    ' a ',
    '\t.',
    '=',
    '<<',
    '__proto__',
  ),
);
const texts = fc.array(text, { maxLength: 3 });
const someTexts = fc.array(text, { minLength: 1, maxLength: 3 });
const seconds = fc.oneof(
  fc.integer({ min: 1, max: 400 * 86_400 }),
  fc.integer({ min: 1, max: 1e6 }).map((ms) => ms / 1000),
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,126}$/);
const tags = fc.dictionary(
  text.filter((key) => key !== '__proto__'),
  text,
  { maxKeys: 3, noNullPrototype: true },
);

const MEMBERS: Readonly<Partial<Record<DrillKind, fc.Arbitrary<string>>>> = {
  'az-loss': fc.constantFrom('eu-west-1a', 'use1-az2', 'az:eu-west-1:?'),
  'region-evacuation': fc.constantFrom('eu-west-1', 'us-gov-east-1'),
  'region-loss': fc.constantFrom('eu-west-1', 'cn-north-1'),
  'control-plane-loss': fc.constant('eu-west-1'),
  'ransomware-recovery': fc.constantFrom('111122223333', '000000000000'),
  'dependency-loss': fc.constant('psp'),
};

const precondition: fc.Arbitrary<DrillSpec['preconditions'][number]> = fc.oneof(
  fc.constantFrom({ kind: 'no-other-drill' } as const, { kind: 'checks-green' } as const),
  fc.record({ kind: fc.constant('fresh-backups' as const), within: seconds }),
  fc.record({ kind: fc.constant('lag-within' as const), seconds: fc.oneof(seconds, fc.constant(0)) }),
  fc.record({ kind: fc.constant('no-change-freeze' as const), calendars: someTexts }),
  fc.record({ kind: fc.constant('no-open-incident' as const), alarms: someTexts }),
);
const stop: fc.Arbitrary<DrillSpec['stops'][number]> = fc.oneof(
  fc.record({ kind: fc.constant('alarm' as const), alarm: text }),
  fc.record({
    kind: fc.constant('availability-below' as const),
    share: fc.integer({ min: 0, max: 10_000 }).map((n) => n / 10_000),
    over: fc.oneof(seconds, fc.constant(300)),
  }),
  fc.record({ kind: fc.constant('lag-above' as const), seconds }),
  fc.record({ kind: fc.constant('longer-than' as const), seconds }),
);
const probe: fc.Arbitrary<DrillSpec['probes'][number]> = fc.oneof(
  fc.record({ kind: fc.constant('entry' as const), url: optional(text), slowest: optional(seconds) }),
  fc.record({ kind: fc.constant('dns' as const), name: text, resolvers: texts }),
  fc.constantFrom({ kind: 'canary' } as const, { kind: 'lag' } as const),
);
const window: fc.Arbitrary<NonNullable<DrillSpec['window']>> = fc
  .record({
    days: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
    from: fc.integer({ min: 0, max: 1439 }),
    to: fc.integer({ min: 0, max: 1439 }),
    zone: fc.constantFrom('Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'),
  })
  .filter(({ from, to }) => from !== to);

function ofKind(kind: DrillKind): fc.Arbitrary<DrillSpec> {
  const acts = kind !== 'table-top';
  const scope = SCOPE_OF[kind];
  const restores = kind === 'backup-restore' || kind === 'ransomware-recovery';
  const never = fc.constant(undefined);
  return fc.record({
    id,
    title: text,
    kind: fc.constant(kind),
    service: fc.constant('shop'),
    member: acts ? optional(MEMBERS[kind] ?? text) : never,
    hypothesis: fc.record({
      steady: optional(text),
      metrics: scope === undefined ? fc.constant([]) : fc.subarray([`sla/shop/RTO-${scope}`, `sla/shop/RPO-${scope}`]),
    }),
    preconditions: fc.array(precondition, { maxLength: 4 }),
    recover: acts ? optional(fc.array(fc.record({ action: text, on: text, with: tags }), { maxLength: 3 })) : never,
    probes: acts ? fc.array(probe, { maxLength: 3 }) : fc.constant([]),
    stops: acts ? fc.array(stop, { maxLength: 3 }) : fc.constant([]),
    points: restores
      ? fc.constantFrom<DrillSpec['points'][]>(['newest'], ['oldest'], ['newest', 'oldest'], ['oldest', 'newest'])
      : fc.constant<DrillSpec['points']>([]),
    limit: optional(seconds),
    dwell: optional(fc.oneof(seconds, fc.constant(0))),
    afterCrash: fc.constantFrom('continue', 'roll-back'),
    blastRadius: fc.record({ tags, most: optional(fc.integer({ min: 1, max: 1000 })) }),
    approvals: fc.record({ by: texts, count: fc.integer({ min: 1, max: 16 }) }),
    window: optional(window),
    every: optional(fc.integer({ min: 2, max: 800 }).map((halves) => halves / 2)),
    controls: texts,
    participants: acts ? texts : someTexts,
    place: fc.constant({ file: 'f', line: 1, column: 1 }),
  });
}

export const drillSpec: fc.Arbitrary<DrillSpec> = fc.constantFrom(...DRILL_KINDS).chain(ofKind);
export const drillSpecs = fc.uniqueArray(drillSpec, { maxLength: 4, selector: (s) => s.id });
