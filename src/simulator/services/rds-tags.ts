/** Tags and events of simulated RDS. */
import type {
  AddTagsToResourceCommandInput,
  AddTagsToResourceCommandOutput,
  DescribeEventsCommandInput,
  DescribeEventsCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  RemoveTagsFromResourceCommandInput,
  RemoveTagsFromResourceCommandOutput,
} from '@aws-sdk/client-rds';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import { GLOBAL } from '../world/world.ts';
import { GLOBALS } from './rds-global-state.ts';
import { PAGE_SIZE } from './rds-groups.ts';
import { tagsOf } from './rds-make.ts';
import { PROXIES } from './rds-proxies.ts';
import { tagList } from './rds-replies.ts';
import { clusterAt, eventsOf, instanceAt } from './rds-state.ts';

function taggedAt(context: CallContext, arn: string | undefined): { tags: Readonly<Record<string, string>> } {
  const { world, account, region } = context;
  const name = arn ?? '';
  const found =
    instanceAt(world, account, region, name) ??
    clusterAt(world, account, region, name) ??
    context.list(PROXIES).find((p) => p.arn === name) ??
    world.list(GLOBALS, account, GLOBAL).find((g) => g.arn === name);
  if (found === undefined) throw new ServiceFault('InvalidParameterValue', `The resource ${name} does not exist.`);
  return found;
}

const list: Operation<ListTagsForResourceCommandInput, Reply<ListTagsForResourceCommandOutput>> = (input, context) => ({
  TagList: tagList(taggedAt(context, input.ResourceName).tags),
});

const add: Operation<AddTagsToResourceCommandInput, Reply<AddTagsToResourceCommandOutput>> = (input, context) => {
  const tagged = taggedAt(context, input.ResourceName);
  tagged.tags = { ...tagged.tags, ...tagsOf(input.Tags) };
  return {};
};

const remove: Operation<RemoveTagsFromResourceCommandInput, Reply<RemoveTagsFromResourceCommandOutput>> = (input, context) => {
  const tagged = taggedAt(context, input.ResourceName);
  tagged.tags = Object.fromEntries(Object.entries(tagged.tags).filter(([key]) => input.TagKeys?.includes(key) !== true));
  return {};
};

const MINUTE = 60 * 1000;

/** By default those of the last hour (API DescribeEvents, Duration: 60 minutes). */
const events: Operation<DescribeEventsCommandInput, Reply<DescribeEventsCommandOutput>> = (input, context) => {
  const now = context.world.clock.now();
  const from = input.StartTime?.getTime() ?? now - (input.Duration ?? 60) * MINUTE;
  const until = input.EndTime?.getTime() ?? now;
  const found = eventsOf(context.world, context.account, context.region).filter(
    (e) =>
      e.at >= from &&
      e.at <= until &&
      (input.SourceIdentifier === undefined || e.source === input.SourceIdentifier) &&
      (input.SourceType === undefined || e.kind === input.SourceType),
  );
  const { items, next } = page(found, input.Marker, input.MaxRecords ?? PAGE_SIZE);
  return {
    Events: items.map((e) => ({
      SourceIdentifier: e.source,
      SourceType: e.kind,
      SourceArn: e.arn,
      Message: e.message,
      EventCategories: [e.category],
      Date: new Date(e.at),
    })),
    Marker: next,
  };
};

export const tagOperations = {
  ListTagsForResource: list,
  AddTagsToResource: add,
  RemoveTagsFromResource: remove,
  DescribeEvents: events,
};
