/**
 * ARC routing controls: what is lost is switched off and what stands in for it on, in one call, through the five endpoints of the
 * cluster. A safety rule that refuses is reported and overridden only where the drill file names it.
 */
import type * as Cluster from '@aws-sdk/client-route53-recovery-cluster';
import type * as Config from '@aws-sdk/client-route53-recovery-control-config';
import type { Place } from '../../aws/call.ts';
import { AwsFailure } from '../../aws/failure.ts';
import { disrupts, reads } from '../calls.ts';
import type { Actuator } from '../contract.ts';
import { arnOf, type Hand, lostRegion, named, StepFailure, type StepMaker } from './hand.ts';
import { fromTag, tagKey, toTag } from './memo.ts';
import { type Branch, branchOf, recordsAt, route53 } from './route53.ts';
import { worded } from './waiting.ts';

/** Control plane of ARC (AWS Fault Isolation Boundaries, appendix A). */
const ONLY = { only: 'us-west-2' } as const;
const configure = 'route53-recovery-control-config';

export const routingControl = {
  get: reads<Cluster.GetRoutingControlStateCommandInput, Cluster.GetRoutingControlStateCommandOutput>(
    'route53-recovery-cluster',
    'GetRoutingControlState',
  ),
  set: disrupts<Cluster.UpdateRoutingControlStatesCommandInput, Cluster.UpdateRoutingControlStatesCommandOutput>(
    'route53-recovery-cluster',
    'UpdateRoutingControlStates',
  ),
  control: reads<Config.DescribeRoutingControlCommandInput, Config.DescribeRoutingControlCommandOutput>(
    configure,
    'DescribeRoutingControl',
    ONLY,
  ),
  panel: reads<Config.DescribeControlPanelCommandInput, Config.DescribeControlPanelCommandOutput>(
    configure,
    'DescribeControlPanel',
    ONLY,
  ),
  cluster: reads<Config.DescribeClusterCommandInput, Config.DescribeClusterCommandOutput>(configure, 'DescribeCluster', ONLY),
  tags: reads<Config.ListTagsForResourceCommandInput, Config.ListTagsForResourceCommandOutput>(
    configure,
    'ListTagsForResource',
    ONLY,
  ),
  tag: disrupts<Config.TagResourceCommandInput, Config.TagResourceCommandOutput>(configure, 'TagResource', ONLY),
  untag: disrupts<Config.UntagResourceCommandInput, Config.UntagResourceCommandOutput>(configure, 'UntagResource', ONLY),
} as const;

const CONTROL = 'aws:route53recoverycontrol/routingControl:RoutingControl';
const CLUSTER = 'aws:route53recoverycontrol/cluster:Cluster';

type State = 'On' | 'Off';
/** Wanted states, by the ARN of the control. */
type States = ReadonlyMap<string, State>;

export const switchRoutingControl: StepMaker = (hand) => {
  const { on, off } = hand.given;
  if (on !== undefined || off !== undefined) {
    const each = (text: string | undefined, state: State) =>
      (text ?? '')
        .split(/[ ,]+/)
        .filter((a) => a !== '')
        .map((a) => [a, state] as const);
    return [switching(hand, async () => new Map([...each(off, 'Off'), ...each(on, 'On')]))];
  }
  if (hand.item?.resource.type === CONTROL && hand.arn !== undefined) {
    const { arn } = hand;
    return [switching(hand, async () => new Map([[arn, 'On']]))];
  }
  const branch = branchOf(hand);
  return typeof branch === 'string' ? branch : [switching(hand, () => wantedFor(hand, branch))];
};

/** Off for the record that is lost, on for the others of its set: each by the control that its health check follows. */
async function wantedFor(hand: Hand, branch: Branch): Promise<States> {
  const { session } = hand;
  const lost = lostRegion(hand);
  const states = new Map<string, State>();
  for (const record of await recordsAt(session, branch, branch.name)) {
    if (record.Type !== branch.type || record.HealthCheckId === undefined) continue;
    const { HealthCheck } = await session.send(route53.check, { HealthCheckId: record.HealthCheckId }, branch.at);
    const control = HealthCheck?.HealthCheckConfig?.RoutingControlArn;
    if (control === undefined) continue;
    const isLost = record.SetIdentifier === branch.set || (lost !== undefined && JSON.stringify(record).includes(lost));
    states.set(control, isLost ? 'Off' : 'On');
  }
  if (![...states.values()].includes('On'))
    throw new StepFailure(`no other record of ${branch.name} follows a routing control that could be switched on`);
  return states;
}

