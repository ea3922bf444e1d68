/** Step Functions state machines, with their definitions: these name what an execution calls. */
import type {
  DescribeStateMachineCommandInput,
  DescribeStateMachineCommandOutput,
  ListStateMachinesCommandInput,
  ListStateMachinesCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  StateMachineListItem,
} from '@aws-sdk/client-sfn';
import { call } from '../../aws/call.ts';
import { Hole, type Values } from '../../model/value.ts';
import type { Observed, Reader, Scan } from './scan.ts';
import { present } from './scan.ts';

const listMachines = call<ListStateMachinesCommandInput, ListStateMachinesCommandOutput>({
  client: 'sfn',
  operation: 'ListStateMachines',
  action: 'states:ListStateMachines',
  pages: { input: 'nextToken', output: 'nextToken' },
});
const describeMachine = call<DescribeStateMachineCommandInput, DescribeStateMachineCommandOutput>({
  client: 'sfn',
  operation: 'DescribeStateMachine',
  action: 'states:DescribeStateMachine',
});
const listTags = call<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>({
  client: 'sfn',
  operation: 'ListTagsForResource',
  action: 'states:ListTagsForResource',
});

const GONE = ['StateMachineDoesNotExist', 'ResourceNotFound'];

export const stateMachines: Scan = {
  id: 'sfn-state-machines',
  types: ['aws:sfn/stateMachine:StateMachine'],
  where: 'region',
  calls: [listMachines, describeMachine, listTags],
  async *run(aws) {
    for await (const { stateMachines: machines = [] } of aws.pages(listMachines, { maxResults: 1000 }))
      for (const seen of await aws.each(machines, (m) => observe(aws, m))) if (seen !== undefined) yield seen;
  },
};

async function observe(aws: Reader, item: StateMachineListItem): Promise<Observed | undefined> {
  const arn = item.stateMachineArn ?? '';
  const name = item.name ?? arn;
  const reply = await aws.ask(describeMachine, { stateMachineArn: arn }, GONE);
  if (reply === undefined) return undefined;
  const tagged = await aws.ask(listTags, { resourceArn: arn }, GONE);
  return {
    type: 'aws:sfn/stateMachine:StateMachine',
    id: arn,
    arn,
    name,
    properties: { name, ...present({ type: item.type }), ...detailsOf(reply) },
    outputs: { arn },
    tags: tagged instanceof Hole ? tagged : Object.fromEntries((tagged?.tags ?? []).map((t) => [t.key ?? '', t.value ?? ''])),
  };
}

function detailsOf(reply: DescribeStateMachineCommandOutput | Hole): Values {
  if (reply instanceof Hole) return { definition: reply, roleArn: reply, encryptionConfiguration: reply };
  const key = reply.encryptionConfiguration?.kmsKeyId;
  return present({
    definition: reply.definition,
    roleArn: reply.roleArn,
    encryptionConfiguration:
      key === undefined ? undefined : present({ kmsKeyId: key, type: reply.encryptionConfiguration?.type }),
  });
}
