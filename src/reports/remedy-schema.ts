/** Shape of what `--remedies` and `--goal` add to a result. */
import * as z from 'zod';
import { urn, verdict } from './comparison-schema.ts';

const change = z.object({
  action: z.enum(['set', 'unset', 'add', 'protect']),
  resource: urn.describe('URN of the resource that is altered or added'),
  title: z.string().describe("Class and name in Pulumi's words: aws.rds.Instance orders"),
  property: z.string().nullable().describe('Path of the input; null where a resource is added or an option set'),
  value: z.string().nullable().describe('Value, or inputs of an added resource, as a program writes them'),
  beside: urn.nullable().describe('Resource beside which one is added'),
  region: z.string().nullable().describe('Region of an added resource'),
  position: z
    .object({ file: z.string(), line: z.int(), column: z.int() })
    .nullable()
    .describe('Where the program makes the resource, or the one beside it'),
});

const option = z.object({
  effect: z
    .enum(['keeps', 'helps'])
    .describe('keeps: judged again with the changes, the metric is met; helps: more of it holds than before, and it is not met'),
  steps: z.array(z.string()),
  mechanisms: z.array(z.string()),
  automation: z.enum(['always-on', 'service-native', 'orchestrated', 'human-decision', 'human-execution']).nullable(),
  p99: z
    .union([z.number(), z.literal('never')])
    .nullable()
    .describe('Seconds, or "never", with the changes'),
  verdict: verdict.describe('Of the metric, with the changes'),
  reason: z.string(),
  margin: z.boolean().describe('A tenth of the target is left over'),
  cost: z.object({
    class: z.enum(['none', 'low', 'standby', 'doubled']),
    rests: z.string().describe('What the class rests on; there are no prices here'),
  }),
  cautions: z.array(z.string()),
  changes: z.array(change),
  alsoKeeps: z.array(z.string()).describe('Ids of other metrics that are met with the changes and were not'),
  worsens: z.array(z.string()).describe('Ids of metrics of which less holds with the changes'),
});

export const remediesSchema = z.object({
  metrics: z.array(
    z.object({
      metric: z.string(),
      options: z.array(option).describe('Best first'),
      people: z
        .array(z.object({ ask: z.enum(['decide', 'show', 'agree', 'supplier', 'tell']), says: z.string() }))
        .describe('What no change of code gives'),
      cut: z.boolean().describe('The search spent what it may: there may be more options'),
    }),
  ),
  goal: z
    .object({
      wanted: z.number().describe('Percent'),
      before: z.number().describe('KPI 2, its lower bound, as the code is: percent'),
      after: z.number().describe('The same with all changes made, as judged'),
      reached: z.boolean(),
      steps: z.array(z.object({ metric: z.string(), steps: z.array(z.string()) })),
      changes: z.array(change),
      keeps: z.array(z.string()).describe('Ids of metrics that are met with all changes made, and were not'),
      worsens: z.array(z.string()),
      atLeast: z.int().describe('No set of the options found reaches it with fewer changes than this'),
      smallest: z.boolean().describe('No set of the options found has fewer changes than this one'),
    })
    .nullable()
    .describe('Null without --goal'),
});

export type RemediesResult = z.output<typeof remediesSchema>;
