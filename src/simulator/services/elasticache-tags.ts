/** Tags of whatever simulated ElastiCache keeps. */
import type {
  AddTagsToResourceCommandInput,
  AddTagsToResourceCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  RemoveTagsFromResourceCommandInput,
  RemoveTagsFromResourceCommandOutput,
  Tag,
} from '@aws-sdk/client-elasticache';
import { type CallContext, type Operation, type Reply, ServiceFault } from '../service.ts';
import { tagsOf } from './elasticache-make.ts';
import { CACHE_CLUSTERS, GROUPS, SERVERLESS } from './elasticache-state.ts';

const NO_TAGS: Readonly<Record<string, string>> = {};

function taggedAt(context: CallContext, arn: string | undefined): { tags: Readonly<Record<string, string>> } {
  const found =
    context.list(GROUPS).find((g) => g.arn === arn) ??
    context.list(CACHE_CLUSTERS).find((c) => c.arn === arn) ??
    context.list(SERVERLESS).find((c) => c.arn === arn);
  if (found !== undefined) return found;
  // Subnet groups and nodes have none here.
  if (/:(?:subnetgroup|cluster):/.test(arn ?? '')) return { tags: NO_TAGS };
  throw new ServiceFault('InvalidARN', `The ARN ${arn ?? ''} names nothing.`);
}

const tagList = (tags: Readonly<Record<string, string>>): Tag[] => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

const list: Operation<ListTagsForResourceCommandInput, Reply<ListTagsForResourceCommandOutput>> = (input, context) => ({
  TagList: tagList(taggedAt(context, input.ResourceName).tags),
});

const add: Operation<AddTagsToResourceCommandInput, Reply<AddTagsToResourceCommandOutput>> = (input, context) => {
  const tagged = taggedAt(context, input.ResourceName);
  tagged.tags = { ...tagged.tags, ...tagsOf(input.Tags) };
  return { TagList: tagList(tagged.tags) };
};

const remove: Operation<RemoveTagsFromResourceCommandInput, Reply<RemoveTagsFromResourceCommandOutput>> = (input, context) => {
  const tagged = taggedAt(context, input.ResourceName);
  tagged.tags = Object.fromEntries(Object.entries(tagged.tags).filter(([key]) => input.TagKeys?.includes(key) !== true));
  return { TagList: tagList(tagged.tags) };
};

export const tagOperations = {
  ListTagsForResource: list,
  AddTagsToResource: add,
  RemoveTagsFromResource: remove,
};
