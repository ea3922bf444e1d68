/** Spellings of AWS resource types over the versions of @pulumi/aws, and which types belong to no Region. */

/** Modules that were renamed as a whole; `alb` and `lb` are two spellings of the same types. */
const MODULES: Readonly<Record<string, string>> = {
  alb: 'lb',
  applicationloadbalancing: 'lb',
  elasticloadbalancingv2: 'lb',
  elasticloadbalancing: 'elb',
};

/** S3 types that versions 4 to 6 spelled with V2. */
const S3_V2 = [
  'bucket',
  'bucketAccelerateConfiguration',
  'bucketAcl',
  'bucketCorsConfiguration',
  'bucketLifecycleConfiguration',
  'bucketLogging',
  'bucketObjectLockConfiguration',
  'bucketRequestPaymentConfiguration',
  'bucketServerSideEncryptionConfiguration',
  'bucketVersioning',
  'bucketWebsiteConfiguration',
];

const upper = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const token = (module: string, name: string): string => `aws:${module}/${name}:${upper(name)}`;

/**
 * Earlier token → the token of @pulumi/aws 7.48.0, from the `aliases` of that package's classes. A test compares it
 * with the package.
 */
export const RENAMED: ReadonlyMap<string, string> = new Map([
  ...S3_V2.map((name) => [token('s3', `${name}V2`), token('s3', name)] as const),
  [token('chime', 'voiceConnectorOrganization'), token('chime', 'voiceConnectorOrigination')],
  [token('directoryservice', 'conditionalForwader'), token('directoryservice', 'conditionalForwarder')],
  [token('directoryservice', 'logService'), token('directoryservice', 'logSubscription')],
  [token('ec2', 'encryptionControl'), token('ec2', 'vpcEncryptionControl')],
  [token('ec2', 'transitGatewayPeeringAttachmentAccepter'), token('ec2transitgateway', 'peeringAttachmentAccepter')],
  [token('lambda', 'microvmsImage'), token('lambdamicrovms', 'image')],
  [token('ses', 'confgurationSet'), token('ses', 'configurationSet')],
  [token('workspaces', 'webBrowserSettings'), token('workspacesweb', 'browserSettings')],
  [token('workspaces', 'webNetworkSettings'), token('workspacesweb', 'networkSettings')],
  [token('workspaces', 'webUserSettings'), token('workspacesweb', 'userSettings')],
  ['aws:s3/BucketObject:BucketObject', token('s3', 'bucketObjectv2')],
]);

/** Today's token of a type. Tokens of other packages, and of types that no longer exist, stay as they are. */
export function canonicalType(type: string): string {
  if (!type.startsWith('aws:')) return type;
  const renamed = RENAMED.get(type);
  if (renamed !== undefined) return renamed;
  const slash = type.indexOf('/');
  const module = slash < 0 ? '' : type.slice('aws:'.length, slash);
  return Object.hasOwn(MODULES, module) ? `aws:${MODULES[module]}${type.slice(slash)}` : type;
}

/**
 * Modules and types whose resources belong to an account and to no Region: those without a `region` input in
 * @pulumi/aws 7.48.0 (https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support),
 * less those that only switch on something in one Region.
 */
const GLOBAL_MODULES: ReadonlySet<string> = new Set([
  'account',
  'bcmdata',
  'billing',
  'budgets',
  'cloudfront',
  'costexplorer',
  'costoptimizationhub',
  'cur',
  'globalaccelerator',
  'iam',
  'networkmanager',
  'organizations',
  'route53domains',
  'route53recoverycontrol',
  'route53recoveryreadiness',
  'savingsplans',
  'shield',
  'waf',
]);

const GLOBAL_TYPES: ReadonlySet<string> = new Set([
  ...[
    'cidrCollection',
    'cidrLocation',
    'delegationSet',
    'healthCheck',
    'hostedZoneDnsSec',
    'keySigningKey',
    'queryLog',
    'record',
    'recordsExclusive',
    'trafficPolicy',
    'trafficPolicyInstance',
    'vpcAssociationAuthorization',
    'zone',
    'zoneAssociation',
  ].map((name) => token('route53', name)),
  token('directconnect', 'gateway'),
  token('s3', 'accountPublicAccessBlock'),
]);

/** Does a canonical type belong to no Region? */
export function isGlobalType(type: string): boolean {
  if (GLOBAL_TYPES.has(type)) return true;
  const slash = type.indexOf('/');
  return type.startsWith('aws:') && slash > 0 && GLOBAL_MODULES.has(type.slice('aws:'.length, slash));
}

/** Packages whose resources live in AWS and take their Region and account from the provider of that name. */
export function isAwsType(type: string): boolean {
  return type.startsWith('aws:') || type.startsWith('aws-native:');
}
