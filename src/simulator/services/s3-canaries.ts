/** Canary writes to a bucket as the objects that they are: what the data plane took is listed and copied through the API. */
import type * as S3 from '@aws-sdk/client-s3';
import { contents, copyWrite } from '../plane/logs.ts';
import type { World } from '../world/world.ts';

const PREFIX = 'canary/';

export const canaryVersions = (world: World, bucket: string): S3.ObjectVersion[] =>
  contents(world, bucket).map(({ sequence, at }) => ({
    Key: `${PREFIX}${sequence}`,
    VersionId: `w${sequence}`,
    IsLatest: true,
    LastModified: new Date(at),
    Size: 1,
  }));

/** True when the key is that of a canary write. */
export function copyCanary(world: World, from: string, into: string, key: string): boolean {
  const sequence = key.startsWith(PREFIX) ? Number(key.slice(PREFIX.length)) : Number.NaN;
  if (Number.isNaN(sequence)) return false;
  copyWrite(world, from, into, sequence);
  return true;
}
