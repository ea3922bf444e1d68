/** Classic Load Balancers with their instances, as Elastic Load Balancing shows them. */
import type {
  DescribeAutoScalingInstancesCommandInput,
  DescribeAutoScalingInstancesCommandOutput,
} from '@aws-sdk/client-auto-scaling';
import type * as ELB from '@aws-sdk/client-elastic-load-balancing';
import { Hole } from '../../model/value.ts';
import { asked, batches, listed, some, tagsOf } from './compute-listing.ts';
import { type Observed, present, type Reader, type Scan } from './scan.ts';
import { sent } from './sent.ts';

const CLIENT = 'elastic-load-balancing';
const describeBalancers = listed<ELB.DescribeLoadBalancersCommandInput, ELB.DescribeLoadBalancersCommandOutput>(
  CLIENT,
  'elasticloadbalancing:DescribeLoadBalancers',
  'Marker',
  'NextMarker',
);
const describeAttributes = asked<ELB.DescribeLoadBalancerAttributesCommandInput, ELB.DescribeLoadBalancerAttributesCommandOutput>(
  CLIENT,
  'elasticloadbalancing:DescribeLoadBalancerAttributes',
);
const describeTags = asked<ELB.DescribeTagsCommandInput, ELB.DescribeTagsCommandOutput>(
  CLIENT,
  'elasticloadbalancing:DescribeTags',
);
const describeScaled = listed<DescribeAutoScalingInstancesCommandInput, DescribeAutoScalingInstancesCommandOutput>(
  'auto-scaling',
  'autoscaling:DescribeAutoScalingInstances',
);

const balancers: Scan = {
  id: 'elb-load-balancers',
  types: ['aws:elb/loadBalancer:LoadBalancer', 'aws:elb/attachment:Attachment'],
  where: 'region',
  calls: [describeBalancers, describeAttributes, describeTags, describeScaled],
  async *run(aws) {
    const found: ELB.LoadBalancerDescription[] = [];
    for await (const page of aws.pages(describeBalancers, {})) found.push(...(page.LoadBalancerDescriptions ?? []));
    const scaled = new Set<string>();
    if (found.some((b) => (b.Instances ?? []).length > 0))
      for await (const page of aws.pages(describeScaled, {}))
        for (const instance of page.AutoScalingInstances ?? []) scaled.add(instance.InstanceId ?? '');
    for (const batch of batches(found, 20)) {
      const reply = await aws.ask(describeTags, { LoadBalancerNames: batch.map((b) => b.LoadBalancerName ?? '') });
      const tags = (name: string | undefined): Observed['tags'] => {
        if (reply instanceof Hole) return reply;
        const described = sent(
          reply?.TagDescriptions?.find((t) => t.LoadBalancerName === name),
          'TagDescription',
        );
        return described instanceof Hole ? described : tagsOf(described.Tags);
      };
      for (const parts of await aws.each(batch, (b) => balancer(b, tags(b.LoadBalancerName), scaled, aws))) yield* parts;
    }
  },
};

async function balancer(
  shown: ELB.LoadBalancerDescription,
  tags: Observed['tags'],
  scaled: ReadonlySet<string>,
  aws: Reader,
): Promise<readonly Observed[]> {
  const name = shown.LoadBalancerName ?? '';
  const arn = `arn:aws:elasticloadbalancing:${aws.region}:${aws.account}:loadbalancer/${name}`;
  const reply = await aws.ask(describeAttributes, { LoadBalancerName: name });
  const check = shown.HealthCheck;
  const subnets = some(shown.Subnets);
  return [
    {
      type: 'aws:elb/loadBalancer:LoadBalancer',
      id: name,
      arn,
      name,
      properties: present({
        name,
        subnets,
        availabilityZones: subnets === undefined ? some(shown.AvailabilityZones) : undefined,
        internal: shown.Scheme === 'internal',
        crossZoneLoadBalancing: reply instanceof Hole ? reply : reply?.LoadBalancerAttributes?.CrossZoneLoadBalancing?.Enabled,
        healthCheck:
          check === undefined
            ? undefined
            : present({
                target: check.Target,
                interval: check.Interval,
                timeout: check.Timeout,
                healthyThreshold: check.HealthyThreshold,
                unhealthyThreshold: check.UnhealthyThreshold,
              }),
      }),
      outputs: present({ arn, dnsName: shown.DNSName?.toLowerCase(), zoneId: shown.CanonicalHostedZoneNameID }),
      tags,
    },
    // Code says it of the load balancer or in attachments; instances of an Auto Scaling group are their group's.
    ...(shown.Instances ?? [])
      .flatMap((i) => i.InstanceId ?? [])
      .filter((id) => !scaled.has(id))
      .map(
        (instance): Observed => ({
          type: 'aws:elb/attachment:Attachment',
          id: `${name}-${instance}`,
          arn: undefined,
          name: `${name}-${instance}`,
          properties: { elb: name, instance },
          outputs: {},
          tags: {},
        }),
      ),
  ];
}

export const classicScans: readonly Scan[] = [balancers];