function switching(hand: Hand, wanted: () => Promise<States>): Actuator {
  const { session, given } = hand;
  const overridden = (given.safetyRulesToOverride ?? '').split(/[ ,]+/).filter((arn) => arn !== '');
  let wants: Promise<States> | undefined;
  /** Before, as this controller saw it: the tags may be out of reach with their control plane. */
  const seen = new Map<string, States>();
  const states = (): Promise<States> => {
    wants ??= wanted().catch((error: unknown) => {
      wants = undefined;
      throw error;
    });
    return wants;
  };
  const inPlace = async (asked: States): Promise<boolean> => {
    for (const [arn, state] of asked) if ((await stateOf(hand, arn)) !== state) return false;
    return true;
  };
  const set = async (to: States, rules: readonly string[]): Promise<void> => {
    const UpdateRoutingControlStateEntries = [...to].map(([RoutingControlArn, RoutingControlState]) => ({
      RoutingControlArn,
      RoutingControlState,
    }));
    const input = { UpdateRoutingControlStateEntries, ...(rules.length === 0 ? {} : { SafetyRulesToOverride: [...rules] }) };
    await atAnEndpoint(hand, [...to.keys()][0] ?? '', (at) => session.send(routingControl.set, input, at)).catch(
      (error: unknown) => {
        if (!(error instanceof AwsFailure) || !/Conflict/.test(error.code)) throw error;
        throw new StepFailure(`a safety rule refuses the change, and was not overridden: ${error.message}`, error);
      },
    );
  };
  /** Undefined: this step has changed nothing that anybody noted. */
  const before = async (token: string): Promise<States | undefined> => {
    const [first = ''] = (await states()).keys();
    const own = seen.get(token);
    if (own !== undefined) return own;
    const { Tags } = await session.send(routingControl.tags, { ResourceArn: first }, clusterPlace(first));
    const text = Tags?.[tagKey(token)];
    return text === undefined ? undefined : new Map(fromMemo(text, [...(await states()).keys()]));
  };
  const erase = async (token: string): Promise<void> => {
    const [first = ''] = (await states()).keys();
    await session.send(routingControl.untag, { ResourceArn: first, TagKeys: [tagKey(token)] }, clusterPlace(first));
    seen.delete(token);
  };
  return worded({
    id: `switch the routing controls of ${hand.item?.title ?? hand.arn ?? 'the traffic'}`,
    describe: () => ({ through: 'the endpoints of the cluster', overrides: overridden }),
    act: async (token, signal) => {
      const asked = await states();
      const [first = ''] = asked.keys();
      if ((await unlessUnreachable(before(token))) === undefined) {
        const now: [string, State][] = [];
        for (const arn of asked.keys()) now.push([arn, await stateOf(hand, arn)]);
        seen.set(token, new Map(now));
        const Tags = { [tagKey(token)]: toMemo(now) };
        const noted = await unlessUnreachable(
          session.send(routingControl.tag, { ResourceArn: first, Tags }, clusterPlace(first)),
        );
        if (noted === undefined && given.unnoted !== 'true' && lostRegion(hand) !== ONLY.only)
          throw new StepFailure(
            `how the controls were cannot be noted while ${ONLY.only} does not answer, and could not be put back after a crash (unnoted: true goes on)`,
          );
      }
      signal.throwIfAborted();
      if (!(await inPlace(asked))) await set(asked, overridden);
      return { switched: Object.fromEntries(asked) };
    },
    outcome: async (token) => ((await before(token)) !== undefined && (await inPlace(await states())) ? 'done' : 'not-done'),
    compensate: async (token) => {
      const was = await before(token);
      if (was === undefined) return null;
      if (!(await inPlace(was))) await set(was, overridden);
      await erase(token);
      return { back: Object.fromEntries(was) };
    },
    left: async (token) => ((await before(token)) === undefined ? [] : [...(await states()).keys()]),
  });
}

