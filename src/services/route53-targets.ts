/** What a DNS record points at, and which records form one set. */
import type { Known } from '../model/known.ts';
import { andThen, collect, fold, known, map, together, unknown } from '../model/known.ts';
import { Hole, type Value } from '../model/value.ts';
import { spelling } from './links.ts';
import { referringTo } from './pointing.ts';
import type { Props, View } from './view.ts';
import { only } from './view.ts';

export const RECORD = 'aws:route53/record:Record';
export const ZONE = 'aws:route53/zone:Zone';
const EIP = 'aws:ec2/eip:Eip';
const EIP_ASSOCIATION = 'aws:ec2/eipAssociation:EipAssociation';
const INSTANCE = 'aws:ec2/instance:Instance';
/**
 * Types whose host names and addresses others connect to. A text is looked up among these only: a health check or a
 * certificate holds the same name without being what answers there.
 */
export const ADDRESSED: readonly string[] = [
  RECORD,
  EIP,
  INSTANCE,
  'aws:lb/loadBalancer:LoadBalancer',
  'aws:elb/loadBalancer:LoadBalancer',
  'aws:cloudfront/distribution:Distribution',
  'aws:globalaccelerator/accelerator:Accelerator',
  'aws:apigateway/restApi:RestApi',
  'aws:apigateway/domainName:DomainName',
  'aws:apigateway/stage:Stage',
  'aws:apigatewayv2/api:Api',
  'aws:apigatewayv2/domainName:DomainName',
  'aws:apigatewayv2/stage:Stage',
  'aws:lambda/functionUrl:FunctionUrl',
  'aws:s3/bucket:Bucket',
  'aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration',
  'aws:ec2/vpcEndpoint:VpcEndpoint',
  'aws:elasticbeanstalk/environment:Environment',
  'aws:rds/instance:Instance',
  'aws:rds/cluster:Cluster',
  'aws:rds/proxy:Proxy',
  'aws:elasticache/replicationGroup:ReplicationGroup',
  'aws:elasticache/cluster:Cluster',
];

/** What the text or the reference at `path` names; undefined when it is not set. */
export function addressed(props: Props, path: string, view: View): Known<string | undefined> {
  return props.raw(path) instanceof Hole ? view.target(props, path) : view.target(props, path, ADDRESSED);
}

/** They answer from many places at once: no Region takes them away. */
const GLOBAL: ReadonlySet<string> = new Set([
  'aws:cloudfront/distribution:Distribution',
  'aws:globalaccelerator/accelerator:Accelerator',
]);

export interface RecordTarget {
  readonly to: Known<string>;
  /** Undefined: it has no Region that could be lost. */
  readonly region: Known<string | undefined>;
  readonly property: string;
}

/** An alias of an alias is a tree; Route 53 forbids circles, a broken program need not. */
const MAX_DEPTH = 4;

/** Every value of the record: the alias target, or each of `records`. */
export function targetsOf(record: Props, view: View, depth = 0): Known<readonly RecordTarget[]> {
  return andThen(aliasOf(record), (alias) => {
    if (alias !== undefined) return known([pointed(alias, 'name', view, depth)]);
    return map(record.texts('records'), (values) =>
      values.map((_, i) => pointed(record, values.length === 1 ? 'records' : `records[${i}]`, view, depth, i)),
    );
  });
}

/** `aliases` is a list of at most one. */
export function aliasOf(record: Props): Known<Props | undefined> {
  return map(record.blocks(spelling(record, 'aliases', 'alias')), (blocks) => blocks[0]);
}

function pointed(props: Props, path: string, view: View, depth: number, element = 0): RecordTarget {
  const property = props.origin(path).property ?? path;
  const to = path.startsWith('records') ? elementOf(props, element, view) : named(props, view);
  const owner = andThen(to, (urn) => carrier(urn, view));
  return { to: owner, region: regionOf(owner, props, path, element, view, depth), property };
}

/** `dualstack.` before an ELB name only asks for IPv6 too; AWS writes names with or without the last dot, in either case. */
function named(alias: Props, view: View): Known<string> {
  const direct = addressed(alias, 'name', view);
  return fold(
    direct,
    (urn) =>
      urn === undefined ? unknown('error', 'the alias names nothing', alias.origin('name')) : known(urn, alias.origin('name')),
    (why) =>
      fold(
        alias.text('name', ''),
        (text) => byHost(text, alias, view),
        () => why,
      ),
  );
}

