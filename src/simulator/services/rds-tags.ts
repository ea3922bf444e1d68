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
import { SNAPSHOTS } from './rds-backups-state.ts';
import { GLOBALS } from './rds-global-state.ts';
import { PAGE_SIZE, SUBNET_GROUPS } from './rds-groups.ts';
import { CLUSTER_PARAMETER_GROUPS, PARAMETER_GROUPS } from './rds-parameters.ts';
import { PROXIES } from './rds-proxies.ts';
import { tagList } from './rds-replies.ts';
import { clusterAt, eventsOf, instanceAt, tagsOf } from './rds-state.ts';

interface Tagged {
  readonly arn: string;
  tags: Readonly<Record<string, string>>;
}

function taggedAt(context: CallContext, arn: string | undefined): Tagged {
  const { world, account, region } = context;
  const name = arn ?? '';
  const found =
    instanceAt(world, account, region, name) ??
    clusterAt(world, account, region, name) ??
    [PROXIES, SUBNET_GROUPS, PARAMETER_GROUPS, CLUSTER_PARAMETER_GROUPS, SNAPSHOTS]
      .flatMap((on): readonly Tagged[] => context.list<Tagged>(on))
      .find((item) => item.arn === name) ??
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
