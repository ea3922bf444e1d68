import { describe, expect, it } from 'vitest';
import { buildEstate } from '../../src/estate/estate.ts';
import { findRoles } from '../../src/estate/roles.ts';
import { decide, known, type Truth } from '../../src/model/known.ts';
import type { AutomationClass, Meaning, Protection } from '../../src/model/protection.ts';
import { fixed, row } from '../../src/model/protection.ts';
import type { SourceReading } from '../../src/model/resource.ts';
import { outcomeOf } from '../../src/recovery/outcome.ts';
import { recoveryPath } from '../../src/recovery/path.ts';
import { Aftermath, Terrain } from '../../src/recovery/standing.ts';
import { identityOf, lost, meaning, reduced, regional, regionalImpacts, service } from '../../src/services/service.ts';
import { resource, urnOf } from '../services/support-traffic.ts';

const POOL = 'test:pool:Pool';
const STORE = 'test:store:Store';
const LOST = { scope: 'region', name: 'eu-west-1' } as const;

/** Resources of the given meanings in the given Regions, the first of which is struck; the first `mates` are one role. */
function terrainOf(type: string, members: readonly { region: string; meaning: Meaning }[], mates = members.length): Terrain {
  const meanings = new Map(members.map((m, i) => [urnOf(type, String(i)), m.meaning]));
  const module = service({
    id: 'test',
    title: 'Test',
    kind: 'compute',
    types: [type],
    parts: [],
    declare: (props) => identityOf(props),
    mean: (facts) => meanings.get(facts.id) ?? meaning({ kind: 'config', placement: regional, under: {} }),
  });
  const reading: SourceReading = {
    source: 'test',
    kind: 'program',
    project: 'shop',
    stack: 'prod',
    resources: members.map((m, i) => resource({ type, name: String(i), region: m.region })),
    stackOutputs: {},
    partial: false,
    notes: [],
  };
  const estate = buildEstate([reading], [module]);
  return new Terrain(estate, findRoles(estate, [{ id: 'all', members: [...meanings.keys()].slice(0, mates) }]), () => 0);
}

const protection = (automation: AutomationClass, successor: string, armed: Truth = known(true)): Protection => ({
  mechanism: automation,
  scopes: ['region'],
  automation,
  armed,
  successors: known([successor]),
  into: known('eu-central-1'),
  time: fixed(60, 'test'),
  point: undefined,
  calls: [],
  action: undefined,
  says: automation,
});

const answer = (t: Truth): string => decide(t, { yes: () => 'yes', no: () => 'no', unknown: () => 'unknown' });

/** A pool of `serving` in the Region that is lost, beside one of `running` that may grow to `max`. */
function pools(serving: number, running: number, max: number) {
  const pool = (n: number, most: number, waits: boolean, protections: readonly Protection[]) =>
    meaning({
      kind: 'compute',
      placement: regional,
      waits: known(waits),
      under: { region: lost('it lives in one Region') },
      capacity: { unit: 'tasks', running: known(n), max: known(most) },
      protections,
    });
  const terrain = terrainOf(POOL, [
    { region: 'eu-west-1', meaning: pool(serving, serving, false, []) },
    { region: 'eu-central-1', meaning: pool(running, max, true, [protection('orchestrated', urnOf(POOL, '1'))]) },
  ]);
  const [role] = terrain.roles.all;
  if (role === undefined) throw new Error('no role');
  return outcomeOf(role, new Aftermath(terrain, LOST), 0.6);
}

describe('a standby that is too small for the 60 % agreed', () => {
  it.each([
    [{ serving: 4, running: 3, max: 3 }, 'carried', 'yes', 'what runs is enough'],
    [{ serving: 4, running: 1, max: 2 }, 'lost', 'no', 'its maximum is below'],
    [{ serving: 4, running: 1, max: 4 }, 'recovered', 'unknown', 'nobody promises the capacity to launch'],
    [{ serving: 4, running: 0, max: 4 }, 'recovered', 'unknown', 'the same from nothing'],
    [{ serving: 0, running: 0, max: 4 }, 'carried', 'unknown', 'how much would be enough is not known'],
  ])('%j is %s', ({ serving, running, max }, kind, exists) => {
    const outcome = pools(serving, running, max);
    expect([outcome.kind, answer(outcome.exists)]).toEqual([kind, exists]);
  });

  it('names the standby as what decides', () => {
    expect(pools(4, 1, 2).decidedBy).toBe(urnOf(POOL, '1'));
  });
});

