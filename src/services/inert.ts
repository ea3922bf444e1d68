/**
 * The closed list of types that no disruption can make a service wait for, each group with its reason. A type that is
 * neither here nor read by a service is not-modelled, and makes its service's metrics unknown; so a type belongs here only
 * when neither requests nor data pass through it while the service runs. A type that a service reads, also as a part of
 * another, is judged there and does not belong here.
 */

interface Group {
  readonly reason: string;
  readonly types: readonly string[];
}

const aws = (module: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => `aws:${module}/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`);

const GROUPS: readonly Group[] = [
  {
    // AWS Fault Isolation Boundaries, "Partitional services": IAM's control plane is in one Region, its data plane in each.
    reason: 'IAM answers in every Region from its own copy; only changes need its control plane',
    types: [
      ...aws('iam', 'Role', 'RolePolicy', 'RolePolicyAttachment', 'RolePoliciesExclusive', 'RolePolicyAttachmentsExclusive'),
      ...aws('iam', 'Policy', 'PolicyAttachment', 'InstanceProfile', 'ServiceLinkedRole', 'ServiceSpecificCredential'),
      ...aws('iam', 'User', 'UserPolicy', 'UserPolicyAttachment', 'UserGroupMembership', 'UserLoginProfile', 'AccessKey'),
      ...aws('iam', 'Group', 'GroupPolicy', 'GroupPolicyAttachment', 'GroupMembership', 'SshKey', 'SigningCertificate'),
      ...aws('iam', 'OpenIdConnectProvider', 'SamlProvider', 'AccountAlias', 'AccountPasswordPolicy', 'ServerCertificate'),
      ...aws('iam', 'VirtualMfaDevice', 'SecurityTokenServicePreferences'),
      ...aws('accessanalyzer', 'Analyzer', 'ArchiveRule'),
    ],
  },
  {
    reason: 'a permission, kept and answered by the resource that it is attached to',
    types: [
      ...aws('s3', 'BucketPolicy', 'BucketAcl', 'BucketPublicAccessBlock', 'BucketOwnershipControls', 'AccountPublicAccessBlock'),
      ...aws('lambda', 'Permission', 'LayerVersionPermission'),
      ...aws('ecr', 'RegistryPolicy', 'RegistryScanningConfiguration', 'RepositoryCreationTemplate', 'AccountSetting'),
      ...aws('cloudwatch', 'LogResourcePolicy', 'LogDataProtectionPolicy', 'LogDestinationPolicy', 'LogAccountPolicy'),
      ...aws('secretsmanager', 'Tag'),
      ...aws('eks', 'AccessEntry', 'AccessPolicyAssociation', 'PodIdentityAssociation', 'IdentityProviderConfig'),
      ...aws('ram', 'ResourceShare', 'ResourceAssociation', 'PrincipalAssociation', 'SharingWithOrganization'),
      ...aws(
        'ec2',
        'VpcEndpointPolicy',
        'VpcEndpointServiceAllowedPrinciple',
        'AmiLaunchPermission',
        'SnapshotCreateVolumePermission',
      ),
      ...aws('dynamodb', 'ResourcePolicy'),
      ...aws('opensearch', 'DomainPolicy'),
      ...aws('elasticsearch', 'DomainPolicy'),
      ...aws('glue', 'ResourcePolicy'),
      // CloudFront signs its requests to an origin by it.
      ...aws('cloudfront', 'OriginAccessIdentity', 'OriginAccessControl'),
    ],
  },
  {
    reason: 'a setting of a bucket that changes neither where its objects are nor whether they survive',
    types: [
      ...aws(
        's3',
        'BucketCorsConfiguration',
        'BucketLogging',
        'BucketMetric',
        'BucketNotification',
        'BucketWebsiteConfiguration',
      ),
      ...aws('s3', 'BucketRequestPaymentConfiguration', 'BucketAccelerateConfiguration', 'AnalyticsConfiguration', 'Inventory'),
      ...aws('s3', 'BucketIntelligentTieringConfiguration', 'BucketAbac', 'BucketMetadataConfiguration', 'ObjectCopy'),
    ],
  },
  {
    reason: 'a rule about which traffic is let through, applied where the traffic passes',
    types: [
      ...aws('ec2', 'SecurityGroup', 'SecurityGroupRule', 'DefaultSecurityGroup', 'SecurityGroupAssociation'),
      ...aws('ec2', 'ManagedPrefixList', 'ManagedPrefixListEntry', 'NetworkInterfaceSecurityGroupAttachment'),
      ...aws('vpc', 'SecurityGroupIngressRule', 'SecurityGroupEgressRule', 'SecurityGroupVpcAssociation'),
      ...aws('ec2', 'NetworkAclRule', 'NetworkAclAssociation'),
    ],
  },
  {
    // https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html
    reason:
      'inspects requests in every AZ of the Region, or at every edge location, where what it protects is; it is lost with that',
    types: aws('wafv2', 'WebAcl', 'WebAclAssociation', 'RuleGroup', 'IpSet', 'RegexPatternSet', 'WebAclLoggingConfiguration'),
  },
  {
    reason: 'an association: what it joins is judged itself',
    types: [
      ...aws(
        'ec2',
        'RouteTableAssociation',
        'MainRouteTableAssociation',
        'VpcDhcpOptionsAssociation',
        'VpcIpv4CidrBlockAssociation',
      ),
      ...aws('ec2', 'VpcIpv6CidrBlockAssociation', 'SubnetCidrReservation', 'VpnGatewayRoutePropagation', 'EipAssociation'),
      ...aws('ec2', 'InternetGatewayAttachment', 'VpcEndpointRouteTableAssociation', 'EipDomainName'),
      ...aws('ec2transitgateway', 'RouteTableAssociation', 'RouteTablePropagation'),
    ],
  },
  {
    reason: 'a group of settings, read when its user is made or restarted',
    types: [
      ...aws('rds', 'OptionGroup', 'EventSubscription'),
      ...aws('rds', 'RoleAssociation', 'ClusterRoleAssociation', 'Certificate'),
      ...aws('docdb', 'ClusterParameterGroup', 'EventSubscription'),
      ...aws('neptune', 'ParameterGroup', 'ClusterParameterGroup', 'EventSubscription'),
      ...aws('elasticache', 'ParameterGroup', 'User', 'UserGroup', 'UserGroupAssociation'),
      ...aws('memorydb', 'ParameterGroup', 'Acl', 'User'),
      ...aws('redshift', 'ParameterGroup', 'Logging', 'EventSubscription', 'ClusterIamRoles'),
      ...aws('dax', 'SubnetGroup', 'ParameterGroup'),
      ...aws('dms', 'ReplicationSubnetGroup'),
      ...aws('msk', 'Configuration'),
      ...aws('ec2', 'KeyPair', 'PlacementGroup', 'SerialConsoleAccess', 'InstanceMetadataDefaults'),
      ...aws('ebs', 'EncryptionByDefault', 'DefaultKmsKey'),
      ...aws('ecs', 'AccountSettingDefault', 'Tag'),
      ...aws('ec2', 'Tag'),
      ...aws('lambda', 'CodeSigningConfig', 'FunctionRecursionConfig', 'RuntimeManagementConfig'),
      ...aws('resourcegroups', 'Group', 'Resource'),
      ...aws('apigateway', 'Account', 'ClientCertificate', 'DocumentationPart', 'DocumentationVersion', 'Model'),
      ...aws('apigateway', 'ApiKey', 'UsagePlan', 'UsagePlanKey', 'RequestValidator', 'Response'),
      ...aws('cloudfront', 'CachePolicy', 'OriginRequestPolicy', 'ResponseHeadersPolicy', 'KeyGroup', 'PublicKey'),
      // https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html: a function keeps its copy when the layer is deleted.
      ...aws('lambda', 'LayerVersion'),
    ],
  },
  {
    reason: 'observes or records; the service runs without it. Alarms that a failover hangs on are judged as detectors',
    types: [
      ...aws('cloudwatch', 'LogGroup', 'LogStream', 'LogMetricFilter', 'LogSubscriptionFilter', 'LogDestination', 'Dashboard'),
      ...aws('cloudwatch', 'QueryDefinition', 'LogDelivery', 'LogDeliverySource', 'LogDeliveryDestination', 'MetricStream'),
      ...aws('cloudwatch', 'LogDeliveryDestinationPolicy', 'ContributorInsightRule', 'LogIndexPolicy', 'LogAnomalyDetector'),
      ...aws('cloudwatch', 'ContributorManagedInsightRule', 'InternetMonitor', 'LogTransformer'),
      ...aws('cloudtrail', 'Trail', 'EventDataStore', 'OrganizationDelegatedAdminAccount'),
      ...aws('ec2', 'FlowLog', 'TrafficMirrorFilter', 'TrafficMirrorFilterRule', 'TrafficMirrorSession', 'TrafficMirrorTarget'),
      ...aws('cfg', 'Recorder', 'RecorderStatus', 'DeliveryChannel', 'Rule', 'ConformancePack', 'ConfigurationAggregator'),
      ...aws('cfg', 'AggregateAuthorization', 'RemediationConfiguration', 'OrganizationManagedRule', 'RetentionConfiguration'),
      ...aws('guardduty', 'Detector', 'DetectorFeature', 'Filter', 'Member', 'PublishingDestination', 'ThreatIntelSet'),
      ...aws('guardduty', 'OrganizationAdminAccount', 'OrganizationConfiguration', 'OrganizationConfigurationFeature'),
      ...aws('securityhub', 'Account', 'StandardsSubscription', 'StandardsControl', 'ProductSubscription', 'FindingAggregator'),
      ...aws('inspector2', 'Enabler', 'DelegatedAdminAccount', 'OrganizationConfiguration'),
      ...aws('macie2', 'Account', 'ClassificationJob'),
      ...aws('detective', 'Graph'),
      ...aws('xray', 'Group', 'SamplingRule', 'EncryptionConfig'),
      ...aws('synthetics', 'Canary', 'Group', 'GroupAssociation'),
      ...aws('rum', 'AppMonitor'),
      ...aws('oam', 'Link', 'Sink', 'SinkPolicy'),
      ...aws('lb', 'TrustStoreRevocation'),
      ...aws('chatbot', 'SlackChannelConfiguration', 'TeamsChannelConfiguration'),
      ...aws('codestarnotifications', 'NotificationRule'),
      ...aws('sns', 'SmsPreferences'),
      ...aws('dynamodb', 'ContributorInsights'),
      ...aws('devopsguru', 'NotificationChannel', 'ResourceCollection'),
      ...aws('applicationinsights', 'Application'),
    ],
  },
  {
    reason: 'a copy that was made once: no service waits for it, and it counts as no backup',
    types: aws('rds', 'Snapshot', 'ClusterSnapshot', 'SnapshotCopy', 'ClusterSnapshotCopy'),
  },
  {
    reason: 'about accounts, budgets and quotas, not about running services',
    types: [
      ...aws('budgets', 'Budget', 'BudgetAction'),
      ...aws('costexplorer', 'AnomalyMonitor', 'AnomalySubscription', 'CostAllocationTag', 'CostCategory'),
      ...aws('cur', 'ReportDefinition'),
      ...aws(
        'organizations',
        'Account',
        'Organization',
        'OrganizationalUnit',
        'Policy',
        'PolicyAttachment',
        'DelegatedAdministrator',
      ),
      ...aws('account', 'AlternativeContact', 'PrimaryContact', 'Region'),
      ...aws('servicequotas', 'ServiceQuota', 'Template', 'TemplateAssociation'),
      ...aws('ssoadmin', 'PermissionSet', 'PermissionSetInlinePolicy', 'ManagedPolicyAttachment', 'AccountAssignment'),
      ...aws('identitystore', 'Group', 'GroupMembership', 'User'),
    ],
  },
  {
    reason: 'drills, assessments and tests of restores: evidence, which is judged apart',
    types: [
      ...aws('fis', 'ExperimentTemplate', 'TargetAccountConfiguration'),
      ...aws('resiliencehub', 'ResiliencyPolicy'),
      ...aws(
        'backup',
        'RestoreTestingPlan',
        'RestoreTestingSelection',
        'Framework',
        'ReportPlan',
        'RegionSettings',
        'GlobalSettings',
      ),
      ...aws('route53recoveryreadiness', 'Cell', 'ReadinessCheck', 'RecoveryGroup', 'ResourceSet'),
    ],
  },
  {
    reason: 'acts on request of a person or a pipeline, not while the service runs',
    types: [
      ...aws('ssm', 'Document', 'Association', 'MaintenanceWindow', 'MaintenanceWindowTarget', 'MaintenanceWindowTask'),
      ...aws('ssm', 'PatchBaseline', 'PatchGroup', 'DefaultPatchBaseline', 'ResourceDataSync', 'ServiceSetting', 'Activation'),
      ...aws('codebuild', 'Project', 'Webhook', 'SourceCredential', 'ReportGroup', 'ResourcePolicy'),
      ...aws('codecommit', 'Repository', 'Trigger'),
      ...aws('codepipeline', 'Pipeline', 'Webhook', 'CustomActionType'),
      ...aws('codedeploy', 'Application', 'DeploymentConfig', 'DeploymentGroup'),
      ...aws('codestarconnections', 'Connection', 'Host'),
      ...aws(
        'imagebuilder',
        'Component',
        'Image',
        'ImagePipeline',
        'ImageRecipe',
        'ContainerRecipe',
        'DistributionConfiguration',
      ),
      ...aws('imagebuilder', 'InfrastructureConfiguration', 'Workflow', 'LifecyclePolicy'),
      ...aws('athena', 'NamedQuery', 'PreparedStatement', 'Workgroup'),
    ],
  },
  {
    reason: 'a value made at deployment and kept in the state of the stack',
    types: [
      ...['Bytes', 'Id', 'Integer', 'Password', 'Pet', 'Shuffle', 'String', 'Uuid'].map(
        (name) => `random:index/random${name}:Random${name}`,
      ),
      ...['PrivateKey', 'SelfSignedCert', 'CertRequest', 'LocallySignedCert'].map(
        (name) => `tls:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`,
      ),
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
