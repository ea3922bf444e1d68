import type * as EC2 from '@aws-sdk/client-ec2';
import type { Value } from '../../model/value.ts';
import { nameOf, tagsOf } from './compute-listing.ts';
import { type Observed, present, type Reader } from './scan.ts';

export const arnOf = (aws: Reader, resource: string): string => `arn:aws:ec2:${aws.region}:${aws.account}:${resource}`;

interface Parts {
  readonly type: string;
  readonly id: string;
  readonly arn?: string;
  readonly tags?: readonly EC2.Tag[] | undefined;
  readonly properties: Readonly<Record<string, Value | undefined>>;
  readonly outputs?: Readonly<Record<string, Value | undefined>>;
}

export function one({ type, id, arn, tags, properties, outputs = {} }: Parts): Observed {
  return {
    type,
    id,
    arn,
    name: nameOf(tags, id),
    properties: present(properties),
    outputs: present({ arn, ...outputs }),
    tags: tagsOf(tags),
  };
}