function elementOf(record: Props, i: number, view: View): Known<string> {
  const texts = record.raw('records');
  const literal = Array.isArray(texts) && typeof texts[i] === 'string';
  return andThen(view.targets(record, 'records', literal ? ADDRESSED : undefined), (list) =>
    fold(
      list[i] ?? unknown('error', 'no such value', record.origin('records')),
      (urn) => known(urn),
      (why) =>
        fold(
          andThen(record.texts('records'), (texts) => texts[i] ?? why),
          (text) => byHost(text, record, view),
          () => why,
        ),
    ),
  );
}

function byHost(text: string, near: Props, view: View): Known<string> {
  const host = plainHost(text);
  const found = view.named(known(host, near.origin('name')), near, ADDRESSED);
  return fold(
    found,
    () => found,
    (why) => {
      const records = recordsNamed(host, view);
      const first = records[0];
      return first === undefined ? why : known(first.id, near.origin('name'));
    },
  );
}

export function plainHost(text: string): string {
  return text
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^dualstack\./, '');
}

/** An Elastic IP address is only a name for the instance that it is attached to. */
function carrier(urn: string, view: View): Known<string> {
  const props = view.get(urn);
  if (props?.type !== EIP) return known(urn);
  return andThen(view.target(props, 'instance', [INSTANCE]), (instance) => {
    if (instance !== undefined) return known(instance);
    return andThen(only(referringTo(urn, view, EIP_ASSOCIATION, 'allocationId')), (association) =>
      association === undefined
        ? known(urn)
        : map(view.target(association, 'instanceId', [INSTANCE]), (through) => through ?? urn),
    );
  });
}

function regionOf(
  to: Known<string>,
  props: Props,
  path: string,
  element: number,
  view: View,
  depth: number,
): Known<string | undefined> {
  return fold(
    to,
    (urn) => regionOfTarget(urn, view, depth),
    (why) => {
      const text = path.startsWith('records')
        ? andThen(props.texts('records'), (texts) => texts[element] ?? why)
        : props.text(path, '');
      return fold(
        text,
        (host) => {
          const region = regionOfHost(host);
          return region === undefined ? why : known(region, why.from);
        },
        () => why,
      );
    },
  );
}

/** Region of what a name belongs to; for a record, the one Region that all its values are in. */
export function regionOfTarget(urn: string, view: View, depth = 0): Known<string | undefined> {
  const props = view.get(urn);
  if (props === undefined) return unknown('dangling', 'it is not in the sources', { resource: urn });
  if (GLOBAL.has(props.type)) return known(undefined, { resource: urn });
  if (props.type !== RECORD) return props.region;
  if (depth >= MAX_DEPTH) return unknown('error', 'records point at records too deep', { resource: urn });
  const regions = andThen(recordSetOf(props, view), (records) =>
    collect(
      records.map((record) => andThen(targetsOf(record, view, depth + 1), (targets) => collect(targets.map((t) => t.region)))),
    ),
  );
  return andThen(regions, (lists) => {
    const distinct = [...new Set(lists.flat())];
    return distinct.length === 1
      ? known(distinct[0], { resource: urn })
      : unknown('not-reported', 'the record set has branches in several Regions, or none', { resource: urn });
  });
}

/** Region in a host name that AWS gave: ELB, API Gateway, S3 website, and EC2 names carry it. */
export function regionOfHost(host: string): string | undefined {
  if (!/\.amazonaws\.com(\.cn)?\.?$/i.test(host)) return undefined;
  return /(?:^|[.-])((?:us|eu|ap|sa|ca|me|af|il|mx|cn)(?:-gov|-iso[a-z]?)?-[a-z]+-\d)(?=[.])/i.exec(host)?.[1]?.toLowerCase();
}

interface Sets {
  readonly byKey: ReadonlyMap<string, readonly Props[]>;
  readonly byName: ReadonlyMap<string, readonly Props[]>;
}
const sets = new WeakMap<View, Sets>();

/**
 * The records that Route 53 chooses among: same zone, name and type. The record itself is one of them. When its name is
 * not known, its siblings cannot be either.
 */
