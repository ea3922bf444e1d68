/** What a resource mentions anywhere in its inputs: references, ARNs and host names inside text. */
import { kept } from '../model/collections.ts';
import type { Known } from '../model/known.ts';
import { fold, known, unknown } from '../model/known.ts';
import type { Value } from '../model/value.ts';
import { Hole, isList, isRecord } from '../model/value.ts';
import type { Props, View } from '../services/view.ts';

interface Found {
  readonly to: Known<string>;
  readonly property: string;
}

const MAX_DEPTH = 24;
/** Enough for any container definition; a megabyte of user data is not read to its end. */
const MAX_TEXT = 100_000;

/** ARNs of things that are called or read while serving. An IAM role or policy ARN is not such a thing. */
const ARN =
  /arn:aws[a-z-]*:(rds|dynamodb|s3|sqs|sns|secretsmanager|kms|kinesis|elasticache|lambda|states|elasticfilesystem|ssm):[^\s"'`,;<>()\\]*/g;
/** Host names that AWS gives to what others call. An image registry is asked only when something starts. */
const HOST =
  /[a-z0-9][a-z0-9.-]*\.(?:rds|cache|elb|es|sqs|execute-api|elasticfilesystem|efs)\.?[a-z0-9.-]*\.amazonaws\.com(?:\.cn)?|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.elb\.amazonaws\.com/g;

/** Properties whose plain words may be physical names (`TABLE=orders`); elsewhere a word is just a word. */
const CONFIGURATION = new Set(['environment', 'containerDefinitions', 'variables', 'userData', 'inputTransformer', 'definition']);

const remembered = new WeakMap<View, Map<Props, readonly Found[]>>();

/** Asked by the estate for its links, and by several rules: worked out once. */
export function mentionsOf(props: Props, view: View): readonly Found[] {
  return kept(
    kept(remembered, view, () => new Map<Props, readonly Found[]>()),
    props,
    () => mentionsIn(props, view),
  );
}

function mentionsIn(props: Props, view: View): readonly Found[] {
  const found: Found[] = [];
  for (const [property, value] of Object.entries(props.resource.inputs)) walk(value, property, 0);
  return found;

  function walk(value: Value, property: string, depth: number): void {
    if (depth > MAX_DEPTH) return;
    if (typeof value === 'string') {
      textMentions(value, property);
    } else if (value instanceof Hole) {
      // What it was made from is written in it, or beside the whole property.
      const root = property.split('.', 1)[0] ?? '';
      const made =
        value.mentions.length > 0 ? value.mentions.map((m) => m.urn) : (props.resource.propertyDependencies[root] ?? []);
      for (const urn of made) found.push({ to: known(urn, props.origin(property)), property });
      if (value.template !== undefined) textMentions(value.template, property);
      else if (made.length === 0 && mayNameSomething(value, root, depth)) {
        const detail = `${property} is not known (${value.detail}), so nobody can tell what it calls`;
        found.push({ to: unknown(value.reason, detail, props.origin(property)), property });
      }
    } else if (isList(value)) {
      for (const item of value) walk(item, property, depth + 1);
    } else if (isRecord(value)) {
      for (const [key, item] of Object.entries(value)) walk(item, depth === 0 ? `${property}.${key}` : property, depth + 1);
    }
  }

  function textMentions(text: string, property: string): void {
    const parsed = /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
    if (parsed !== undefined) {
      walk(parsed, property, 1);
      return;
    }
    if (
      text.length <= 256 &&
      (CONFIGURATION.has(property.split('.', 1)[0] ?? '') || text.includes('.') || text.startsWith('arn:'))
    ) {
      const whole = view.named(known(text), props);
      if (isKnown(whole)) {
        found.push({ to: whole, property });
        return;
      }
    }
    const searched = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
    if (searched.includes('arn:aws')) for (const match of searched.matchAll(ARN)) add(match[0], property);
    if (searched.includes('.amazonaws.com')) for (const match of searched.matchAll(HOST)) add(match[0], property);
  }

  /** Names one thing by ARN or host, with or without a version, path or sub-resource behind it. */
  function add(name: string, property: string): void {
    if (name.includes('*') || name.includes('${')) return;
    const candidates = [name, name.replace(/:\*$/, ''), name.replace(/\/.*$/, '')];
    for (const candidate of candidates) {
      const hit = view.named(known(candidate, props.origin(property)), props);
      if (isKnown(hit)) {
        found.push({ to: hit, property });
        return;
      }
    }
    found.push({ to: unknown('dangling', `${name} is not in the sources`, props.origin(property)), property });
  }
}

/** Single secrets are taken for credentials; a whole configuration that is secret also hides the addresses in it. */
function mayNameSomething(hole: Hole, root: string, depth: number): boolean {
  return CONFIGURATION.has(root) && (hole.reason !== 'secret' || depth <= 1);
}

const isKnown = (k: Known<string>): boolean =>
  fold(
    k,
    () => true,
    () => false,
  );

function parseJson(text: string): Value | undefined {
  if (text.length > MAX_TEXT) return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}
