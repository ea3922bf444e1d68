/**
 * AWS Fault Injection Service: templates, and experiments that really disturb the world for their time.
 * https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html
 */
import type * as FIS from '@aws-sdk/client-fis';
import type { Created, Deployer, Deployment, Given, Plain } from '../deploy/deployer.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault, type SimulatedService } from '../service.ts';
import type { Fault } from '../world/faults.ts';
import { shelf, type World } from '../world/world.ts';
import { blocksOf, need, textOf, textsOf, without } from './compute-inputs.ts';

type Op<I, O> = Operation<I, Reply<O>>;

interface Template extends FIS.CreateExperimentTemplateRequest {
  readonly id: string;
  readonly created: Date;
  readonly tags: Record<string, string>;
}

interface Experiment {
  readonly id: string;
  readonly template: Template;
  readonly created: Date;
  readonly tags: Record<string, string>;
  status: FIS.ExperimentStatus;
  reason: string | undefined;
  ended: Date | undefined;
  /** Faults of the world that last as long as the experiment. */
  faults: readonly number[];
}

const TEMPLATES = shelf<Template>('fis:template');
const EXPERIMENTS = shelf<Experiment>('fis:experiment');

const MINUTE = 60_000;

interface Action {
  readonly id: string;
  readonly description: string;
  /** Name of its target and the type of resource that it takes. */
  readonly target: readonly [name: string, type: string] | undefined;
  readonly begin: (target: readonly string[], parameters: Readonly<Record<string, string>>, context: CallContext) => Effect;
}

interface Effect {
  readonly faults?: readonly Fault[];
  /** Calls of the world: client, operation, input. */
  readonly calls?: readonly (readonly [client: string, operation: string, input: object])[];
}

const lastOf = (arn: string): string => arn.split(/[:/]/).at(-1) ?? '';

/** The actions that drills use, of those that AWS has. */
const ACTIONS: readonly Action[] = [
  {
    id: 'aws:rds:reboot-db-instances',
    description: 'Reboots DB instances, with failover when forceFailover is true.',
    target: ['DBInstances', 'aws:rds:db'],
    begin: (arns, { forceFailover }) => ({
      calls: arns.map((arn) => [
        'rds',
        'RebootDBInstance',
        { DBInstanceIdentifier: lastOf(arn), ForceFailover: forceFailover === 'true' },
      ]),
    }),
  },
  {
    id: 'aws:rds:failover-db-cluster',
    description: 'Fails over Aurora clusters.',
    target: ['Clusters', 'aws:rds:cluster'],
    begin: (arns) => ({ calls: arns.map((arn) => ['rds', 'FailoverDBCluster', { DBClusterIdentifier: lastOf(arn) }]) }),
  },
  {
    id: 'aws:ec2:stop-instances',
    description: 'Stops EC2 instances.',
    target: ['Instances', 'aws:ec2:instance'],
    begin: (arns) => ({ calls: [['ec2', 'StopInstances', { InstanceIds: arns.map(lastOf) }]] }),
  },
  {
    id: 'aws:ec2:terminate-instances',
    description: 'Terminates EC2 instances.',
    target: ['Instances', 'aws:ec2:instance'],
    begin: (arns) => ({ calls: [['ec2', 'TerminateInstances', { InstanceIds: arns.map(lastOf) }]] }),
  },
  {
    id: 'aws:dynamodb:global-table-pause-replication',
    description: 'Pauses the replication of global tables.',
    target: ['Tables', 'aws:dynamodb:global-table'],
    begin: (arns) => ({ faults: arns.map((arn) => ({ kind: 'replication-stopped', arn })) }),
  },
  {
    id: 'aws:s3:bucket-pause-replication',
    description: 'Pauses the replication of buckets.',
    target: ['Buckets', 'aws:s3:bucket'],
    begin: (arns) => ({ faults: arns.map((arn) => ({ kind: 'replication-stopped', arn })) }),
  },
  {
    id: 'aws:fis:inject-api-unavailable-error',
    description: 'Answers API calls with errors.',
    target: undefined,
    begin: (_, { service = '', percentage = '100' }, { region }) => ({
      faults: [{ kind: 'brown-out', region, client: service, share: Number(percentage) / 100 }],
    }),
  },
  { id: 'aws:fis:wait', description: 'Waits.', target: undefined, begin: () => ({}) },
];

