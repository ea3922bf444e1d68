/** Lambda functions with their triggers, as Pulumi inputs. Code in a bucket is left out: Lambda keeps its own copy and does not say whose it was. */
import fc from 'fast-check';
import { maybe, picks, someSubnets, subnets, zone } from './ec2.ts';
import { type Declaration, inputs, ref } from './law.ts';

export const FUNCTION = 'aws:lambda/function:Function';
const QUEUE = 'aws:sqs/queue:Queue';

export const functions: fc.Arbitrary<readonly Declaration[]> = fc
  .record({
    base: subnets(maybe(zone)),
    in: maybe(picks),
    reserved: maybe(fc.constantFrom(-1, 0, 5, 100)),
    named: fc.boolean(),
    image: fc.boolean(),
    source: maybe(fc.record({ enabled: maybe(fc.boolean()), byArn: fc.boolean() })),
    alias: fc.boolean(),
    url: fc.boolean(),
  })
  .map((f) => {
    const all: Declaration[] = [
      ...f.base,
      { type: QUEUE, name: 'orders', inputs: {} },
      {
        type: FUNCTION,
        name: 'function',
        inputs: inputs({
          name: f.named ? 'take-orders' : undefined,
          role: 'arn:aws:iam::111122223333:role/function',
          runtime: f.image ? undefined : 'nodejs22.x',
          imageUri: f.image ? '111122223333.dkr.ecr.us-east-1.amazonaws.com/app:1' : undefined,
          packageType: f.image ? 'Image' : undefined,
          vpcConfig:
            f.in === undefined ? undefined : { subnetIds: someSubnets(f.base, f.in), securityGroupIds: ['sg-0123456789abcdef0'] },
          reservedConcurrentExecutions: f.reserved,
        }),
      },
    ];
    if (f.source !== undefined)
      all.push({
        type: 'aws:lambda/eventSourceMapping:EventSourceMapping',
        name: 'mapping',
        inputs: inputs({
          functionName: ref(FUNCTION, 'function', f.source.byArn ? 'arn' : 'name'),
          eventSourceArn: ref(QUEUE, 'orders', 'arn'),
          enabled: f.source.enabled,
        }),
      });
    if (f.alias)
      all.push({
        type: 'aws:lambda/alias:Alias',
        name: 'alias',
        inputs: { name: 'live', functionName: ref(FUNCTION, 'function', 'arn'), functionVersion: '$LATEST' },
      });
    if (f.url)
      all.push({
        type: 'aws:lambda/functionUrl:FunctionUrl',
        name: 'url',
        inputs: { functionName: ref(FUNCTION, 'function', 'name'), authorizationType: 'NONE' },
      });
    return all;
  });
