/**
 * Keys that AWS makes for a service in every account (`alias/aws/<service>`). Where code names no key, AWS replies with the ARN of
 * such a key; both mean that no key is named. They can be told from the account's own keys by their aliases alone.
 */
import type { ListAliasesCommandInput, ListAliasesCommandOutput } from '@aws-sdk/client-kms';
import { call } from '../../aws/call.ts';
import { kept } from '../../model/collections.ts';
import { Hole } from '../../model/value.ts';
import { inRegion } from './elsewhere.ts';
import type { Reader } from './scan.ts';

export const listAliases = call<ListAliasesCommandInput, ListAliasesCommandOutput>({
  client: 'kms',
  operation: 'ListAliases',
  action: 'kms:ListAliases',
  pages: { input: 'Marker', output: 'NextMarker' },
});

/** One listing for each reader and Region, however many resources ask. */
const listings = new WeakMap<Reader, Map<string, Promise<ReadonlySet<string>>>>();

/**
 * The key that a reply names, undefined when AWS manages it. Without permission to list aliases every key is kept as it is: a
 * reference to something that is not in sight, which is never taken for AWS's own. The scan's `calls` must include `listAliases`.
 */
export async function ownKey(aws: Reader, text: string | undefined): Promise<string | undefined> {
  if (text === undefined || text === '' || /(?:^|:)alias\/aws\//.test(text)) return undefined;
  const region = /^arn:[^:]*:kms:([^:]+):/.exec(text)?.[1] ?? aws.region;
  const byRegion = kept(listings, aws, () => new Map<string, Promise<ReadonlySet<string>>>());
  const managed = kept(byRegion, region, () => managedKeys(aws, region));
  return (await managed).has(text.split('/').at(-1) ?? text) ? undefined : text;
}

/** Ids of a Region's keys that AWS manages. */
async function managedKeys(aws: Reader, region: string): Promise<ReadonlySet<string>> {
  const there = inRegion(listAliases, region);
  const ids = new Set<string>();
  let marker: string | undefined;
  do {
    const reply = await aws.ask(there, marker === undefined ? { Limit: 100 } : { Limit: 100, Marker: marker });
    if (reply === undefined || reply instanceof Hole) break;
    for (const alias of reply.Aliases ?? [])
      if (alias.AliasName?.startsWith('alias/aws/') === true && alias.TargetKeyId !== undefined) ids.add(alias.TargetKeyId);
    // A token that comes back would be asked for for ever.
    if (reply.NextMarker === marker) break;
    marker = reply.NextMarker;
  } while (marker !== undefined);
  return ids;
}