/** A store with these protections, lost with its Region. */
function store(...protections: readonly Protection[]) {
  const under = regionalImpacts(true);
  return terrainOf(STORE, [
    { region: 'eu-west-1', meaning: meaning({ kind: 'store', placement: regional, under, protections }) },
    { region: 'eu-central-1', meaning: meaning({ kind: 'store', placement: regional, waits: known(true), under }) },
  ]);
}

describe('several ways back', () => {
  const ways = (classes: readonly AutomationClass[]) => {
    const terrain = store(...classes.map((c) => protection(c, urnOf(STORE, '1'))));
    const [role] = terrain.roles.all;
    return role === undefined ? undefined : outcomeOf(role, new Aftermath(terrain, LOST), 1).automation;
  };
  it.each<[readonly AutomationClass[], AutomationClass]>([
    [['human-execution', 'orchestrated', 'human-decision'], 'orchestrated'],
    [['human-execution', 'human-decision'], 'human-decision'],
    [['human-execution'], 'human-execution'],
  ])('of %j it is %s that counts', (classes, expected) => {
    expect(ways(classes)).toBe(expected);
  });
});

describe('a person who acts', () => {
  const nodes = (automation: AutomationClass) => {
    const needs = {
      id: 'shop',
      resources: [urnOf(STORE, '0')],
      doubts: [],
      entries: [],
      dependsOn: [],
      suppliers: [],
      optional: new Set<string>(),
    };
    return recoveryPath(needs, LOST, 1, store(protection(automation, urnOf(STORE, '1')))).graph.nodes;
  };
  it('must decide first, once', () => {
    const found = nodes('human-execution');
    expect(found.filter((n) => n.id === 'human-decision').map((n) => n.time)).toEqual([{ kind: 'row', row: 'human-decision' }]);
    expect(found.find((n) => n.id === urnOf(STORE, '0'))?.after).toContain('human-decision');
  });
  it.each(['orchestrated', 'human-decision', 'service-native'] as const)('is not waited for when it is %s', (automation) => {
    expect(nodes(automation).map((n) => n.id)).not.toContain('human-decision');
  });
});

describe('two doors, one of which loses an AZ', () => {
  const AZ = { scope: 'az', name: 'eu-west-1a' } as const;
  const door = (protections: readonly Protection[]) =>
    meaning({
      kind: 'traffic',
      placement: regional,
      under: { az: reduced(known(2 / 3), 'a third of the requests fail') },
      protections,
    });
  const mends = (urn: string): Protection => ({ ...protection('service-native', urn), scopes: ['az'] });
  const outcome = (protections: readonly Protection[]) => {
    const to = (urn: string) => ({ to: known(urn), carries: 'traffic', property: 'target' }) as const;
    const record = meaning({
      kind: 'traffic',
      placement: known({ kind: 'global' }),
      under: {},
      links: [to(urnOf(POOL, '0')), to(urnOf(POOL, '1'))],
    });
    const terrain = terrainOf(
      POOL,
      [
        { region: 'eu-west-1', meaning: door(protections) },
        { region: 'eu-central-1', meaning: door([]) },
        { region: 'eu-west-1', meaning: record },
      ],
      2,
    );
    const role = terrain.roles.of(urnOf(POOL, '0'));
    if (role === undefined) throw new Error('no role');
    return outcomeOf(role, new Aftermath(terrain, AZ), 1);
  };

  it('users of that one wait until it has mended itself, whatever stands beside it', () => {
    const { kind, mechanism, time } = outcome([mends(urnOf(POOL, '0'))]);
    expect({ kind, mechanism, time }).toEqual({ kind: 'recovered', mechanism: 'service-native', time: fixed(60, 'test') });
  });
});

