import { describe, expect, it } from 'vitest';
import { parseDrillFile } from '../../src/catalog/drills.ts';
import { UsageError } from '../../src/model/errors.ts';
import { parse, refusal, unmark } from './support.ts';

const CATALOGUE = `services:
  shop:
    tier: 1
    resources: [{ name: shop }]
    dependsOn: [{ supplier: psp }, { service: login, strength: soft }]
  login: { tier: 2, resources: [{ name: login }] }
suppliers: { psp: {} }
defaults: { scopes: { 1: [az, data] } }
agreements:
  sla:
    kind: SLA
    parties: { provider: P, customer: C }
    approvedBy: A
    from: 2026-01-01
    version: '1'
    metrics:
      shop: { RTO: { az: 5m, region: { target: 1h } }, RPO: 5m, RETENTION: 35d, MBCO: { target: 60% } }
      login: { RTO: { az: 1m } }
`;
const catalogue = parse(CATALOGUE);
const read = (text: string) => parseDrillFile(text, 'shop.drill.yaml', catalogue);

/** Key and value of a drill of the shop → the value as it is read. */
const READ: readonly (readonly [kind: string, written: string, key: string, value: unknown])[] = [
  ['az-loss', 'title: Zone', 'title', 'Zone'],
  ['az-loss', '', 'title', 'd'],
  ['az-loss', '', 'member', undefined],
  ['az-loss', 'member: eu-west-1a', 'member', 'eu-west-1a'],
  ['az-loss', 'member: us-west-2-lax-1a', 'member', 'us-west-2-lax-1a'],
  ['az-loss', 'member: use1-az1', 'member', 'use1-az1'],
  ['az-loss', 'member: usw2-lax1-az1', 'member', 'usw2-lax1-az1'],
  ['az-loss', "member: 'az:us-east-1:2'", 'member', 'az:us-east-1:2'],
  ['region-loss', 'member: us-gov-west-1', 'member', 'us-gov-west-1'],
  ['database-failover', "member: '**::orders'", 'member', '**::orders'],
  ['ransomware-recovery', "member: '111122223333'", 'member', '111122223333'],
  ['dependency-loss', 'member: psp', 'member', 'psp'],
  ['dependency-loss', 'member: login', 'member', 'login'],
  ['dependency-loss', '', 'member', undefined],
  ['az-loss', '', 'hypothesis', { steady: undefined, metrics: [] }],
  [
    'az-loss',
    'hypothesis: { steady: well, metrics: [sla/shop/RTO-az, sla/shop/RPO-az, sla/shop/MBCO-az] }',
    'hypothesis',
    { steady: 'well', metrics: ['sla/shop/RTO-az', 'sla/shop/RPO-az', 'sla/shop/MBCO-az'] },
  ],
  [
    'backup-restore',
    'hypothesis: { metrics: [sla/shop/RPO-data, sla/shop/RETENTION-data] }',
    'hypothesis',
    { steady: undefined, metrics: ['sla/shop/RPO-data', 'sla/shop/RETENTION-data'] },
  ],
  ['az-loss', '', 'preconditions', [{ kind: 'no-other-drill' }]],
  ['az-loss', 'preconditions: []', 'preconditions', []],
  [
    'az-loss',
    'preconditions: [checks-green, fresh-backups: 24h, lag-within: 0, no-change-freeze: [xmas], no-open-incident: [a, b]]',
    'preconditions',
    [
      { kind: 'checks-green' },
      { kind: 'fresh-backups', within: 86_400 },
      { kind: 'lag-within', seconds: 0 },
      { kind: 'no-change-freeze', calendars: ['xmas'] },
      { kind: 'no-open-incident', alarms: ['a', 'b'] },
    ],
  ],
  ['az-loss', '', 'recover', undefined],
  ['az-loss', 'recover: []', 'recover', []],
  [
    'az-loss',
    "recover: [{ action: asg-scale, on: '**web**' }, { action: x, on: y, with: { desired: '4' } }]",
    'recover',
    [
      { action: 'asg-scale', on: '**web**', with: {} },
      { action: 'x', on: 'y', with: { desired: '4' } },
    ],
  ],
  ['az-loss', '', 'probes', []],
  [
    'az-loss',
    'probes: [entry, canary, lag, entry: shop.example, { entry: shop.example, slowest: 2s }, dns: shop.example, { dns: a.b, resolvers: [1.1.1.1] }]',
    'probes',
    [
      { kind: 'entry', url: undefined, slowest: undefined },
      { kind: 'canary' },
      { kind: 'lag' },
      { kind: 'entry', url: 'shop.example', slowest: undefined },
      { kind: 'entry', url: 'shop.example', slowest: 2 },
      { kind: 'dns', name: 'shop.example', resolvers: [] },
      { kind: 'dns', name: 'a.b', resolvers: ['1.1.1.1'] },
    ],
  ],
  [
    'az-loss',
    'stops: [alarm: errors, availability-below: 95%, { availability-below: 0.5%, over: 1m }, lag-above: 1m, longer-than: 1h30m]',
    'stops',
    [
      { kind: 'alarm', alarm: 'errors' },
      { kind: 'availability-below', share: 0.95, over: 300 },
      { kind: 'availability-below', share: 0.005, over: 60 },
      { kind: 'lag-above', seconds: 60 },
      { kind: 'longer-than', seconds: 5400 },
    ],
  ],
  ['az-loss', '', 'points', []],
  ['backup-restore', '', 'points', ['newest', 'oldest']],
  ['backup-restore', 'points: [oldest]', 'points', ['oldest']],
  ['ransomware-recovery', '', 'points', ['newest']],
  ['az-loss', 'limit: 20m', 'limit', 1200],
  ['az-loss', '', 'limit', undefined],
  ['az-loss', 'dwell: 0', 'dwell', 0],
  ['az-loss', '', 'afterCrash', 'roll-back'],
  ['az-loss', 'afterCrash: continue', 'afterCrash', 'continue'],
  ['az-loss', '', 'blastRadius', { tags: {}, most: undefined }],
  ['az-loss', 'blastRadius: { tags: { service: shop }, most: 3 }', 'blastRadius', { tags: { service: 'shop' }, most: 3 }],
  ['az-loss', '', 'approvals', { by: [], count: 1 }],
  ['az-loss', 'approvals: { by: [ann, bo], count: 2 }', 'approvals', { by: ['ann', 'bo'], count: 2 }],
  ['az-loss', '', 'window', undefined],
  [
    'az-loss',
    'window: { days: [mon-fri], from: "22:00", to: 04:00, zone: Europe/Berlin }',
    'window',
    { days: [1, 2, 3, 4, 5], from: 1320, to: 240, zone: 'Europe/Berlin' },
  ],
  [
    'az-loss',
    'window: { days: [sun, fri-mon], from: "00:00", to: "23:59", zone: UTC }',
    'window',
    { days: [1, 5, 6, 7], from: 0, to: 1439, zone: 'UTC' },
  ],
  ['az-loss', 'every: 365d', 'every', 365],
  ['az-loss', 'every: 1w12h', 'every', 7.5],
  ['az-loss', 'controls: [ISO 22301 8.5, DORA 11(6)]', 'controls', ['ISO 22301 8.5', 'DORA 11(6)']],
  ['table-top', 'participants: [incident lead]', 'participants', ['incident lead']],
];

