import { describe, expect, it } from 'vitest';
import { buildView } from '../../src/estate/view.ts';
import { fold } from '../../src/model/known.ts';
import type { Values } from '../../src/model/value.ts';
import { resource, urnOf } from '../services/support-traffic.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:111122223333:orders';
const HOST = 'front-1.us-east-1.elb.amazonaws.com';
const READER = 'aws:lambda/eventSourceMapping:EventSourceMapping';

describe('a name that one resource has and others mention', () => {
  it.each<[string, string, string, Values, Values]>([
    ['aws:sqs/queue:Queue', 'aws:cloudwatch/eventTarget:EventTarget', QUEUE, { arn: QUEUE }, { rule: 'r', arn: QUEUE }],
    ['aws:sns/topic:Topic', 'aws:sns/topicPolicy:TopicPolicy', QUEUE, { arn: QUEUE }, { arn: QUEUE, policy: '{}' }],
    [
      'aws:secretsmanager/secret:Secret',
      'aws:secretsmanager/secretRotation:SecretRotation',
      QUEUE,
      { arn: QUEUE },
      { id: QUEUE },
    ],
    ['aws:secretsmanager/secret:Secret', 'aws:secretsmanager/secretVersion:SecretVersion', QUEUE, { arn: QUEUE }, { arn: QUEUE }],
    ['aws:lb/loadBalancer:LoadBalancer', 'aws:route53/healthCheck:HealthCheck', HOST, { dnsName: HOST }, { fqdn: HOST }],
  ])('%s beside %s', (type, mentioning, name, outputs, inputs) => {
    const view = buildView([
      { ...resource({ type, name: 'own', outputs }), id: name },
      { ...resource({ type: mentioning, name: 'other', inputs, outputs: inputs }), id: name },
      resource({ type: READER, name: 'reader', inputs: { at: name } }),
    ]);
    const reader = view.get(urnOf(READER, 'reader'));
    if (reader === undefined) throw new Error('no reader');
    expect(
      fold(
        view.target(reader, 'at'),
        (urn) => urn,
        (why) => why.detail,
      ),
    ).toBe(urnOf(type, 'own'));
  });
});
