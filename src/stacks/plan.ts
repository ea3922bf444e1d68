/**
 * Saved plans (`pulumi preview --save-plan`; `DeploymentPlanV1`, sdk/go/common/apitype/plan.go in github.com/pulumi/pulumi).
 * A plan tells the inputs of a resource as a change of those in the state, so alone it shows only what it creates.
 */
import { plainText, stackOf } from './deployment.ts';
import { deletionNotes, stepKind } from './preview.ts';
import type { RawChange, RawReading, RawResource } from './raw.ts';
import { awsConfigOf, checkUrn, readAliases, readPropertyDependencies } from './resource-state.ts';
import {
  at,
  expectRecord,
  expectText,
  field,
  flag,
  type JsonRecord,
  optionalRecord,
  optionalText,
  type Spot,
  textList,
} from './shape.ts';
import { parseUrn, STACK_TYPE } from './urn.ts';
import { isUnknownText, toValues } from './values.ts';

export function readPlan(document: JsonRecord, source: string): RawReading {
  const root = { source };
  const plans = optionalRecord(document, 'resourcePlans', root);
  const changes = Object.keys(plans).flatMap((urn) => readChange(urn, plans, at(root, 'resourcePlans')));
  const resources = changes.flatMap((c): readonly RawResource[] =>
    c.op === 'create' && c.resource !== undefined ? [c.resource] : [],
  );
  const hasStack = changes.some((c) => c.op === 'create' && parseUrn(c.urn)?.type === STACK_TYPE);
  const partial = !hasStack || resources.length < changes.length;
  const hidden = changes.filter((c) => c.op !== 'delete').length - resources.length;
  const awsConfig = awsConfigOf(field(document, 'config'), at(root, 'config'));
  return {
    source,
    kind: 'plan',
    ...stackOf(changes.map((c) => c.urn)),
    resources,
    configRegion: plainText(awsConfig, 'region'),
    awsConfig,
    partial,
    notes: [
      ...(hidden > 0
        ? [`${hidden} resources left out: the plan does not tell all their inputs; give the deployed stack with --state`]
        : []),
      ...deletionNotes(changes),
    ],
    difference: { changes, complete: changes.every((c) => c.op === 'same' || c.op === 'delete' || c.resource !== undefined) },
  };
}

/** The strongest of a plan's steps for one resource decides what becomes of it. */
const STRENGTH = ['replace', 'delete', 'create', 'update', 'same'] as const;

function readChange(urn: string, plans: JsonRecord, parent: Spot): readonly RawChange[] {
  const spot = at(parent, urn);
  checkUrn(urn, spot);
  const plan = expectRecord(field(plans, urn), spot);
  const kinds = textList(plan, 'steps', spot).map((op, i) => {
    const kind = stepKind(op, at(at(spot, 'steps'), i));
    return kind === 'refresh' ? 'same' : kind;
  });
  const op = STRENGTH.find((kind) => kinds.includes(kind));
  if (op === undefined) return [];
  if (op === 'delete' || field(plan, 'goal') === undefined) return [{ urn, op, resource: undefined, removedInputs: undefined }];
  const goalSpot = at(spot, 'goal');
  const goal = expectRecord(field(plan, 'goal'), goalSpot);
  const diffSpot = at(goalSpot, 'inputDiff');
  const diff = optionalRecord(goal, 'inputDiff', goalSpot);
  const propertyDependencies = readPropertyDependencies(goal, goalSpot);
  const id = optionalText(goal, 'id', goalSpot);
  const resource: RawResource = {
    urn,
    type: expectText(goal, 'type', goalSpot),
    custom: flag(goal, 'custom', goalSpot),
    remote: false,
    id: id === undefined || isUnknownText(id) ? undefined : id,
    inputs: {
      ...toValues(optionalRecord(diff, 'adds', diffSpot), { spot: at(diffSpot, 'adds'), propertyDependencies }),
      ...toValues(optionalRecord(diff, 'updates', diffSpot), { spot: at(diffSpot, 'updates'), propertyDependencies }),
    },
    outputs: toValues(optionalRecord(plan, 'state', spot), { spot: at(spot, 'state') }),
    parent: optionalText(goal, 'parent', goalSpot),
    aliases: readAliases(goal),
    dependencies: textList(goal, 'dependencies', goalSpot),
    propertyDependencies,
    provider: optionalText(goal, 'provider', goalSpot),
    protect: flag(goal, 'protect', goalSpot),
    retainOnDelete: false,
    ignoreChanges: textList(goal, 'ignoreChanges', goalSpot),
    position: undefined,
    pending: op === 'same' ? undefined : op,
  };
  return [{ urn, op, resource, removedInputs: textList(diff, 'deletes', diffSpot) }];
}