describe('a drill', () => {
  it.each(READ)('%s { %s } has the %s that it says', (kind, written, key, value) => {
    const people = kind === 'table-top' ? '' : '\n';
    const [drill] = read(`id: d\nkind: ${kind}\nservice: shop\n${written}${people}`);
    expect(drill).toHaveProperty(key, value);
  });

  it('reads the same under drills:, in a file and in the catalogue', () => {
    const one = { id: 'd', kind: 'az-loss', service: 'shop', title: 'd', approvals: { by: [], count: 1 } };
    const line = 'drills:\n  - { id: d, kind: az-loss, service: shop }\n';
    expect(read('id: d\nkind: az-loss\nservice: shop')).toMatchObject([{ ...one, place: { line: 1, column: 1 } }]);
    expect(read(line)).toMatchObject([{ ...one, place: { file: 'shop.drill.yaml', line: 2, column: 5 } }]);
    expect(parse(`${CATALOGUE}${line}`).drills).toMatchObject([
      { ...one, place: { file: 'holdfast.yaml', line: 20, column: 5 } },
    ]);
  });
});

/** Name, lines of a drill with ▶ before each place that must be named, and a phrase for each place, in order. */
type Row = readonly [name: string, lines: string, ...phrases: readonly string[]];
const AZ = 'id: d\nkind: az-loss\nservice: shop\n';

