/**
 * The closed list of types that no disruption can make a service wait for, each group with its reason. A type that is
 * neither here nor read by a service is not-modelled, and makes its service's metrics unknown; so a type belongs here only
 * when neither requests nor data pass through it while the service runs. A type that a service reads, also as a part of
 * another, is judged there and does not belong here.
 */
import { tokens, typeToken } from './tokens.ts';

interface Group {
  readonly reason: string;
  readonly types: readonly string[];
}

const GROUPS: readonly Group[] = [
  {
    // AWS Fault Isolation Boundaries, "Partitional services": IAM's control plane is in one Region, its data plane in each.
    reason: 'IAM answers in every Region from its own copy; only changes need its control plane',
    types: [
      ...tokens('iam', 'Role', 'RolePolicy', 'RolePolicyAttachment', 'RolePoliciesExclusive', 'RolePolicyAttachmentsExclusive'),
      ...tokens('iam', 'Policy', 'PolicyAttachment', 'InstanceProfile', 'ServiceLinkedRole', 'ServiceSpecificCredential'),
      ...tokens('iam', 'User', 'UserPolicy', 'UserPolicyAttachment', 'UserGroupMembership', 'UserLoginProfile', 'AccessKey'),
      ...tokens('iam', 'Group', 'GroupPolicy', 'GroupPolicyAttachment', 'GroupMembership', 'SshKey', 'SigningCertificate'),
      ...tokens('iam', 'OpenIdConnectProvider', 'SamlProvider', 'AccountAlias', 'AccountPasswordPolicy', 'ServerCertificate'),
      ...tokens('iam', 'VirtualMfaDevice', 'SecurityTokenServicePreferences'),
      ...tokens('accessanalyzer', 'Analyzer', 'ArchiveRule'),
    ],
  },
  {
    reason: 'a permission, kept and answered by the resource that it is attached to',
    types: [
      ...tokens(
        's3',
        'BucketPolicy',
        'BucketAcl',
        'BucketPublicAccessBlock',
        'BucketOwnershipControls',
        'AccountPublicAccessBlock',
      ),
      ...tokens('lambda', 'Permission', 'LayerVersionPermission'),
      ...tokens('ecr', 'RegistryPolicy', 'RegistryScanningConfiguration', 'RepositoryCreationTemplate', 'AccountSetting'),
      ...tokens('cloudwatch', 'LogResourcePolicy', 'LogDataProtectionPolicy', 'LogDestinationPolicy', 'LogAccountPolicy'),
      ...tokens('secretsmanager', 'Tag'),
      ...tokens('eks', 'AccessEntry', 'AccessPolicyAssociation', 'PodIdentityAssociation', 'IdentityProviderConfig'),
      ...tokens('ram', 'ResourceShare', 'ResourceAssociation', 'PrincipalAssociation', 'SharingWithOrganization'),
      ...tokens(
        'ec2',
        'VpcEndpointPolicy',
        'VpcEndpointServiceAllowedPrinciple',
        'AmiLaunchPermission',
        'SnapshotCreateVolumePermission',
      ),
      ...tokens('dynamodb', 'ResourcePolicy'),
      ...tokens('opensearch', 'DomainPolicy'),
      ...tokens('elasticsearch', 'DomainPolicy'),
      ...tokens('glue', 'ResourcePolicy'),
      // CloudFront signs its requests to an origin by it.
      ...tokens('cloudfront', 'OriginAccessIdentity', 'OriginAccessControl'),
    ],
  },
  {
    reason: 'a setting of a bucket that changes neither where its objects are nor whether they survive',
    types: [
      ...tokens(
        's3',
        'BucketCorsConfiguration',
        'BucketLogging',
        'BucketMetric',
        'BucketNotification',
        'BucketWebsiteConfiguration',
      ),
      ...tokens(
        's3',
        'BucketRequestPaymentConfiguration',
        'BucketAccelerateConfiguration',
        'AnalyticsConfiguration',
        'Inventory',
      ),
      ...tokens('s3', 'BucketIntelligentTieringConfiguration', 'BucketAbac', 'BucketMetadataConfiguration', 'ObjectCopy'),
    ],
  },
  {
    reason: 'a rule about which traffic is let through, applied where the traffic passes',
    types: [
      ...tokens('ec2', 'SecurityGroup', 'SecurityGroupRule', 'DefaultSecurityGroup', 'SecurityGroupAssociation'),
      ...tokens('ec2', 'ManagedPrefixList', 'ManagedPrefixListEntry', 'NetworkInterfaceSecurityGroupAttachment'),
      ...tokens('vpc', 'SecurityGroupIngressRule', 'SecurityGroupEgressRule', 'SecurityGroupVpcAssociation'),
      ...tokens('ec2', 'NetworkAclRule', 'NetworkAclAssociation'),
    ],
  },
  {
    // https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
    reason:
      'inspects requests in every AZ of the Region, or at every edge location, where what it protects is; it is lost with that',
    types: tokens('wafv2', 'WebAcl', 'WebAclAssociation', 'RuleGroup', 'IpSet', 'RegexPatternSet', 'WebAclLoggingConfiguration'),
  },
  {
    reason: 'an association: what it joins is judged itself',
    types: [
      ...tokens(
        'ec2',
        'RouteTableAssociation',
        'MainRouteTableAssociation',
        'VpcDhcpOptionsAssociation',
        'VpcIpv4CidrBlockAssociation',
      ),
      ...tokens('ec2', 'VpcIpv6CidrBlockAssociation', 'SubnetCidrReservation', 'VpnGatewayRoutePropagation', 'EipAssociation'),
      ...tokens('ec2', 'InternetGatewayAttachment', 'VpcEndpointRouteTableAssociation', 'EipDomainName'),
      ...tokens('ec2transitgateway', 'RouteTableAssociation', 'RouteTablePropagation'),
    ],
  },
  {
    reason: 'a group of settings, read when its user is made or restarted',
    types: [
      ...tokens('rds', 'OptionGroup', 'EventSubscription'),
      ...tokens('rds', 'RoleAssociation', 'ClusterRoleAssociation', 'Certificate'),
      ...tokens('docdb', 'ClusterParameterGroup', 'EventSubscription'),
      ...tokens('neptune', 'ParameterGroup', 'ClusterParameterGroup', 'EventSubscription'),
      ...tokens('elasticache', 'ParameterGroup', 'User', 'UserGroup', 'UserGroupAssociation'),
      ...tokens('memorydb', 'ParameterGroup', 'Acl', 'User'),
      ...tokens('redshift', 'ParameterGroup', 'Logging', 'EventSubscription', 'ClusterIamRoles'),
      ...tokens('dax', 'SubnetGroup', 'ParameterGroup'),
      ...tokens('dms', 'ReplicationSubnetGroup'),
      ...tokens('msk', 'Configuration'),
      ...tokens('ec2', 'KeyPair', 'PlacementGroup', 'SerialConsoleAccess', 'InstanceMetadataDefaults'),
      ...tokens('ebs', 'EncryptionByDefault', 'DefaultKmsKey'),
      ...tokens('ecs', 'AccountSettingDefault', 'Tag'),
      ...tokens('ec2', 'Tag'),
      ...tokens('lambda', 'CodeSigningConfig', 'FunctionRecursionConfig', 'RuntimeManagementConfig'),
      ...tokens('resourcegroups', 'Group', 'Resource'),
      ...tokens('apigateway', 'Account', 'ClientCertificate', 'DocumentationPart', 'DocumentationVersion', 'Model'),
      ...tokens('apigateway', 'ApiKey', 'UsagePlan', 'UsagePlanKey', 'RequestValidator', 'Response'),
      ...tokens('cloudfront', 'CachePolicy', 'OriginRequestPolicy', 'ResponseHeadersPolicy', 'KeyGroup', 'PublicKey'),
      // https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html: a function keeps its copy when the layer is deleted.
      ...tokens('lambda', 'LayerVersion'),
    ],
  },
  {
    reason: 'observes or records; the service runs without it. Alarms that a failover hangs on are judged as detectors',
    types: [
      ...tokens('cloudwatch', 'LogGroup', 'LogStream', 'LogMetricFilter', 'LogSubscriptionFilter', 'LogDestination', 'Dashboard'),
      ...tokens('cloudwatch', 'QueryDefinition', 'LogDelivery', 'LogDeliverySource', 'LogDeliveryDestination', 'MetricStream'),
      ...tokens('cloudwatch', 'LogDeliveryDestinationPolicy', 'ContributorInsightRule', 'LogIndexPolicy', 'LogAnomalyDetector'),
      ...tokens('cloudwatch', 'ContributorManagedInsightRule', 'InternetMonitor', 'LogTransformer'),
      ...tokens('cloudtrail', 'Trail', 'EventDataStore', 'OrganizationDelegatedAdminAccount'),
      ...tokens(
        'ec2',
        'FlowLog',
        'TrafficMirrorFilter',
        'TrafficMirrorFilterRule',
        'TrafficMirrorSession',
        'TrafficMirrorTarget',
      ),
      ...tokens('cfg', 'Recorder', 'RecorderStatus', 'DeliveryChannel', 'Rule', 'ConformancePack', 'ConfigurationAggregator'),
      ...tokens('cfg', 'AggregateAuthorization', 'RemediationConfiguration', 'OrganizationManagedRule', 'RetentionConfiguration'),
      ...tokens('guardduty', 'Detector', 'DetectorFeature', 'Filter', 'Member', 'PublishingDestination', 'ThreatIntelSet'),
      ...tokens('guardduty', 'OrganizationAdminAccount', 'OrganizationConfiguration', 'OrganizationConfigurationFeature'),
      ...tokens(
        'securityhub',
        'Account',
        'StandardsSubscription',
        'StandardsControl',
        'ProductSubscription',
        'FindingAggregator',
      ),
      ...tokens('inspector2', 'Enabler', 'DelegatedAdminAccount', 'OrganizationConfiguration'),
      ...tokens('macie2', 'Account', 'ClassificationJob'),
      ...tokens('detective', 'Graph'),
      ...tokens('xray', 'Group', 'SamplingRule', 'EncryptionConfig'),
      ...tokens('synthetics', 'Canary', 'Group', 'GroupAssociation'),
      ...tokens('rum', 'AppMonitor'),
      ...tokens('oam', 'Link', 'Sink', 'SinkPolicy'),
      ...tokens('lb', 'TrustStoreRevocation'),
      ...tokens('chatbot', 'SlackChannelConfiguration', 'TeamsChannelConfiguration'),
      ...tokens('codestarnotifications', 'NotificationRule'),
      ...tokens('sns', 'SmsPreferences'),
      ...tokens('dynamodb', 'ContributorInsights'),
      ...tokens('devopsguru', 'NotificationChannel', 'ResourceCollection'),
      ...tokens('applicationinsights', 'Application'),
    ],
  },
  {
    reason: 'a copy that was made once: no service waits for it, and it counts as no backup',
    types: tokens('rds', 'Snapshot', 'ClusterSnapshot', 'SnapshotCopy', 'ClusterSnapshotCopy'),
  },
  {
    reason: 'about accounts, budgets and quotas, not about running services',
    types: [
      ...tokens('budgets', 'Budget', 'BudgetAction'),
      ...tokens('costexplorer', 'AnomalyMonitor', 'AnomalySubscription', 'CostAllocationTag', 'CostCategory'),
      ...tokens('cur', 'ReportDefinition'),
      ...tokens(
        'organizations',
        'Account',
        'Organization',
        'OrganizationalUnit',
        'Policy',
        'PolicyAttachment',
        'DelegatedAdministrator',
      ),
      ...tokens('account', 'AlternativeContact', 'PrimaryContact', 'Region'),
      ...tokens('servicequotas', 'ServiceQuota', 'Template', 'TemplateAssociation'),
      ...tokens('ssoadmin', 'PermissionSet', 'PermissionSetInlinePolicy', 'ManagedPolicyAttachment', 'AccountAssignment'),
      ...tokens('identitystore', 'Group', 'GroupMembership', 'User'),
    ],
  },
  {
    reason: 'drills, assessments and tests of restores: evidence, which is judged apart',
    types: [
      ...tokens('fis', 'ExperimentTemplate', 'TargetAccountConfiguration'),
      ...tokens('resiliencehub', 'ResiliencyPolicy'),
      ...tokens(
        'backup',
        'RestoreTestingPlan',
        'RestoreTestingSelection',
        'Framework',
        'ReportPlan',
        'RegionSettings',
        'GlobalSettings',
      ),
      ...tokens('route53recoveryreadiness', 'Cell', 'ReadinessCheck', 'RecoveryGroup', 'ResourceSet'),
    ],
  },
  {
    reason: 'acts on request of a person or a pipeline, not while the service runs',
    types: [
      ...tokens('ssm', 'Document', 'Association', 'MaintenanceWindow', 'MaintenanceWindowTarget', 'MaintenanceWindowTask'),
      ...tokens('ssm', 'PatchBaseline', 'PatchGroup', 'DefaultPatchBaseline', 'ResourceDataSync', 'ServiceSetting', 'Activation'),
      ...tokens('codebuild', 'Project', 'Webhook', 'SourceCredential', 'ReportGroup', 'ResourcePolicy'),
      ...tokens('codecommit', 'Repository', 'Trigger'),
      ...tokens('codepipeline', 'Pipeline', 'Webhook', 'CustomActionType'),
      ...tokens('codedeploy', 'Application', 'DeploymentConfig', 'DeploymentGroup'),
      ...tokens('codestarconnections', 'Connection', 'Host'),
      ...tokens(
        'imagebuilder',
        'Component',
        'Image',
        'ImagePipeline',
        'ImageRecipe',
        'ContainerRecipe',
        'DistributionConfiguration',
      ),
      ...tokens('imagebuilder', 'InfrastructureConfiguration', 'Workflow', 'LifecyclePolicy'),
      ...tokens('athena', 'NamedQuery', 'PreparedStatement', 'Workgroup'),
    ],
  },
  {
    reason: 'a value made at deployment and kept in the state of the stack',
    types: [
      ...['Bytes', 'Id', 'Integer', 'Password', 'Pet', 'Shuffle', 'String', 'Uuid'].map((name) =>
        typeToken('random:index', `Random${name}`),
      ),
      ...['PrivateKey', 'SelfSignedCert', 'CertRequest', 'LocallySignedCert'].map((name) => typeToken('tls:index', name)),
      'time:index/sleep:Sleep',
      'time:index/static:Static',
      'time:index/offset:Offset',
      'time:index/rotating:Rotating',
      'null:index/resource:Resource',
    ],
  },
  {
    reason: 'acts at deployment only and leaves nothing running',
    types: [
      'command:local:Command',
      'command:remote:Command',
      'command:remote:CopyFile',
      'command:remote:CopyToRemote',
      'docker-build:index:Image',
      'docker-build:index:Index',
      'docker:index/image:Image',
      'docker:index/registryImage:RegistryImage',
      'docker:index/tag:Tag',
      'local:index/file:File',
      'local:index/sensitiveFile:SensitiveFile',
    ],
  },
  {
    reason: 'bookkeeping of Pulumi',
    types: ['pulumi:pulumi:Stack', 'pulumi:pulumi:StackReference'],
  },
];

const REASONS: ReadonlyMap<string, string> = new Map(GROUPS.flatMap((group) => group.types.map((type) => [type, group.reason])));

/** All inert types, for the support table. */
export const inertTypes: readonly { readonly type: string; readonly reason: string }[] = [...REASONS].map(([type, reason]) => ({
  type,
  reason,
}));

/** Why a type of this spelling is inert; undefined when it is not. */
export function inertReason(type: string): string | undefined {
  return type.startsWith('pulumi:providers:') ? 'bookkeeping of Pulumi' : REASONS.get(type);
}