/** The states in the order of the ARNs: `10`, on and off. */
const toMemo = (states: readonly (readonly [string, State])[]): string =>
  toTag({
    states: sorted(states)
      .map(([, state]) => (state === 'On' ? '1' : '0'))
      .join(''),
  });

const sorted = <T>(entries: readonly (readonly [string, T])[]): readonly (readonly [string, T])[] =>
  entries.toSorted(([a], [b]) => (a < b ? -1 : 1));

function fromMemo(text: string, arns: readonly string[]): readonly (readonly [string, State])[] {
  const digits = fromTag(text).states ?? '';
  return arns.toSorted().map((arn, i) => [arn, digits[i] === '1' ? 'On' : 'Off'] as const);
}

/** Routing must be possible while the control plane is not (ARC developer guide, "Best practices"). */
async function unlessUnreachable<T>(work: Promise<T>): Promise<T | undefined> {
  return work.catch((error: unknown) => {
    if (error instanceof AwsFailure && ['network', 'timeout', 'server', 'throttled'].includes(error.kind)) return undefined;
    throw error;
  });
}

const clusterPlace = (arn: string): Place => ({ account: named(arn).at.account, region: ONLY.only });

async function stateOf(hand: Hand, arn: string): Promise<State> {
  const { RoutingControlState } = await atAnEndpoint(hand, arn, (at) =>
    hand.session.send(routingControl.get, { RoutingControlArn: arn }, at),
  );
  return RoutingControlState === 'On' ? 'On' : 'Off';
}

/** One endpoint after another until one answers; what it answers is final, a refusal too. */
async function atAnEndpoint<T>(hand: Hand, control: string, ask: (at: Place) => Promise<T>): Promise<T> {
  let last: unknown = new StepFailure(`the cluster of ${control} has no endpoint`);
  for (const at of await endpointsOf(hand, control)) {
    try {
      return await ask(at);
    } catch (error) {
      if (!(error instanceof AwsFailure) || !['network', 'timeout', 'server', 'throttled'].includes(error.kind)) throw error;
      last = error;
    }
  }
  throw last;
}

const known = new WeakMap<Hand, Map<string, readonly Place[]>>();

/** From the sources, which hold them while the control plane is away; else from the control plane. */
async function endpointsOf(hand: Hand, control: string): Promise<readonly Place[]> {
  const kept = known.get(hand) ?? new Map<string, readonly Place[]>();
  known.set(hand, kept);
  const found = kept.get(control) ?? declared(hand, control) ?? (await described(hand, control));
  kept.set(control, found);
  return found;
}

/** A panel says its cluster; with one cluster in the sources there is no other. */
function declared(hand: Hand, control: string): readonly Place[] | undefined {
  const clusters = [...hand.estate.resources.values()].filter((i) => i.resource.type === CLUSTER);
  const { account } = named(control).at;
  const own = clusters.filter((c) => named(arnOf(c) ?? '').at.account === account);
  const endpoints = own.length === 1 ? own[0]?.resource.outputs.clusterEndpoints : undefined;
  if (!Array.isArray(endpoints)) return undefined;
  const places = endpoints.flatMap((e: unknown) => placeIn(e, account) ?? []);
  return places.length === 0 ? undefined : places;
}

function placeIn(value: unknown, account: string): Place | undefined {
  if (typeof value !== 'object' || value === null || !('endpoint' in value) || !('region' in value)) return undefined;
  const { endpoint, region } = value;
  return typeof endpoint === 'string' && typeof region === 'string' ? { account, region, endpoint } : undefined;
}

async function described({ session }: Hand, control: string): Promise<readonly Place[]> {
  const at = clusterPlace(control);
  const { RoutingControl } = await session.send(routingControl.control, { RoutingControlArn: control }, at);
  const { ControlPanel } = await session.send(routingControl.panel, { ControlPanelArn: RoutingControl?.ControlPanelArn }, at);
  const { Cluster } = await session.send(routingControl.cluster, { ClusterArn: ControlPanel?.ClusterArn }, at);
  return (Cluster?.ClusterEndpoints ?? []).flatMap(({ Endpoint, Region }) =>
    Endpoint === undefined || Region === undefined ? [] : [{ account: at.account, region: Region, endpoint: Endpoint }],
  );
}