const REFUSED: readonly Row[] = [
  ['an empty file', '▶', 'a drill, found nothing'],
  ['a list', '▶[]', 'a drill, found an empty list'],
  ['drills that are no list', 'drills: ▶{ a: 1 }', 'a list of drills'],
  ['a drill that is text', 'drills: [▶az-loss]', 'a drill, found "az-loss"'],
  ['a key beside drills', 'drills: []\n▶services: {}', 'unknown key "services"'],
  ['nothing but an id', '▶id: d', 'add kind', 'add service'],
  ['a misspelt kind', 'id: d\nkind: ▶azloss\nservice: shop', 'did you mean az-loss?'],
  ['an unknown service', 'id: d\nkind: az-loss\nservice: ▶shp', 'did you mean shop?'],
  [
    'an unknown service and a misspelt kind',
    'id: d\nkind: ▶azloss\nservice: ▶shp',
    'did you mean az-loss?',
    'did you mean shop?',
  ],
  ['a misspelt key', `${AZ}▶stop: []`, 'did you mean stops?'],
  ['an id with a blank', 'id: ▶a b\nkind: az-loss\nservice: shop', 'at most 127 letters'],
  [
    'an id twice',
    'drills:\n  - { id: d, kind: az-loss, service: shop }\n  - { id: ▶d, kind: az-loss, service: shop }',
    'another id for each drill',
  ],
  ['a key twice', `${AZ}▶id: e`, 'each key once'],
  ['a Region for an AZ', `${AZ}member: ▶eu-west-1`, 'an Availability Zone such as eu-west-1a'],
  ['an AZ for a Region', 'id: d\nkind: region-loss\nservice: shop\nmember: ▶eu-west-1a', 'a Region such as eu-west-1'],
  ['an account that is a number', 'id: d\nkind: ransomware-recovery\nservice: shop\nmember: ▶111122223333', 'in quotes'],
  ['a member of a table-top', 'id: d\nkind: table-top\nservice: shop\nparticipants: [a]\n▶member: x', 'remove member'],
  ['probes of a table-top', 'id: d\nkind: table-top\nservice: shop\nparticipants: [a]\n▶probes: [entry]', 'remove probes'],
  ['a table-top of nobody', '▶id: d\nkind: table-top\nservice: shop', 'the participants of a table-top'],
  ['a table-top of an empty list', 'id: d\nkind: table-top\nservice: shop\nparticipants: ▶[]', 'the participants of a table-top'],
  ['a dependency that it has not', 'id: d\nkind: dependency-loss\nservice: shop\nmember: ▶pps', 'did you mean psp?'],
  ['the loss of a dependency where there is none', '▶id: d\nkind: dependency-loss\nservice: login', 'under dependsOn'],
  ['a metric that is not there', `${AZ}hypothesis: { metrics: [▶sla/shop/RTO-az2] }`, 'did you mean sla/shop/RTO-az?'],
  ['a metric of another scope', `${AZ}hypothesis: { metrics: [▶sla/shop/RTO-region] }`, 'with the scope az'],
  ['a metric of another service', `${AZ}hypothesis: { metrics: [▶sla/login/RTO-az] }`, 'a metric of the service'],
  [
    'a metric where none can be shown',
    'id: d\nkind: dns-failover\nservice: shop\nhypothesis: { metrics: [▶sla/shop/RTO-region] }',
    'speaks for no promise',
  ],
  ['recovery points of nothing restored', `${AZ}▶points: [newest]`, 'remove points'],
  ['a recovery point twice', 'id: d\nkind: backup-restore\nservice: shop\npoints: ▶[newest, newest]', 'each recovery point once'],
  ['no recovery point', 'id: d\nkind: backup-restore\nservice: shop\npoints: ▶[]', 'at least one recovery point'],
  ['a precondition without its value', `${AZ}preconditions: [▶fresh-backups]`, '{ fresh-backups: 24h }'],
  ['a misspelt precondition', `${AZ}preconditions: [▶no-other-dril]`, 'did you mean no-other-drill?'],
  ['an unknown precondition', `${AZ}preconditions: [{ ▶quiet: true }]`, 'unknown key "quiet"'],
  ['two preconditions in one', `${AZ}preconditions: [{ fresh-backups: 1h, lag-within: ▶5s }]`, 'an entry of its own'],
  ['an empty precondition', `${AZ}preconditions: [▶{}]`, 'write one of fresh-backups'],
  ['backups of no age', `${AZ}preconditions: [{ fresh-backups: ▶0 }]`, 'longer than 0'],
  ['no alarms', `${AZ}preconditions: [{ no-open-incident: ▶[] }]`, 'at least one alarm'],
  ['a time without availability', `${AZ}stops: [{ alarm: a, over: ▶5m }]`, 'beside availability-below only'],
  ['a share without its sign', `${AZ}stops: [{ availability-below: ▶95 }]`, 'with a percent sign'],
  ['a limit without a unit', `${AZ}limit: ▶20`, 'give a unit'],
  ['no limit at all', `${AZ}limit: ▶0`, 'longer than 0'],
  ['resolvers without a name', `${AZ}probes: [{ entry: a, resolvers: ▶[b] }]`, 'beside dns only'],
  ['a setting that is a number', `${AZ}recover: [{ action: a, on: b, with: { n: ▶4 } }]`, 'in quotes'],
  ['a step of nothing', `${AZ}recover: [▶{ action: a }]`, 'add on'],
  ['nobody to approve', `${AZ}approvals: { count: ▶0 }`, 'nobody disrupts real AWS alone'],
  ['half an approver', `${AZ}approvals: { count: ▶1.5 }`, 'a whole number'],
  ['nothing that may be lost', `${AZ}blastRadius: { most: ▶0 }`, 'at least 1'],
  ['a misspelt day', `${AZ}window: { days: [▶monday], from: "22:00", to: "04:00", zone: UTC }`, 'three letters'],
  ['no day', `${AZ}window: { days: ▶[], from: "22:00", to: "04:00", zone: UTC }`, 'at least one day'],
  ['a time that is none', `${AZ}window: { days: [mon], from: ▶"24:00", to: "04:00", zone: UTC }`, '00:00 to 23:59'],
  ['a window of no width', `${AZ}window: { days: [mon], from: "22:00", to: ▶"22:00", zone: UTC }`, 'another time than'],
  ['an unknown zone', `${AZ}window: { days: [mon], from: "22:00", to: "04:00", zone: ▶Europe/Berlim }`, 'IANA'],
  ['an offset for a zone', `${AZ}window: { days: [mon], from: "22:00", to: "04:00", zone: ▶"+01:00" }`, 'IANA'],
  ['every few hours', `${AZ}every: ▶12h`, 'at least a day'],
  ['a continuation that is no choice', `${AZ}afterCrash: ▶resume`, 'roll-back or continue'],
];

