/**
 * AWS Fault Injection Service: templates, and experiments that really disturb the world for their time.
 * https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
 */
import type * as FIS from '@aws-sdk/client-fis';
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { removedBy } from '../deploy/lifecycle.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import { shelf } from '../world/world.ts';
import { blocksOf, need, textOf, textsOf, without } from './compute-inputs.ts';
import { ACTIONS, type Action, actionOf, durationOf } from './fis-actions.ts';
import { begin, type Experiment, experimentOf, isOver, stop, type Template } from './fis-run.ts';
import { checkTarget } from './fis-targets.ts';

type Op<I, O> = Operation<I, Reply<O>>;

const TEMPLATES = shelf<Template>('fis:template');
const EXPERIMENTS = shelf<Experiment>('fis:experiment');
/** What was made under a client token, by operation and token. */
const MADE = shelf<string>('fis:client-token');

const missing = (what: string): ServiceFault => new ServiceFault('ResourceNotFoundException', `${what} does not exist.`, 404);

function templateNamed(context: CallContext, id: string | undefined): Template {
  const found = context.get(TEMPLATES, id ?? '');
  if (found === undefined) throw missing(`The experiment template ${id ?? ''}`);
  return found;
}

function experimentNamed(context: CallContext, id: string | undefined): Experiment {
  const found = context.get(EXPERIMENTS, id ?? '');
  if (found === undefined) throw missing(`The experiment ${id ?? ''}`);
  return found;
}

const templateReply = ({ created, ...t }: Template): FIS.ExperimentTemplate =>
  without({
    id: t.id,
    description: t.description,
    targets: t.targets,
    actions: t.actions,
    stopConditions: t.stopConditions,
    creationTime: created,
    lastUpdateTime: created,
    roleArn: t.roleArn,
    experimentOptions: t.experimentOptions,
    tags: t.tags,
  }) as FIS.ExperimentTemplate;

const createTemplate: Op<FIS.CreateExperimentTemplateCommandInput, FIS.CreateExperimentTemplateCommandOutput> = (
  input,
  context,
) => {
  const { clientToken = context.world.random.hex(16), ...given } = input;
  const before = context.get(MADE, `template ${clientToken}`);
  if (before !== undefined) return { experimentTemplate: templateReply(templateNamed(context, before)) };
  for (const [name, target] of Object.entries(input.targets ?? {})) checkTarget(name, target);
  for (const [name, action] of Object.entries(input.actions ?? {})) checkAction(name, action, input);
  const id = context.id('EXT', 17).replace(/^EXT-/, 'EXT');
  const template: Template = { ...given, clientToken, id, created: context.now, tags: input.tags ?? {} };
  context.put(TEMPLATES, id, template);
  context.put(MADE, `template ${clientToken}`, id);
  return { experimentTemplate: templateReply(template) };
};

function checkAction(
  name: string,
  given: FIS.CreateExperimentTemplateActionInput,
  { actions = {}, targets = {} }: FIS.CreateExperimentTemplateCommandInput,
): void {
  const invalid = (why: string): ServiceFault => new ServiceFault('ValidationException', `Action ${name}: ${why}`);
  const { target, needs, lasts, id } = actionOf(given.actionId);
  const named = target === undefined ? undefined : given.targets?.[target[0]];
  if (target !== undefined && (named === undefined || targets[named]?.resourceType !== target[1]))
    throw invalid(`${id} needs a target ${target[0]} of type ${target[1]}.`);
  for (const parameter of needs) if (given.parameters?.[parameter] === undefined) throw invalid(`${id} needs ${parameter}.`);
  const span = lasts === undefined ? undefined : given.parameters?.[lasts];
  if (span !== undefined && durationOf(span) === undefined) throw invalid(`${span} is no duration from PT1M to PT12H.`);
  const unknown = given.startAfter?.find((before) => actions[before] === undefined);
  if (unknown !== undefined) throw invalid(`there is no action ${unknown} to start after.`);
}

const start: Op<FIS.StartExperimentCommandInput, FIS.StartExperimentCommandOutput> = async (input, context) => {
  const { clientToken } = input;
  const before = clientToken === undefined ? undefined : context.get(MADE, `experiment ${clientToken}`);
  if (before !== undefined) return { experiment: experimentReply(experimentNamed(context, before)) };
  const template = templateNamed(context, input.experimentTemplateId);
  const id = `EXP${context.world.random.hex(17)}`;
  const experiment = experimentOf(id, template, context.now, input.tags ?? {});
  context.put(EXPERIMENTS, id, experiment);
  if (clientToken !== undefined) context.put(MADE, `experiment ${clientToken}`, id);
  await begin(context, experiment);
  return { experiment: experimentReply(experiment) };
};

const stateOf = ({ status, reason }: Experiment): FIS.ExperimentState => without({ status, reason });

function experimentReply(e: Experiment): FIS.Experiment {
  const { targets, stopConditions, roleArn } = templateReply(e.template);
  const actions = e.actions.map(
    ({ name, given, status, started, ended }) =>
      [name, without({ ...given, state: { status }, startTime: started, endTime: ended })] as const,
  );
  return without({
    id: e.id,
    experimentTemplateId: e.template.id,
    roleArn,
    state: stateOf(e),
    targets,
    stopConditions,
    actions: Object.fromEntries(actions),
    creationTime: e.created,
    startTime: e.created,
    endTime: e.ended,
    tags: e.tags,
  });
}

