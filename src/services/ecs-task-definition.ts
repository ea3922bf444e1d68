/** ECS task definition: the images and secrets without which a task cannot start, and what its containers call. */
import type { Known } from '../model/known.ts';
import { fold, known } from '../model/known.ts';
import type { Link, LinkKind } from '../model/protection.ts';
import { Hole, isList, isRecord, type Value } from '../model/value.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service } from './service.ts';
import type { Props, View } from './view.ts';

export const TASK_DEFINITION = 'aws:ecs/taskDefinition:TaskDefinition';
const MAX_DEPTH = 16;

export interface TaskDefinitionFacts extends Identity {
  readonly family: Known<string | undefined>;
  readonly needs: readonly Link[];
}

/** By type of what is mentioned; a type that is neither called nor needed (a log group, a role) gives no link. */
function carried(type: string): LinkKind | undefined {
  if (type === 'aws:ecr/repository:Repository') return 'image';
  if (type.startsWith('aws:secretsmanager/') || type === 'aws:ssm/parameter:Parameter') return 'secret';
  return /^aws:(rds|dynamodb|elasticache|s3|sqs|sns|lambda|lb|efs|docdb|neptune|memorydb|opensearch|kinesis|apigateway)/.test(
    type,
  )
    ? 'endpoint'
    : undefined;
}

/** What the container definitions and volumes of a task definition mention, each once. */
export function taskNeeds(definition: Props, view: View): readonly Link[] {
  const needs = new Map<string, Link>();
  const note = (urn: string, property: string): void => {
    const carries = carried(view.get(urn)?.type ?? '');
    if (carries !== undefined && !needs.has(urn))
      needs.set(urn, { to: known(urn, definition.origin(property)), carries, property });
  };
  const walk = (value: Value | undefined, property: string, depth: number): void => {
    if (depth > MAX_DEPTH || value === undefined) return;
    if (value instanceof Hole) {
      for (const mention of value.mentions) note(mention.urn, property);
    } else if (typeof value === 'string') {
      const parsed = json(value);
      if (parsed !== undefined) walk(parsed, property, depth + 1);
      else for (const name of namesIn(value)) named(name, property);
    } else if (isList(value)) {
      for (const item of value) walk(item, property, depth + 1);
    } else if (isRecord(value)) {
      for (const item of Object.values(value)) walk(item, property, depth + 1);
    }
  };
  const named = (text: string, property: string): void =>
    fold(
      view.named(known(text), definition),
      (urn) => note(urn, property),
      () => undefined,
    );
  walk(definition.raw('containerDefinitions'), 'containerDefinitions', 0);
  walk(definition.raw('volumes'), 'volumes', 0);
  return [...needs.values()];
}

/** The name itself; an image without its tag or digest; a secret's ARN without the key, stage and version behind it. */
function namesIn(text: string): readonly string[] {
  if (text === '' || text.length > 2048) return [];
  return [text, text.replace(/@[^/@]+$/, '').replace(/:[^/@:]+$/, ''), text.split(':').slice(0, 7).join(':')];
}

function json(text: string): Value | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

export const ecsTaskDefinition = service<TaskDefinitionFacts>({
  id: 'ecs-task-definition',
  title: 'ECS task definition',
  kind: 'config',
  types: [TASK_DEFINITION],
  parts: [],
  declare: (props, view) => ({ ...identityOf(props), family: props.text('family'), needs: taskNeeds(props, view) }),
  mean: (facts) => meaning({ kind: 'config', placement: regional, under: regionalImpacts(false), links: facts.needs }),
});
