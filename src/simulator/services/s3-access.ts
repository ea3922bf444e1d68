/** Who may reach an S3 bucket, and what it tells of itself: public access block, ownership, ACL, logging and notifications. */
import type * as S3 from '@aws-sdk/client-s3';
import { type CallContext, ServiceFault } from '../service.ts';
import { type Bucket, bucketNamed, type Op } from './s3-model.ts';

/** All of a new bucket is on since April 2023, and ACLs are off (S3 user guide, "Default settings for new S3 buckets"). */
export const newAccess = (): Pick<Bucket, 'publicAccess' | 'ownership'> => ({
  publicAccess: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
  ownership: 'BucketOwnerEnforced',
});

/** The id of an account as S3 shows it to others has 64 digits; simulated AWS pads the account's number. */
const owner = (context: CallContext): S3.Owner => ({ ID: context.account.padStart(64, '0') });

export const accessOperations = {
  PutPublicAccessBlock: ((input, context) => {
    const asked = input.PublicAccessBlockConfiguration;
    // What a request leaves out is off (API PublicAccessBlockConfiguration).
    bucketNamed(context, input.Bucket).publicAccess = {
      BlockPublicAcls: asked?.BlockPublicAcls ?? false,
      IgnorePublicAcls: asked?.IgnorePublicAcls ?? false,
      BlockPublicPolicy: asked?.BlockPublicPolicy ?? false,
      RestrictPublicBuckets: asked?.RestrictPublicBuckets ?? false,
    };
    return {};
  }) satisfies Op<S3.PutPublicAccessBlockCommandInput, S3.PutPublicAccessBlockCommandOutput>,
  GetPublicAccessBlock: ((input, context) => {
    const { publicAccess } = bucketNamed(context, input.Bucket);
    if (publicAccess !== undefined) return { PublicAccessBlockConfiguration: publicAccess };
    const message = 'The public access block configuration was not found';
    throw new ServiceFault('NoSuchPublicAccessBlockConfiguration', message, 404);
  }) satisfies Op<S3.GetPublicAccessBlockCommandInput, S3.GetPublicAccessBlockCommandOutput>,
  DeletePublicAccessBlock: ((input, context) => {
    bucketNamed(context, input.Bucket).publicAccess = undefined;
    return {};
  }) satisfies Op<S3.DeletePublicAccessBlockCommandInput, S3.DeletePublicAccessBlockCommandOutput>,
  PutBucketOwnershipControls: ((input, context) => {
    const bucket = bucketNamed(context, input.Bucket);
    bucket.ownership = input.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? bucket.ownership;
    return {};
  }) satisfies Op<S3.PutBucketOwnershipControlsCommandInput, S3.PutBucketOwnershipControlsCommandOutput>,
  DeleteBucketOwnershipControls: ((input, context) => {
    bucketNamed(context, input.Bucket).ownership = newAccess().ownership;
    return {};
  }) satisfies Op<S3.DeleteBucketOwnershipControlsCommandInput, S3.DeleteBucketOwnershipControlsCommandOutput>,
  GetBucketOwnershipControls: ((input, context) => ({
    OwnershipControls: { Rules: [{ ObjectOwnership: bucketNamed(context, input.Bucket).ownership }] },
  })) satisfies Op<S3.GetBucketOwnershipControlsCommandInput, S3.GetBucketOwnershipControlsCommandOutput>,
  GetBucketAcl: ((input, context) => {
    bucketNamed(context, input.Bucket);
    const Owner = owner(context);
    return { Owner, Grants: [{ Grantee: { ...Owner, Type: 'CanonicalUser' }, Permission: 'FULL_CONTROL' }] };
  }) satisfies Op<S3.GetBucketAclCommandInput, S3.GetBucketAclCommandOutput>,
  // Neither access logs nor event notifications are simulated: an empty answer says that nothing is configured.
  GetBucketLogging: ((input, context) => {
    bucketNamed(context, input.Bucket);
    return {};
  }) satisfies Op<S3.GetBucketLoggingCommandInput, S3.GetBucketLoggingCommandOutput>,
  GetBucketNotificationConfiguration: ((input, context) => {
    bucketNamed(context, input.Bucket);
    return {};
  }) satisfies Op<S3.GetBucketNotificationConfigurationCommandInput, S3.GetBucketNotificationConfigurationCommandOutput>,
};

/** IAM's own names (service authorization reference, Amazon S3). */
export const accessActions = {
  GetPublicAccessBlock: 's3:GetBucketPublicAccessBlock',
  PutPublicAccessBlock: 's3:PutBucketPublicAccessBlock',
  DeletePublicAccessBlock: 's3:PutBucketPublicAccessBlock',
  DeleteBucketOwnershipControls: 's3:PutBucketOwnershipControls',
  GetBucketNotificationConfiguration: 's3:GetBucketNotification',
};
