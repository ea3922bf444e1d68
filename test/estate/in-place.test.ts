import { describe, expect, it } from 'vitest';
import { parseCatalogue } from '../../src/catalog/parse.ts';
import { buildEstate } from '../../src/estate/estate.ts';
import { inPlace, type Observation } from '../../src/estate/in-place.ts';
import { known, unknown } from '../../src/model/known.ts';
import type { Resource, SourceReading } from '../../src/model/resource.ts';
import { SERVICES } from '../../src/services/registry.ts';
import { assign, joined } from '../../src/verdicts/assign.ts';
import { resource, type Spec } from '../services/support-traffic.ts';
import { promising } from '../verdicts/estates.ts';

const TABLE = 'aws:dynamodb/table:Table';
const GLOBAL_CLUSTER = 'aws:rds/globalCluster:GlobalCluster';
const BUCKET = 'aws:s3/bucket:Bucket';
const VERSIONING = 'aws:s3/bucketVersioning:BucketVersioning';
const ROUTE_TABLE = 'aws:ec2/routeTable:RouteTable';
const DEFAULT_TABLE = 'aws:ec2/defaultRouteTable:DefaultRouteTable';
const ASSOCIATION = 'aws:ec2/routeTableAssociation:RouteTableAssociation';
const ROLE = 'aws:iam/role:Role';
const ACCOUNT = '111122223333';

type Given = Spec & Partial<Pick<Resource, 'id' | 'tags' | 'account'>>;
const declared = (spec: Given): Resource => ({ ...resource(spec), id: spec.name, ...pick(spec) });
const pick = ({ id, tags, account }: Given) => ({
  ...(id === undefined ? {} : { id }),
  ...(tags === undefined ? {} : { tags }),
  ...(account === undefined ? {} : { account }),
});
/** What AWS shows has no name of the code's. */
const shown = (spec: Given): Resource => ({
  ...declared(spec),
  urn: `arn:aws:${spec.type}:${spec.region ?? ''}:${spec.name}`,
  project: '',
  stack: '',
});

const reading = (...resources: readonly Resource[]): SourceReading => ({
  source: 'shop.json',
  kind: 'export',
  project: 'shop',
  stack: 'prod',
  resources,
  stackOutputs: {},
  partial: false,
  notes: [],
});

const seen = (resources: readonly Resource[], more: Partial<Observation> = {}): Observation => ({
  source: 'simulated',
  resources,
  gaps: [],
  types: new Set([TABLE, GLOBAL_CLUSTER, BUCKET, VERSIONING, ROUTE_TABLE, DEFAULT_TABLE, ASSOCIATION]),
  targets: [{ account: ACCOUNT, regions: ['us-east-1', 'eu-west-1'] }],
  notes: [],
  ...more,
});

function placed(resources: readonly Resource[], observation: Observation) {
  const result = inPlace([reading(...resources)], observation, SERVICES);
  const [own] = result.readings;
  return {
    ...result,
    /** Of each declared resource: the reason why nothing is known of it, else `seen` or `declared`. */
    own: (own?.resources ?? []).map((r) => r.unread?.reason ?? (r.inputs.seen === true ? 'seen' : 'declared')),
    left: result.readings.at(-1)?.resources ?? [],
    missing: result.missing.map((r) => r.name),
    undeclared: result.undeclared.map((r) => r.name),
  };
}

const SEEN = { seen: true };