export function recordSetOf(record: Props, view: View): Known<readonly Props[]> {
  return map(keyOf(record, view), (key) => setsOf(view).byKey.get(key) ?? [record]);
}

function recordsNamed(name: string, view: View): readonly Props[] {
  return setsOf(view).byName.get(name) ?? [];
}

function setsOf(view: View): Sets {
  const cached = sets.get(view);
  if (cached !== undefined) return cached;
  const byKey = new Map<string, Props[]>();
  const byName = new Map<string, Props[]>();
  for (const record of view.all(RECORD)) {
    fold(
      keyOf(record, view),
      (key) => add(byKey, key, record),
      () => undefined,
    );
    fold(
      fullName(record, view),
      (name) => add(byName, name, record),
      () => undefined,
    );
  }
  const built = { byKey, byName };
  sets.set(view, built);
  return built;
}

function add(map: Map<string, Props[]>, key: string, record: Props): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [record]);
  else list.push(record);
}

/** Zone, name and type. A value that is not known is compared by what it is made of, so one output equals itself. */
function keyOf(record: Props, view: View): Known<string> {
  const zone = fold(
    view.target(record, 'zoneId', [ZONE]),
    (urn): Known<string> => known(urn ?? ''),
    () =>
      fold(
        record.text('zoneId', ''),
        (id): Known<string> => known(id),
        (why) => madeOf(record.raw('zoneId'), false) ?? why,
      ),
  );
  const name = fold(
    fullName(record, view),
    (text): Known<string> => known(text),
    (why) => madeOf(record.raw('name'), true) ?? why,
  );
  return map(together({ zone, name, type: record.text('type', '') }), (k) => [k.zone, k.name, k.type].join('\n'));
}

/** `exactly`: only when the mentions and the text around them say all that the value is. */
function madeOf(raw: Value | undefined, exactly: boolean): Known<string> | undefined {
  if (!(raw instanceof Hole)) return undefined;
  const says =
    raw.mentions.length > 0 &&
    raw.mentions.every((m) => m.property !== '') &&
    (raw.template === undefined ? raw.mentions.length === 1 : !raw.template.includes('${?}'));
  return exactly && !says ? undefined : known(JSON.stringify([raw.detail, raw.template, raw.mentions]));
}

/**
 * Full domain name, lower case, without the last dot. The provider adds the zone's name to a record whose name lacks it
 * (aws.route53.Record, `name`), so `www` in zone example.com is www.example.com.
 */
export function fullName(record: Props, view: View): Known<string> {
  const computed = map(record.computed('fqdn'), (v) => (typeof v === 'string' && v !== '' ? v : undefined));
  return andThen(computed, (fqdn) => {
    if (fqdn !== undefined) return known(plainName(fqdn), record.origin('fqdn'));
    return andThen(written(record, 'name', view), (name) => {
      const short = plainName(name);
      const zone = andThen(view.target(record, 'zoneId', [ZONE]), (urn) => {
        const props = urn === undefined ? undefined : view.get(urn);
        return props === undefined ? known('') : map(props.text('name', ''), plainName);
      });
      return fold(
        zone,
        (suffix) =>
          known(
            suffix === '' || short === suffix || short.endsWith(`.${suffix}`)
              ? short
              : short === ''
                ? suffix
                : `${short}.${suffix}`,
          ),
        () => known(short),
      );
    });
  });
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** A text made from other resources' own inputs (`www.${zone.name}`) is known although a preview cannot show it. */
function written(props: Props, path: string, view: View): Known<string> {
  const raw = props.raw(path);
  if (!(raw instanceof Hole)) return props.text(path, '');
  const parts = raw.mentions.map((mention) => view.get(mention.urn)?.raw(mention.property));
  const template = raw.template ?? (raw.mentions.length === 1 ? '${0}' : undefined);
  const texts = parts.filter((p): p is string => typeof p === 'string');
  if (template === undefined || template.includes('${?}') || texts.length !== parts.length || parts.length === 0)
    return props.text(path, '');
  return known(
    template.replace(/\$\{(\d+)\}/g, (whole, i: string) => texts[Number(i)] ?? whole),
    props.origin(path),
  );
}