function listing<T, K extends string>(
  items: readonly T[],
  input: { readonly nextToken?: string | undefined; readonly maxResults?: number | undefined },
  member: K,
): { [key in K]: T[] } & { nextToken?: string } {
  const { items: shown, next } = page(items, input.nextToken, input.maxResults ?? 100);
  const out = { [member]: [...shown] } as { [key in K]: T[] };
  return next === undefined ? out : { ...out, nextToken: next };
}

const targetsOf = ({ target }: Action): FIS.ActionSummary['targets'] =>
  target === undefined ? {} : { [target[0]]: { resourceType: target[1] } };

const operations = {
  CreateExperimentTemplate: createTemplate,
  GetExperimentTemplate: ((input, context) => ({
    experimentTemplate: templateReply(templateNamed(context, input.id)),
  })) satisfies Op<FIS.GetExperimentTemplateCommandInput, FIS.GetExperimentTemplateCommandOutput>,
  ListExperimentTemplates: ((input, context) =>
    listing(context.list(TEMPLATES).map(templateReply), input, 'experimentTemplates')) satisfies Op<
    FIS.ListExperimentTemplatesCommandInput,
    FIS.ListExperimentTemplatesCommandOutput
  >,
  DeleteExperimentTemplate: ((input, context) => {
    const template = templateNamed(context, input.id);
    context.remove(TEMPLATES, template.id);
    return { experimentTemplate: templateReply(template) };
  }) satisfies Op<FIS.DeleteExperimentTemplateCommandInput, FIS.DeleteExperimentTemplateCommandOutput>,
  StartExperiment: start,
  StopExperiment: (async (input, context) => {
    const experiment = experimentNamed(context, input.id);
    if (isOver(experiment)) throw new ServiceFault('ConflictException', 'The experiment is not running.', 409);
    await stop(context, experiment, 'stopped', 'Experiment stopped by user.');
    return { experiment: experimentReply(experiment) };
  }) satisfies Op<FIS.StopExperimentCommandInput, FIS.StopExperimentCommandOutput>,
  GetExperiment: ((input, context) => ({ experiment: experimentReply(experimentNamed(context, input.id)) })) satisfies Op<
    FIS.GetExperimentCommandInput,
    FIS.GetExperimentCommandOutput
  >,
  ListExperiments: ((input, context) => {
    const found = context.list(EXPERIMENTS).map((e) => ({
      id: e.id,
      experimentTemplateId: e.template.id,
      state: stateOf(e),
      creationTime: e.created,
      tags: e.tags,
    }));
    return listing(found.reverse(), input, 'experiments');
  }) satisfies Op<FIS.ListExperimentsCommandInput, FIS.ListExperimentsCommandOutput>,
  GetAction: ((input) => {
    const action = ACTIONS.find((a) => a.id === input.id);
    if (action === undefined) throw missing(`The action ${input.id ?? ''}`);
    return { action: without({ id: action.id, description: action.description, targets: targetsOf(action) }) };
  }) satisfies Op<FIS.GetActionCommandInput, FIS.GetActionCommandOutput>,
  ListActions: ((input) => {
    const found = ACTIONS.map(
      (a) => without({ id: a.id, description: a.description, targets: targetsOf(a) }) as FIS.ActionSummary,
    );
    return listing(found, input, 'actions');
  }) satisfies Op<FIS.ListActionsCommandInput, FIS.ListActionsCommandOutput>,
};

async function deployTemplate(given: Given, deployment: Deployment): Promise<Created> {
  const pairs = (value: Plain | undefined): Record<string, string> =>
    Object.fromEntries(blocksOf(value).map((p) => [textOf(p.key) ?? '', textOf(p.value) ?? '']));
  const actions = blocksOf(given.inputs.actions).map(
    (a) =>
      [
        textOf(a.name) ?? '',
        without({
          actionId: textOf(a.actionId),
          description: textOf(a.description),
          parameters: pairs(a.parameters),
          targets: pairs(a.target),
          startAfter: textsOf(a.startAfters),
        }),
      ] as const,
  );
  const targets = blocksOf(given.inputs.targets).map(
    (t) =>
      [
        textOf(t.name) ?? '',
        without({
          resourceType: textOf(t.resourceType),
          resourceArns: textsOf(t.resourceArns),
          resourceTags: pairs(t.resourceTags),
          filters: blocksOf(t.filters).map((f) => ({ path: textOf(f.path) ?? '', values: textsOf(f.values) })),
          parameters: pairs(t.parameters),
          selectionMode: textOf(t.selectionMode) ?? 'ALL',
        }),
      ] as const,
  );
  const made = (await deployment.call('fis', 'CreateExperimentTemplate', {
    description: textOf(given.inputs.description) ?? given.name,
    roleArn: need(given, 'roleArn'),
    stopConditions: blocksOf(given.inputs.stopConditions).map((s) =>
      without({ source: textOf(s.source) ?? 'none', value: textOf(s.value) }),
    ),
    actions: Object.fromEntries(actions),
    targets: Object.fromEntries(targets),
    tags: { ...given.tags },
  })) as FIS.CreateExperimentTemplateCommandOutput;
  return { id: made.experimentTemplate?.id ?? '', outputs: {} };
}

const deployers: readonly Deployer[] = [
  {
    type: 'aws:fis/experimentTemplate:ExperimentTemplate',
    create: deployTemplate,
    remove: removedBy('fis', 'DeleteExperimentTemplate', ({ id }) => ({ id })),
  },
];

export const fis: SimulatedService = { client: 'fis', prefix: 'fis', operations, deployers };
