/**
 * What data sources answer when AWS is not asked. Each unknown text is a marker, so that whatever a program builds from
 * it is a `Hole('stand-in')` and never a fact:
 *
 * - `getAvailabilityZones`: three zones, which are different from each other; nothing else about them is known. A value
 *   that is one of them becomes a hole whose template is `az:<region>:<index>` (index from 1; nothing between the colons
 *   when the Region is not known); `standInZone` in src/stacks/zones.ts reads it.
 * - `getRegion`: the Region of the provider or of the configuration, which is a fact; else a marker.
 * - `getPartition`: follows from the Region (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html).
 * - `getPolicyDocument`: rendered from its arguments, which is all that it does.
 * - `ssm.getParameter` of the recommended ECS-optimized AMI, which programs parse: a JSON document whose texts are markers
 *   (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html).
 * - everything else: what the provider's package declares as the function's result. Arguments are repeated under their own
 *   names, as the provider does; text is a marker; a list of texts is three markers whose number means nothing, so a list
 *   that holds one is unknown as a whole; anything else is unknown. Without a declaration: `id`, `arn` and `name`.
 */
import { UNKNOWN } from '../signatures.ts';
import type { Shape } from './child/declared.ts';
import type { MarkerBook } from './markers.ts';
import { policyDocument } from './policy-document.ts';
import type { Json, JsonRecord } from './protocol.ts';

/** Most Regions have three or more zones, and AWS promises at least three in new ones (https://aws.amazon.com/about-aws/global-infrastructure/regions_az/). */
const ZONES = 3;
/** Enough that `ids[0]` to `ids[2]` exist. */
const LIST_LENGTH = 3;

const PARTITIONS: readonly (readonly [prefix: string, partition: string, dnsSuffix: string])[] = [
  ['cn-', 'aws-cn', 'amazonaws.com.cn'],
  ['us-gov-', 'aws-us-gov', 'amazonaws.com'],
  ['us-iso', UNKNOWN, UNKNOWN],
  ['eu-isoe-', UNKNOWN, UNKNOWN],
  ['eusc-', UNKNOWN, UNKNOWN],
];

/** The parameter that holds the whole document; those below it hold one text of it. */
export const RECOMMENDED_IMAGE = /^\/aws\/service\/ecs\/optimized-ami\/.+\/recommended$/;

/** The document, around the id of an image. */
export const recommendedImage = (id: string): JsonRecord => ({
  schema_version: 1,
  image_id: id,
  image_name: id,
  os: id,
  ecs_runtime_version: id,
  ecs_agent_version: id,
});

export interface Question {
  readonly token: string;
  readonly args: JsonRecord;
  /** Region the data source would be asked in, where the program or its configuration says. */
  readonly region: string | undefined;
}

/** The answer, and whether it holds anything that AWS would have decided. */
export interface Answer {
  readonly result: JsonRecord;
  readonly standIn: boolean;
}

/** Answers one data source. `blank`: what is not a fact is unknown instead of marker text. */
export function answer(
  q: Question,
  declared: Readonly<Record<string, Shape>> | undefined,
  book: MarkerBook,
  blank: boolean,
): Answer {
  const told = answerWithMarkers(q, declared, book);
  return blank && told.standIn ? { ...told, result: { ...mapValues(told.result, () => UNKNOWN), ...q.args } } : told;
}

function mapValues(record: JsonRecord, f: () => Json): JsonRecord {
  return Object.fromEntries(Object.keys(record).map((k) => [k, f()]));
}

function answerWithMarkers(q: Question, declared: Readonly<Record<string, Shape>> | undefined, book: MarkerBook): Answer {
  const text = (field: string) => book.mark({ kind: 'stand-in', from: q.token, field, list: false, zone: undefined });
  const region = q.region ?? text('region');
  const name = q.token.slice(q.token.lastIndexOf(':') + 1);
  if (q.token.startsWith('aws:')) {
    switch (name) {
      case 'getAvailabilityZones':
        return { result: zones(q, region, book), standIn: true };
      case 'getRegion': {
        const named = typeof q.args.name === 'string' ? q.args.name : region;
        const result = {
          id: named,
          name: named,
          region: named,
          endpoint: `ec2.${named}.amazonaws.com`,
          description: text('description'),
        };
        return { result, standIn: q.region === undefined };
      }
      case 'getPartition':
        return { result: partition(q.region, text), standIn: q.region === undefined };
      case 'getPolicyDocument': {
        const json = policyDocument(q.args);
        return { result: { ...q.args, id: text('id'), json, minifiedJson: JSON.stringify(JSON.parse(json)) }, standIn: false };
      }
      case 'getParameter': {
        if (typeof q.args.name !== 'string' || !RECOMMENDED_IMAGE.test(q.args.name)) break;
        const value = JSON.stringify(recommendedImage(text('value')));
        return { result: { ...fields(q, declared ?? {}, region, book), ...q.args, value, insecureValue: value }, standIn: true };
      }
    }
  }
  return {
    result: { ...fields(q, declared ?? { id: 'text', arn: 'text', name: 'text' }, region, book), ...q.args },
    standIn: true,
  };
}

function zones(q: Question, region: string, book: MarkerBook): JsonRecord {
  const each = (field: string) =>
    Array.from({ length: ZONES }, (_, i) =>
      book.mark({ kind: 'stand-in', from: q.token, field, list: false, zone: { region: q.region, index: i + 1 } }),
    );
  // The last letter differs, as it does in real zone names: programs cut it off to name resources.
  const names = each('names').map((marker, i) => marker + 'abc'.charAt(i));
  const id = book.mark({ kind: 'stand-in', from: q.token, field: 'id', list: false, zone: undefined });
  return { id, region, groupNames: [region], ...q.args, names, zoneIds: each('zoneIds') };
}

function partition(region: string | undefined, text: (field: string) => string): JsonRecord {
  if (region === undefined)
    return { id: text('id'), partition: text('partition'), dnsSuffix: text('dnsSuffix'), reverseDnsPrefix: text('prefix') };
  const [, name, suffix] = PARTITIONS.find(([prefix]) => region.startsWith(prefix)) ?? ['', 'aws', 'amazonaws.com'];
  const reverse = suffix === UNKNOWN ? UNKNOWN : suffix.split('.').reverse().join('.');
  return { id: name, partition: name, dnsSuffix: suffix, reverseDnsPrefix: reverse };
}

function fields(q: Question, declared: Readonly<Record<string, Shape>>, region: string, book: MarkerBook): JsonRecord {
  const result: Record<string, Json> = {};
  for (const [field, shape] of Object.entries(declared)) {
    const mark = (place: string, list: boolean) =>
      book.mark({ kind: 'stand-in', from: q.token, field: place, list, zone: undefined });
    if (field === 'region') result[field] = region;
    else if (shape === 'text') result[field] = mark(field, false);
    else if (shape === 'texts') result[field] = Array.from({ length: LIST_LENGTH }, (_, i) => mark(`${field}[${i}]`, true));
    else result[field] = UNKNOWN;
  }
  return result;
}
