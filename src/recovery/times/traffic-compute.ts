/** Service times of traffic steering, compute and automation. */
import type { ServiceTime, Triple } from './service-time.ts';

/** Day on which the sources below were read. */
const SEEN = '2026-11-23';

function assumed(
  id: string,
  title: string,
  figures: { best: Triple; expected: Triple; worst: Triple },
  source: string,
): ServiceTime {
  return {
    id,
    title,
    measures: 'time',
    expected: figures.expected,
    optimistic: figures.best,
    pessimistic: figures.worst,
    confidence: 'assumed',
    source,
    seen: SEEN,
  };
}

export const trafficComputeTimes: readonly ServiceTime[] = [
  assumed(
    'route53-health-aggregation',
    'Route 53 health checkers agree and the status changes',
    { best: [0, 1, 3], expected: [1, 3, 10], worst: [2, 5, 30] },
    'Route 53 developer guide, "How Route 53 determines whether a health check is healthy": more than 18 % of the checkers decide; no time is published',
  ),
  assumed(
    'route53-elb-evaluation',
    'Route 53 learns that a load balancer is unhealthy',
    { best: [0, 10, 30], expected: [10, 30, 60], worst: [10, 60, 300] },
    'Route 53 API reference, AliasTarget EvaluateTargetHealth: the alias has the health of its target groups; no time is published',
  ),
  assumed(
    'route53-propagation',
    'a record change reaches all Route 53 name servers',
    { best: [5, 30, 60], expected: [5, 30, 60], worst: [5, 60, 120] },
    'Route 53 developer guide, "Editing records": changes generally propagate within 60 seconds',
  ),
  assumed(
    'dns-alias-ttl',
    'cached answers of an alias record expire',
    { best: [0, 30, 60], expected: [0, 30, 60], worst: [0, 30, 300] },
    'Route 53 developer guide, "Choosing between alias and non-alias records": 60 s for load balancers; for other targets AWS gives no figure',
  ),
  assumed(
    'cloudwatch-metric-delay',
    'a data point of a standard metric reaches its alarm',
    { best: [5, 30, 60], expected: [30, 60, 120], worst: [60, 120, 300] },
    'one to two minutes for standard metrics, from experience; no figure is published',
  ),
  assumed(
    'elb-node-removal',
    'a load balancer takes the address of a lost AZ out of its DNS name',
    { best: [5, 30, 60], expected: [30, 60, 120], worst: [60, 120, 300] },
    'Elastic Load Balancing user guide, "How Elastic Load Balancing works": the name has a TTL of 60 s; the time to detect is not published',
  ),
  assumed(
    'asg-replace',
    'an Auto Scaling group replaces lost instances',
    { best: [60, 120, 300], expected: [120, 240, 600], worst: [180, 600, 1800] },
    'EC2 Auto Scaling user guide, "Health checks for instances": impaired status checks count after a few minutes, and at most 10 % of the capacity is replaced at a time; no figure is published',
  ),
  assumed(
    'asg-scale-out',
    'an Auto Scaling group launches the instances that it was asked for',
    { best: [60, 120, 300], expected: [120, 240, 600], worst: [180, 600, 1800] },
    'no figure is published; the capacity is not guaranteed (ARC Region switch, "EC2 Auto Scaling execution block")',
  ),
  assumed(
    'ecs-task-replace',
    'ECS starts tasks in place of lost ones',
    { best: [20, 40, 90], expected: [30, 60, 180], worst: [60, 180, 600] },
    'no figure is published: the time depends on the image and on capacity',
  ),
  assumed(
    'ecs-scale-out',
    'ECS starts the tasks that it was asked for',
    { best: [20, 40, 90], expected: [30, 60, 180], worst: [60, 180, 600] },
    'no figure is published: the time depends on the image and on capacity',
  ),
  assumed(
    'ec2-instance-recovery',
    'simplified automatic recovery moves an instance to another host',
    { best: [60, 180, 600], expected: [120, 300, 900], worst: [300, 600, 3600] },
    'EC2 user guide, "Automatic instance recovery": acts on a failed system status check; no figure is published',
  ),
  assumed(
    'ec2-relaunch',
    'a person launches an instance again',
    { best: [300, 900, 1800], expected: [600, 1800, 7200], worst: [1800, 7200, 28800] },
    "no figure is published: building and filling a server by hand is the reader's own figure",
  ),
  assumed(
    'eks-node-scale-out',
    'an EKS node group launches nodes and they join the cluster',
    { best: [60, 150, 300], expected: [120, 300, 600], worst: [180, 600, 1800] },
    'no figure is published',
  ),
  assumed(
    'arc-routing-control',
    'a routing control changes state and its health check follows',
    { best: [1, 5, 15], expected: [2, 10, 60], worst: [5, 60, 300] },
    'ARC developer guide, "Use cases": for recovery times under five minutes; no figure is published',
  ),
  assumed(
    'region-switch-start',
    'ARC Region switch starts an execution once its trigger holds',
    { best: [1, 10, 60], expected: [10, 60, 120], worst: [30, 120, 600] },
    'ARC developer guide, "Region switch": no figure is published',
  ),
  assumed(
    'region-switch-step',
    'ARC Region switch runs one execution block',
    { best: [5, 60, 300], expected: [30, 180, 900], worst: [60, 600, 3600] },
    'ARC developer guide, "Region switch": no figure is published; the time-out of the block bounds it',
  ),
  assumed(
    'nat-recreate',
    'a person makes a NAT gateway in another AZ and changes the routes',
    { best: [120, 300, 900], expected: [300, 900, 3600], worst: [900, 3600, 14400] },
    'VPC user guide, "NAT gateway basics": a NAT gateway lives in one AZ; no figure is published',
  ),
  assumed(
    'global-accelerator-elb-health',
    'Global Accelerator learns that a load balancer is unhealthy',
    { best: [0, 10, 30], expected: [0, 15, 30], worst: [5, 30, 60] },
    'intro-to-global-accelerator.workshop.aws, "Failover": up to 30 s beyond the load balancer\'s own checks',
  ),
];
