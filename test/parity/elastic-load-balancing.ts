/** Classic Load Balancers with their instances, as Pulumi inputs. */
import fc from 'fast-check';
import { maybe, picks, someSubnets, subnets, zone } from './ec2.ts';
import { type Declaration, inputs, ref } from './law.ts';

const BALANCER = 'aws:elb/loadBalancer:LoadBalancer';
const CONFIGURATION = 'aws:ec2/launchConfiguration:LaunchConfiguration';
const INSTANCE = 'aws:ec2/instance:Instance';

export const classics: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    base: subnets(maybe(zone)),
    in: picks,
    // In AWS's order: which of them is named first means nothing.
    zones: maybe(fc.uniqueArray(zone, { minLength: 1, maxLength: 3 }).map((zones) => zones.toSorted())),
    check: maybe(
      fc.record({
        interval: fc.integer({ min: 5, max: 60 }),
        timeout: fc.integer({ min: 2, max: 4 }),
        unhealthyThreshold: fc.integer({ min: 2, max: 10 }),
      }),
    ),
    cross: maybe(fc.boolean()),
    internal: maybe(fc.boolean()),
    members: fc.constantFrom('inline', 'attached', 'group', 'none'),
  })
  .map((b) => {
    const subnet = someSubnets(b.base, [0])[0] ?? '';
    const all: Declaration[] = [
      ...b.base,
      { type: INSTANCE, name: 'instance', inputs: { ami: 'ami-0123456789abcdef0', instanceType: 't3.micro', subnetId: subnet } },
    ];
    all.push({
      type: BALANCER,
      name: 'balancer',
      inputs: inputs({
        listeners: [{ instancePort: 80, instanceProtocol: 'http', lbPort: 80, lbProtocol: 'http' }],
        subnets: b.zones === undefined ? someSubnets(b.base, b.in) : undefined,
        availabilityZones: b.zones,
        internal: b.internal,
        crossZoneLoadBalancing: b.cross,
        healthCheck: b.check === undefined ? undefined : { ...b.check, target: 'HTTP:80/', healthyThreshold: 2 },
        instances: b.members === 'inline' ? [ref(INSTANCE, 'instance')] : undefined,
      }),
    });
    if (b.members === 'attached')
      all.push({
        type: 'aws:elb/attachment:Attachment',
        name: 'attachment',
        inputs: { elb: ref(BALANCER, 'balancer'), instance: ref(INSTANCE, 'instance') },
      });
    if (b.members === 'group')
      all.push(
        { type: CONFIGURATION, name: 'configuration', inputs: { imageId: 'ami-0123456789abcdef0', instanceType: 't3.micro' } },
        {
          type: 'aws:autoscaling/group:Group',
          name: 'group',
          inputs: {
            minSize: 1,
            maxSize: 2,
            vpcZoneIdentifiers: [subnet],
            loadBalancers: [ref(BALANCER, 'balancer', 'name')],
            launchConfiguration: ref(CONFIGURATION, 'configuration', 'name'),
          },
        },
      );
    return all;
  });
