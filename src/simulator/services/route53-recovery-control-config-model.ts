/** What ARC routing control keeps: clusters, control panels, routing controls with their state, safety rules. */
import type {
  AssertionRule,
  Cluster,
  ControlPanel,
  GatingRule,
  RoutingControl,
} from '@aws-sdk/client-route53-recovery-control-config';
import { GLOBAL, shelf, type World } from '../world/world.ts';

/** Regions of a cluster's endpoints (ARC developer guide, "Routing control components"). */
export const ENDPOINT_REGIONS = ['ap-northeast-1', 'ap-southeast-2', 'eu-west-1', 'us-east-1', 'us-west-2'] as const;

/** A state is agreed on by most of the five endpoints: three of them must be left. */
const QUORUM = 3;

export interface StoredControl extends RoutingControl {
  state: 'On' | 'Off';
}

export type StoredRule =
  | { readonly kind: 'assertion'; readonly rule: AssertionRule }
  | { readonly kind: 'gating'; readonly rule: GatingRule };

export const CLUSTERS = shelf<Cluster>('arc:cluster');
export const PANELS = shelf<ControlPanel>('arc:control-panel');
export const CONTROLS = shelf<StoredControl>('arc:routing-control');
export const RULES = shelf<StoredRule>('arc:safety-rule');
/** Tags by ARN. */
export const ARC_TAGS = shelf<Readonly<Record<string, string>>>('arc:tags');

export function controlByArn(world: World, arn: string): StoredControl | undefined {
  const account = arn.split(':')[4] ?? '';
  return world.get(CONTROLS, account, GLOBAL, arn);
}

/** Endpoints that answer: with their Region up, and most of the others too. */
export function endpointAnswers(world: World, region: string): boolean {
  const left = ENDPOINT_REGIONS.filter((r) => !world.regionIsLost(r));
  return left.some((r) => r === region) && left.length >= QUORUM;
}
