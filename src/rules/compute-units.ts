/** Single EC2 instances, ECS services and Lambda functions. */

import type { EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import type { Truth } from '../model/known.ts';
import { all, andThen, any, because, equals, fold, is, known, no, not, together, unknown, yes } from '../model/known.ts';
import type { InstanceFacts } from '../services/ec2-instance.ts';
import { ec2Instance } from '../services/ec2-instance.ts';
import type { EcsServiceFacts } from '../services/ecs-service.ts';
import { ecsService } from '../services/ecs-service.ts';
import { eventBridge } from '../services/eventbridge.ts';
import { lambdaFunction } from '../services/lambda-function.ts';
import { referringTo } from '../services/pointing.ts';
import { zonesDiffer } from '../services/subnets.ts';
import type { Props } from '../services/view.ts';
import { inOneZone, regionMatters, servesAfterRegionLoss, theZone } from './places.ts';
import { anyAgreed, some, textOr, when, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { answer, on } from './rule.ts';

const SOURCE_MAPPING = 'aws:lambda/eventSourceMapping:EventSourceMapping';
const VOLUME_ATTACHMENT = 'aws:ec2/volumeAttachment:VolumeAttachment';

/** Types with NVMe instance store: a `d` after the generation, and the storage families (EC2 user guide, "Instance store"). */
const INSTANCE_STORE = /^(?:[a-z]+\d[a-z]*d[a-z]*|i\d[a-z]*|im4gn|is4gen|d\d[a-z]*|h1|x1e?)\./;

export const unitRules: readonly Rule[] = [
  {
    id: 'ec2-singleton',
    family: 'compute',
    title: 'One EC2 instance stands alone',
    severity: 'critical',
    scopes: ['instance', 'az'],
    why: 'Nothing replaces it when it or its AZ fails. Somebody must launch another one and bring back what was on it.',
    fix: 'Run it in an aws.autoscaling.Group over two AZs (even one of size 1), or add a second instance in another AZ behind the same load balancer.',
    source: 'derived',
    checks: [
      on(ec2Instance, (facts, _item, context) =>
        anyAgreed(context, facts.id, 'instance', 'az') && !context.isStandby(facts.id)
          ? when(
              [not(some(peersOf(facts, context), (peer) => inOtherZone(facts, peer), context))],
              alone(facts, context),
              'availabilityZone',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'ec2-instance-store-state',
    family: 'compute',
    title: 'The instance keeps data on disks that go with its host',
    severity: 'critical',
    scopes: ['instance'],
    why: 'Instance-store volumes are part of the host. Their data is lost when the host or disk fails, and whenever the instance is stopped or terminated.',
    fix: 'Keep data on EBS volumes (`ebsBlockDevices`, aws.ec2.VolumeAttachment) or in a managed store.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/InstanceStorage.html',
    checks: [
      on(ec2Instance, (facts, item, context) =>
        promisesData(facts, context) ? whenAny([], storesOnHost(facts, item.props, context), 'ephemeralBlockDevices') : undefined,
      ),
    ],
  },
  {
    id: 'ecs-service-single-subnet-az',
    family: 'compute',
    title: 'The ECS service runs in one AZ, or as one task',
    severity: 'high',
    scopes: ['instance', 'az'],
    why: 'Its tasks go with the AZ, or the one task does, and nothing serves until others have started. With rebalancing off, tasks that gathered in one AZ after a disruption stay there.',
    fix: 'Give `networkConfiguration.subnets` of two AZs at least, `desiredCount` of 2 or more, and leave `availabilityZoneRebalancing` ENABLED.',
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html',
    checks: [
      on(ecsService, (facts, _item, context) =>
        anyAgreed(context, facts.id, 'instance', 'az') && !context.isStandby(facts.id)
          ? whenAny(
              [not(facts.daemon)],
              [
                because(inOneZone(facts.spread), `${facts.name} runs its tasks in ${theZone(facts.spread)} only`),
                fewTasks(facts),
                equals(facts.rebalancing, 'DISABLED', `${facts.name} does not rebalance its tasks over AZs after a disruption`),
              ],
              'networkConfiguration',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'ecs-deploy-no-rollback',
    family: 'compute',
    title: 'A failed deployment stays',
    severity: 'medium',
    scopes: ['software'],
    why: 'ECS goes on trying to start tasks that do not come up. Without the circuit breaker or alarms somebody must notice and deploy the version before.',
    fix: 'Set `deploymentCircuitBreaker: { enable: true, rollback: true }`.',
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-failure-detection.html',
    checks: [
      on(ecsService, (facts, item, context) =>
        context.agreed(facts.id, 'software')
          ? when(
              [equals(item.props.text('deploymentController.type', 'ECS'), 'ECS'), not(facts.rollsBack)],
              `${facts.name} does not go back to the version before when a deployment fails`,
              'deploymentCircuitBreaker',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'lambda-vpc-single-az',
    family: 'compute',
    title: 'The function is tied to one AZ',
    severity: 'high',
    scopes: ['az'],
    why: 'Lambda runs in several AZs, but a function in a VPC reaches its network only through the subnets that it was given.',
    fix: 'Give `vpcConfig.subnetIds` of two AZs at least.',
    source: 'https://docs.aws.amazon.com/config/latest/developerguide/lambda-vpc-multi-az-check.html',
    checks: [
      on(lambdaFunction, (facts, _item, context) =>
        context.agreed(facts.id, 'az') && !context.isStandby(facts.id)
          ? answer(
              andThen(facts.spread, (spread) =>
                spread === undefined
                  ? no('it is in no VPC')
                  : because(inOneZone(known(spread)), `${facts.name} has subnets in ${theZone(known(spread))} only`),
              ),
              'vpcConfig',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'event-source-disabled-standby',
    family: 'compute',
    title: 'The standby does not take events',
    severity: 'high',
    scopes: ['region'],
    why: 'A mapping or rule that is switched off takes nothing until somebody switches it on, and nothing in the sources does so after the failover.',
    fix: 'Enable it beforehand where that does no harm, or add a LambdaEventSourceMapping step to the aws.arcregionswitch.Plan.',
    source: 'derived',
    checks: [
      on(lambdaFunction, (facts, _item, context) =>
        regionMatters(context, facts.id) && servesAfterRegionLoss(facts.id, context)
          ? whenAny(
              [not(mappingsSwitched(facts.id, context))],
              [
                because(
                  any([...facts.sources.map((s) => not(s.enabled)), no('it reads nothing')]),
                  `an event source mapping of ${facts.name} is disabled, and no Region switch plan enables it`,
                ),
              ],
              'enabled',
            )
          : undefined,
      ),
      on(eventBridge, (facts, item, context) =>
        regionMatters(context, facts.id) && servesAfterRegionLoss(facts.id, context)
          ? when([not(facts.enabled)], `${item.title} is disabled, and nothing in the sources enables it`, 'state')
          : undefined,
      ),
    ],
  },
];

function peersOf(facts: InstanceFacts, context: RuleContext): readonly InstanceFacts[] {
  return (context.role(facts.id)?.members ?? [])
    .filter((mate) => mate !== facts.id)
    .map((mate) => context.facts(ec2Instance, mate))
    .filter((mate) => mate !== undefined);
}

function inOtherZone(facts: InstanceFacts, peer: InstanceFacts): Truth {
  return zonesDiffer(facts.zone, peer.zone);
}

function alone(facts: InstanceFacts, context: RuleContext): string {
  const peers = peersOf(facts, context).length;
  return peers === 0
    ? `${facts.name} is in no Auto Scaling group and nothing stands in for it`
    : `${facts.name} and what stands in for it are in one AZ`;
}

/** That an instance holds data is declared by a promise about it. */
function promisesData(facts: InstanceFacts, context: RuleContext): boolean {
  return (
    !context.hasCatalogue ||
    (['instance', 'az', 'data'] as const).some((scope) => context.targets(facts.id, 'RPO', scope).length > 0)
  );
}

function storesOnHost(facts: InstanceFacts, props: Props, context: RuleContext): readonly Truth[] {
  const listed = andThen(props.blocks('ephemeralBlockDevices'), (blocks) =>
    any([
      ...blocks.map((block) =>
        all([is(block.text('virtualName'), (name) => name !== undefined && name !== ''), not(block.flag('noDevice', false))]),
      ),
      no('it lists none'),
    ]),
  );
  const attached = referringTo(facts.id, context.estate.view, VOLUME_ATTACHMENT, 'instanceId').found.length > 0;
  const onlyStore = all([
    is(facts.instanceType, (type) => type !== undefined && INSTANCE_STORE.test(type)),
    andThen(props.blocks('ebsBlockDevices'), (blocks) => known(blocks.length === 0 && !attached)),
  ]);
  return [
    because(listed, `${facts.name} maps instance-store volumes, whose data goes with its host`),
    andThen(
      onlyStore,
      (maybe): Truth =>
        maybe
          ? unknown(
              'not-modelled',
              `${textOr(facts.instanceType, 'its type')} has instance store and no EBS data volume; where it writes is not in the code`,
              {
                resource: facts.id,
                property: 'instanceType',
              },
            )
          : no('its data is not on the host'),
    ),
  ];
}

/** A scaling target, which gives a finite maximum, may hold more tasks than the code asks for. */
function fewTasks(facts: EcsServiceFacts): Truth {
  return andThen(together({ running: facts.running, max: facts.max }), ({ running, max }): Truth => {
    if (running >= 2) return no('it runs two tasks');
    return Number.isFinite(max) && max > running
      ? unknown('not-modelled', 'a scaling target sets how many tasks run', { resource: facts.id, property: 'desiredCount' })
      : yes(`${facts.name} runs ${running === 0 ? 'no task' : 'one task'}`);
  });
}

function mappingsSwitched(urn: string, context: RuleContext): Truth {
  const mappings = new Set(referringTo(urn, context.estate.view, SOURCE_MAPPING, 'functionName').found.map((p) => p.id));
  const steps = [...context.estate.resources.values()].flatMap((item: EstateResource) => meaningOf(item)?.orchestrations ?? []);
  const targets = steps.filter((step) => step.action === 'lambda-event-source').flatMap((step) => step.targets);
  return targets.length === 0
    ? no('no plan has such a step')
    : any(
        targets.map((to) =>
          fold(
            to,
            (target) => (mappings.has(target) ? yes() : no()),
            (why): Truth => why,
          ),
        ),
      );
}
