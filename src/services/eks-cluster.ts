/** EKS cluster: AWS runs its control plane across AZs; what runs inside is not in the Pulumi types of the AWS provider. */
import type { Known, Truth } from '../model/known.ts';
import { unknown } from '../model/known.ts';
import type { Spread } from '../model/protection.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service } from './service.ts';
import { spreadOfSubnets } from './subnets.ts';

export interface EksClusterFacts extends Identity {
  readonly spread: Known<Spread>;
  readonly version: Known<string | undefined>;
  readonly deletionProtection: Truth;
}

export const eksCluster = service<EksClusterFacts>({
  id: 'eks-cluster',
  title: 'EKS cluster',
  kind: 'compute',
  types: ['aws:eks/cluster:Cluster'],
  parts: [
    { type: 'aws:eks/addon:Addon', of: 'clusterName' },
    { type: 'aws:eks/fargateProfile:FargateProfile', of: 'clusterName' },
  ],
  declare: (props, view) => ({
    ...identityOf(props),
    spread: spreadOfSubnets(props, 'vpcConfig.subnetIds', view),
    version: props.text('version'),
    deletionProtection: props.flag('deletionProtection', false),
  }),
  mean(facts) {
    const inside = unknown('not-modelled', 'what runs inside the Kubernetes cluster is not modelled', { resource: facts.id });
    return meaning({
      kind: 'compute',
      placement: regional,
      under: { ...regionalImpacts(true), instance: inside, az: inside, data: inside },
      capacity: { unit: 'nodes', running: inside, max: inside },
    });
  },
});
