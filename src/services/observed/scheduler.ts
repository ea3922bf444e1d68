/** EventBridge Scheduler schedules: the listing says all that matters here. */
import type { ListSchedulesCommandInput, ListSchedulesCommandOutput } from '@aws-sdk/client-scheduler';
import { call } from '../../aws/call.ts';
import { Hole } from '../../model/value.ts';
import type { Scan } from './scan.ts';
import { present } from './scan.ts';

const listSchedules = call<ListSchedulesCommandInput, ListSchedulesCommandOutput>({
  client: 'scheduler',
  operation: 'ListSchedules',
  action: 'scheduler:ListSchedules',
  pages: { input: 'NextToken', output: 'NextToken' },
});

const UNTOLD = new Hole('not-reported', 'Scheduler does not say whether the schedule is enabled');

export const schedules: Scan = {
  id: 'scheduler-schedules',
  types: ['aws:scheduler/schedule:Schedule'],
  where: 'region',
  calls: [listSchedules],
  async *run(aws) {
    for await (const { Schedules = [] } of aws.pages(listSchedules, { MaxResults: 100 }))
      for (const { Arn: arn, Name: name = '', GroupName: group, State: state, Target: target } of Schedules)
        yield {
          type: 'aws:scheduler/schedule:Schedule',
          id: `${group ?? 'default'}/${name}`,
          arn,
          name,
          properties: present({ name, groupName: group, state: state ?? UNTOLD, target: present({ arn: target?.Arn }) }),
          outputs: present({ arn }),
          // Schedules have no tags, their groups have.
          tags: {},
        };
  },
};