describe('a declared resource', () => {
  it('is what AWS shows under its id, with the names of the code', () => {
    const { own, readings, missing, undeclared } = placed(
      [declared({ type: TABLE, name: 'carts', id: 'shop-carts' })],
      seen([shown({ type: TABLE, name: 'shop-carts', inputs: SEEN })]),
    );
    expect([own, missing, undeclared]).toEqual([['seen'], [], []]);
    expect(readings[0]?.resources[0]).toMatchObject({
      urn: declared({ type: TABLE, name: 'carts' }).urn,
      name: 'carts',
      stack: 'prod',
    });
  });

  it('is the one of its Region and account where an id repeats', () => {
    const here = declared({ type: TABLE, name: 'carts' });
    const there = shown({ type: TABLE, name: 'carts', region: 'eu-west-1', inputs: SEEN });
    const foreign = shown({ type: TABLE, name: 'carts', inputs: SEEN, account: known('999988887777') });
    expect(placed([here], seen([there, foreign]))).toMatchObject({ own: ['not-reported'], missing: ['carts'] });
    expect(placed([here], seen([there, shown({ type: TABLE, name: 'carts', inputs: SEEN })])).own).toEqual(['seen']);
  });

  it('is found without a Region where AWS keeps it in none, and keeps the Region of its provider', () => {
    const { own, readings } = placed(
      [declared({ type: GLOBAL_CLUSTER, name: 'orders' })],
      seen([shown({ type: GLOBAL_CLUSTER, name: 'orders', region: 'aws-global', inputs: SEEN })]),
    );
    expect(own).toEqual(['seen']);
    expect(readings[0]?.resources[0]?.region).toEqual(known('us-east-1'));
  });

  it.each<[string, Given, Partial<Observation>, string]>([
    ['that a denied listing may hold', { type: TABLE, name: 'x' }, { gaps: [gap(TABLE)] }, 'access-denied'],
    [
      'that a listing of another Region was denied for',
      { type: TABLE, name: 'x' },
      { gaps: [gap(TABLE, 'eu-west-1')] },
      'not-reported',
    ],
    ['of a type that nobody reads from AWS', { type: TABLE, name: 'x' }, { types: new Set() }, 'not-modelled'],
    ['of a Region that was not asked', { type: TABLE, name: 'x', region: 'ap-south-1' }, {}, 'not-reported'],
    ['of an account that was not asked', { type: TABLE, name: 'x', account: known('999988887777') }, {}, 'not-reported'],
    ['that is not there', { type: TABLE, name: 'x' }, {}, 'not-reported'],
    ['that no scan shows and nothing runs on', { type: ROLE, name: 'x' }, {}, 'declared'],
  ])('%s is not taken for there', (_, spec, more, expected) => {
    expect(placed([declared(spec)], seen([], more)).own).toEqual([expected]);
  });

  it('is missing only where it was looked for', () => {
    const one = declared({ type: TABLE, name: 'x' });
    expect(placed([one], seen([])).missing).toEqual(['x']);
    expect(placed([one], seen([], { gaps: [gap(TABLE)] })).missing).toEqual([]);
    expect(placed([{ ...one, region: known('ap-south-1') }], seen([])).missing).toEqual([]);
    expect(placed([{ ...one, id: undefined }], seen([]))).toMatchObject({ own: ['unmapped'], missing: [] });
  });

  it('that is a part of another leaves nothing behind when it is gone', () => {
    const bucket = { type: BUCKET, name: 'media' };
    const result = placed(
      [declared(bucket), declared({ type: VERSIONING, name: 'media' })],
      seen([shown({ ...bucket, inputs: SEEN })]),
    );
    expect(result).toMatchObject({ own: ['seen'], missing: ['media'] });
  });
});

describe('an inert type that a scan shows', () => {
  const joins = { type: ASSOCIATION, name: 'rtbassoc-1' };

  it('is observed, so that the declared one does not stand beside it', () => {
    const { own, left } = placed([declared(joins)], seen([shown({ ...joins, inputs: SEEN })]));
    expect([own, left]).toEqual([['seen'], []]);
    expect(placed([declared(joins)], seen([])).own).toEqual([]);
  });

  it('stays inert in the estate', () => {
    const { readings } = placed([declared(joins)], seen([shown(joins)]));
    expect([...buildEstate(readings, SERVICES).resources.values()].map((r) => r.standing.kind)).toEqual(['inert']);
  });
});

describe('what no code declares', () => {
  it('is listed when it is whole, and not of the kind that AWS makes by itself', () => {
    const found = [TABLE, VERSIONING, ASSOCIATION, DEFAULT_TABLE].map((type) => shown({ type, name: type }));
    expect(placed([], seen(found)).undeclared).toEqual([TABLE]);
  });

  it('is no replica of what one does', () => {
    const replica = shown({ type: TABLE, name: 'carts', region: 'eu-west-1' });
    const own = shown({ type: TABLE, name: 'carts' });
    expect(placed([declared({ type: TABLE, name: 'carts' })], seen([own, replica])).undeclared).toEqual([]);
    expect(placed([], seen([own, replica])).undeclared).toHaveLength(2);
  });
});

it('a route table that somebody made the main one is still the declared one', () => {
  const { own, missing } = placed(
    [declared({ type: ROUTE_TABLE, name: 'rtb-1' })],
    seen([shown({ type: DEFAULT_TABLE, name: 'rtb-1', inputs: SEEN })]),
  );
  expect([own, missing]).toEqual([['seen'], []]);
});

it('belongs to the service of its code when its tags are gone, and what only its tags name joins it', () => {
  const tags = known({ team: 'shop' });
  const code = [reading(declared({ type: TABLE, name: 'carts', tags }))];
  const found = [
    shown({ type: TABLE, name: 'carts', tags: known({}) }),
    shown({ type: TABLE, name: 'orphan', tags }),
    shown({ type: TABLE, name: 'dark', tags: unknown('access-denied', 'tags') }),
  ];
  const services =
    'services:\n  shop:\n    tier: 1\n    resources: [{ tag: { team: shop } }]\n    entry: [{ tag: { team: shop } }]';
  const catalogue = parseCatalogue(promising('{ RTO: { az: 15m } }', '', services), 'holdfast.yaml', {});
  const designed = buildEstate(code, SERVICES);
  const estate = buildEstate(inPlace(code, seen(found), SERVICES).readings, SERVICES);
  const shop = joined(assign(estate, catalogue), assign(designed, catalogue), estate).services.get('shop');
  expect(shop?.resources.map((urn) => estate.resources.get(urn)?.resource.name).sort()).toEqual(['carts', 'orphan']);
  expect(shop?.doubts.map((d) => estate.resources.get(d.resource)?.resource.name)).toEqual(['dark']);
});

function gap(type: string, region = 'us-east-1') {
  return { types: [type], account: ACCOUNT, region, why: unknown('access-denied', 'denied') };
}