function refused(text: string): UsageError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('expected a refusal, but the drills were read');
}

/** `line:column: …`, one for each problem. */
function linesOf(error: UsageError): readonly string[] {
  return error.message
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replace(/^(?:shop\.drill|holdfast)\.yaml:/, ''));
}

describe('a drill with a mistake', () => {
  it.each(REFUSED)('%s is refused, at its place', (_, marked, ...phrases) => {
    const { text, places } = unmark(marked);
    const error = refused(text);
    const lines = linesOf(error);
    expect(error.code).toBe('drill-file-invalid');
    expect(lines.map((line) => line.split(': ')[0])).toEqual(phrases.map((_, i) => places[Math.min(i, places.length - 1)]));
    phrases.forEach((phrase, i) => {
      expect(lines[i]).toContain(phrase);
    });
  });

  it('has an id of the catalogue', () => {
    const taken = parse(`${CATALOGUE}drills: [{ id: d, kind: az-loss, service: shop }]`);
    expect(() => parseDrillFile(AZ, 'f', taken)).toThrow(/another id for each drill/);
  });

  it('is refused with the rest of its catalogue, all at once', () => {
    const { text, places } = unmark(`services:
  shop: { tier: ▶9, resources: [{ name: shop }] }
drills: [{ id: a, kind: az-loss, service: ▶shp }, { id: b, kind: ▶tabletop, service: shop }]
`);
    const error = refusal(text);
    expect(error.code).toBe('catalogue-invalid');
    expect(linesOf(error).map((line) => line.split(': ')[0])).toEqual(places);
  });
});