const actionOf = (id: string | undefined): Action => {
  const found = ACTIONS.find((a) => a.id === id);
  if (found === undefined) throw new ServiceFault('ValidationException', `Unknown action ${id ?? ''}.`);
  return found;
};

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
    tags: t.tags,
  }) as FIS.ExperimentTemplate;

const createTemplate: Op<FIS.CreateExperimentTemplateCommandInput, FIS.CreateExperimentTemplateCommandOutput> = (
  input,
  context,
) => {
  for (const action of Object.values(input.actions ?? {})) {
    const { target } = actionOf(action.actionId);
    const named = target === undefined ? undefined : action.targets?.[target[0]];
    if (target !== undefined && (named === undefined || input.targets?.[named]?.resourceType !== target[1]))
      throw new ServiceFault('ValidationException', `${action.actionId ?? ''} needs a target ${target[0]} of type ${target[1]}.`);
  }
  const id = context.id('EXT', 17).replace(/^EXT-/, 'EXT');
  const template: Template = { ...input, id, created: context.now, tags: input.tags ?? {} };
  context.put(TEMPLATES, id, template);
  return { experimentTemplate: templateReply(template) };
};

/** ISO 8601 durations of minutes and hours (`PT5M`); actions without one end at once. */
function durationOf(parameters: Readonly<Record<string, string>> | undefined): number {
  const [, hours = '0', minutes = '0', seconds = '0'] =
    /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(parameters?.duration ?? '') ?? [];
  return Number(hours) * 60 * MINUTE + Number(minutes) * MINUTE + Number(seconds) * 1000;
}

/** Actions begin together: the order by `startAfter` is not followed. The first that cannot begin fails the experiment. */
const start: Op<FIS.StartExperimentCommandInput, FIS.StartExperimentCommandOutput> = async (input, context) => {
  const template = templateNamed(context, input.experimentTemplateId);
  const { world } = context;
  const id = `EXP${world.random.hex(17)}`;
  const experiment: Experiment = {
    id,
    template,
    created: context.now,
    tags: input.tags ?? {},
    status: 'running',
    reason: undefined,
    ended: undefined,
    faults: [],
  };
  context.put(EXPERIMENTS, id, experiment);
  let longest = MINUTE;
  try {
    for (const given of Object.values(template.actions ?? {})) {
      const action = actionOf(given.actionId);
      const name = action.target === undefined ? undefined : given.targets?.[action.target[0]];
      const arns = name === undefined ? [] : (template.targets?.[name]?.resourceArns ?? []);
      if (action.target !== undefined && arns.length === 0)
        throw new ServiceFault('ValidationException', `The target ${name ?? ''} resolved to an empty set.`);
      const { faults = [], calls = [] } = action.begin(arns, given.parameters ?? {}, context);
      for (const [client, operation, asked] of calls) await context.call(client, operation, asked);
      experiment.faults = [...experiment.faults, ...faults.map((fault) => world.inject(fault))];
      longest = Math.max(longest, durationOf(given.parameters));
    }
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error;
    end(world, experiment, 'failed', error.message);
  }
  world.clock.after(longest, () => end(world, experiment, 'completed', 'Experiment completed.'));
  return { experiment: experimentReply(experiment) };
};

function end(world: World, experiment: Experiment, status: FIS.ExperimentStatus, reason: string): void {
  if (experiment.status !== 'running') return;
  for (const fault of experiment.faults) world.lift(fault);
  experiment.status = status;
  experiment.reason = reason;
  experiment.ended = new Date(world.clock.now());
}

const stateOf = ({ status, reason }: Experiment): FIS.ExperimentState => without({ status, reason });

function experimentReply(e: Experiment): FIS.Experiment {
  const { targets, stopConditions, roleArn } = templateReply(e.template);
  const actions = Object.entries(e.template.actions ?? {}).map(
    ([name, action]) => [name, { ...action, state: { status: e.status } }] as const,
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
  }) as FIS.Experiment;
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
  StopExperiment: ((input, context) => {
    const experiment = experimentNamed(context, input.id);
    if (experiment.status !== 'running') throw new ServiceFault('ConflictException', 'The experiment is not running.', 409);
    end(context.world, experiment, 'stopped', 'Experiment stopped by user.');
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

const deployers: readonly Deployer[] = [{ type: 'aws:fis/experimentTemplate:ExperimentTemplate', create: deployTemplate }];

export const fis: SimulatedService = { client: 'fis', prefix: 'fis', operations, deployers };