describe('a plan that scales out', () => {
  const SHOP = urnOf(POOL, '1');
  /** Two pools that both serve, or one beside a standby; a plan brings the second to a share of the other. */
  const after = (pools: readonly [number, number], share: number, waits: boolean) => {
    const pool = (n: number, standsBy: boolean, protections: readonly Protection[]) =>
      meaning({
        kind: 'compute',
        placement: regional,
        waits: known(standsBy),
        under: { region: lost('it lives in one Region') },
        capacity: { unit: 'tasks', running: known(n), max: known(100) },
        protections,
      });
    const scales: Protection = { ...protection('human-execution', SHOP), action: 'ecs-scale' };
    const plan = meaning({
      kind: 'orchestrator',
      placement: known({ kind: 'global' }),
      under: {},
      orchestrations: [
        {
          action: 'ecs-scale',
          targets: [known(SHOP)],
          scopes: ['region'],
          automation: 'orchestrated',
          armed: known(true),
          lead: fixed(10, 'test'),
          grows: known(share),
          says: 'the plan',
        },
      ],
    });
    const terrain = terrainOf(
      POOL,
      [
        { region: 'eu-west-1', meaning: pool(pools[0], false, []) },
        { region: 'eu-central-1', meaning: pool(pools[1], waits, [scales]) },
        { region: 'eu-central-1', meaning: plan },
      ],
      2,
    );
    const role = terrain.roles.of(SHOP);
    if (role === undefined) throw new Error('no role');
    const outcome = outcomeOf(role, new Aftermath(terrain, LOST), 1);
    return [outcome.kind, outcome.automation];
  };

  it.each<[string, readonly [number, number], number, boolean, AutomationClass]>([
    ['a standby to as much as the Region that is left', [4, 1], 1, true, 'orchestrated'],
    ['a standby to half of it: somebody must add the rest', [4, 1], 0.5, true, 'human-execution'],
    ['one that serves too is as large already: nothing is added', [4, 4], 1, false, 'human-execution'],
    ['one that serves too, to twice as much', [4, 4], 2, false, 'orchestrated'],
  ])('%s', (_, sizes, share, waits, automation) => {
    expect(after(sizes, share, waits)).toEqual(['recovered', automation]);
  });
});

describe('a door that stands before what is lost', () => {
  const AZ = { scope: 'az', name: 'eu-west-1a' } as const;
  const to = (urn: string) => ({ to: known(urn), carries: 'traffic', property: 'target' }) as const;
  const taken = (struck: boolean, detection = row('ecs-task-missed')) => {
    const terrain = terrainOf(
      POOL,
      [
        {
          region: 'eu-west-1',
          meaning: meaning({
            kind: 'traffic',
            placement: regional,
            under: { az: known({ kind: 'unaffected', why: 'it spans AZs' }) },
            links: [to(urnOf(POOL, '1'))],
            detection: fixed(30, 'three checks'),
          }),
        },
        {
          region: 'eu-west-1',
          meaning: meaning({
            kind: 'compute',
            placement: regional,
            under: { az: struck ? reduced(known(0.5), 'half is lost') : known({ kind: 'unaffected', why: 'it is elsewhere' }) },
            capacity: { unit: 'tasks', running: known(4), max: known(8) },
            detection,
          }),
        },
      ],
      1,
    );
    const needs = {
      id: 'shop',
      resources: [urnOf(POOL, '0'), urnOf(POOL, '1')],
      doubts: [],
      entries: [urnOf(POOL, '0')],
      dependsOn: [],
      suppliers: [],
      optional: new Set<string>(),
    };
    return recoveryPath(needs, AZ, 0.5, terrain).graph.nodes.filter((n) => n.id.includes('takes out'));
  };

  it('sends requests there until its checks fail, or what keeps the targets has noticed', () => {
    const found = taken(true);
    expect(found.map((n) => [n.starts, n.time])).toEqual([
      ['at-onset', { kind: 'fastest', parts: [fixed(30, 'three checks'), row('ecs-task-missed')] }],
    ]);
  });

  it('has nothing to take out where nothing behind it is lost', () => {
    expect(taken(false)).toEqual([]);
  });
});
