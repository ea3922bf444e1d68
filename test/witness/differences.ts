/** Where the simulator and an independent witness say different things to the same scans, and who is right by which document. */

export interface Explained {
  readonly witness: 'moto' | 'ministack' | 'both';
  /** Canonical Pulumi types; a regular expression over the whole name. */
  readonly type: RegExp;
  /** Property of it; `(there)`: only one of the two shows the resource. */
  readonly property: RegExp;
  /** Whose answer is AWS's. `either`: AWS may give the one or the other. */
  readonly right: 'simulator' | 'witness' | 'either';
  readonly why: string;
  /** Where AWS says so. */
  readonly source: string;
}

const API = 'https://docs.aws.amazon.com';
const CHOSEN = 'AWS chooses it: no two accounts have the same.';

export const EXPLAINED: readonly Explained[] = [
  {
    witness: 'both',
    type: /rds|lb|dynamodb|autoscaling/,
    property:
      /^outputs\.(?:dbiResourceId|clusterResourceId|endpoint|address|readerEndpoint|hostedZoneId|dnsName|zoneId|streamArn|arn)$/,
    right: 'either',
    why: CHOSEN,
    source: `${API}/AmazonRDS/latest/APIReference/API_DBInstance.html`,
  },
  {
    witness: 'moto',
    type: /ec2\/subnet/,
    property: /^outputs\.availabilityZoneId$/,
    right: 'either',
    why: 'Zones are given to accounts under names of their own.',
    source: `${API}/ram/latest/userguide/working-with-az-ids.html`,
  },
  {
    witness: 'both',
    type: /ec2\/(?:defaultVpc|subnet|internetGateway)/,
    property: /^\(there\)$/,
    right: 'witness',
    why: 'A new account has a default VPC in each Region. The simulator starts without, since programs that use it declare it; a workload in it is deployed as declared.',
    source: `${API}/vpc/latest/userguide/default-vpc.html`,
  },
  {
    witness: 'both',
    type: /ec2\/default(?:RouteTable|NetworkAcl)/,
    property: /^\(there\)$/,
    right: 'either',
    why: 'Made with the VPC, under ids that nobody names: each has its own, and those of the default VPC besides.',
    source: `${API}/vpc/latest/userguide/WorkWithRouteTables.html`,
  },
  {
    witness: 'both',
    type: /route53\/healthCheck/,
    property: /^(?:enableSni|measureLatency|invertHealthcheck|disabled)$/,
    right: 'simulator',
    why: 'Route 53 answers with its defaults: SNI is on for HTTPS, the others are off.',
    source: `${API}/Route53/latest/APIReference/API_HealthCheckConfig.html`,
  },
  {
    witness: 'moto',
    type: /bucketServerSideEncryptionConfiguration/,
    property: /sseAlgorithm|bucketKeyEnabled/,
    right: 'simulator',
    why: 'Every bucket has been encrypted with SSE-S3 since January 2023, and the answer says so. A bucket key that nobody asked for is off, said or unsaid.',
    source: `${API}/AmazonS3/latest/userguide/default-encryption-faq.html`,
  },
  {
    witness: 'moto',
    type: /bucketReplicationConfig/,
    property: /deleteMarkerReplication/,
    right: 'simulator',
    why: 'Moto forgets that replication of delete markers was enabled.',
    source: `${API}/AmazonS3/latest/API/API_DeleteMarkerReplication.html`,
  },
  {
    witness: 'moto',
    type: /bucketObjectLockConfiguration/,
    property: /years/,
    right: 'simulator',
    why: 'A retention is in days or in years, never in both.',
    source: `${API}/AmazonS3/latest/API/API_DefaultRetention.html`,
  },
  {
    witness: 'moto',
    type: /kms\/key/,
    property: /^multiRegion$/,
    right: 'simulator',
    why: 'DescribeKey says of every key whether it is of several Regions.',
    source: `${API}/kms/latest/APIReference/API_KeyMetadata.html`,
  },
  {
    witness: 'moto',
    type: /sqs\/redrivePolicy/,
    property: /^redrivePolicy$/,
    right: 'simulator',
    why: 'SQS gives the text back as it was set; moto writes it anew.',
    source: `${API}/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html`,
  },
  {
    witness: 'moto',
    type: /rds\/cluster:/,
    property: /^(?:kmsKeyId|backtrackWindow)$/,
    right: 'simulator',
    why: 'A cluster that is not encrypted has no key, and only Aurora MySQL has a backtrack window.',
    source: `${API}/AmazonRDS/latest/APIReference/API_DBCluster.html`,
  },
  {
    witness: 'both',
    type: /lb\/loadBalancer/,
    property: /^enable(?:CrossZoneLoadBalancing|ZonalShift)$/,
    right: 'simulator',
    why: 'Cross-zone load balancing of an Application Load Balancer is always on; zonal shift is off until it is enabled.',
    source: `${API}/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html`,
  },
  {
    witness: 'both',
    type: /lb\/listener/,
    property: /^defaultActions\.forward/,
    right: 'simulator',
    why: 'Elastic Load Balancing repeats the one target group of a forward action as a list with its weight.',
    source: `${API}/elasticloadbalancing/latest/APIReference/API_Action.html`,
  },
  {
    witness: 'both',
    type: /lb\/targetGroup/,
    property: /^(?:targetGroupHealth|slowStart|loadBalancingCrossZoneEnabled)/,
    right: 'simulator',
    why: 'The attributes of a target group have defaults, and all are described.',
    source: `${API}/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html`,
  },
  {
    witness: 'both',
    type: /autoscaling\/group/,
    property: /^availabilityZoneDistribution/,
    right: 'simulator',
    why: 'The default strategy is described like one that was chosen.',
    source: `${API}/autoscaling/ec2/APIReference/API_AvailabilityZoneDistribution.html`,
  },
  {
    witness: 'both',
    type: /autoscaling\/group/,
    property: /^launchTemplate\.name$/,
    right: 'witness',
    why: 'AWS adds the name of a template that was given by id. No service reads it where the id is there.',
    source: `${API}/autoscaling/ec2/APIReference/API_LaunchTemplateSpecification.html`,
  },
  {
    witness: 'ministack',
    type: /autoscaling\/attachment/,
    property: /^\(there\)$/,
    right: 'simulator',
    why: 'Ministack forgets the target groups of a group.',
    source: `${API}/autoscaling/ec2/APIReference/API_CreateAutoScalingGroup.html`,
  },
  {
    witness: 'moto',
    type: /efs\/fileSystem/,
    property: /^protection/,
    right: 'simulator',
    why: 'Replication overwrite protection is on unless it was switched off, and is described.',
    source: `${API}/efs/latest/ug/API_FileSystemProtectionDescription.html`,
  },
  {
    witness: 'moto',
    type: /efs\/backupPolicy/,
    property: /^backupPolicy\.status$/,
    right: 'simulator',
    why: 'Moto cannot be asked for backups (see the calls below).',
    source: `${API}/efs/latest/ug/API_PutBackupPolicy.html`,
  },
  {
    witness: 'both',
    type: /backup\/plan/,
    property: /^rules\.(?:enableContinuousBackup|scheduleExpressionTimezone)$/,
    right: 'simulator',
    why: 'Backup answers with its defaults: no continuous backup, and times in Etc/UTC.',
    source: `${API}/aws-backup/latest/devguide/API_BackupRule.html`,
  },
  {
    witness: 'moto',
    type: /backup\/vault:/,
    property: /^tags/,
    right: 'simulator',
    why: 'Moto does not list the tags that a vault was made with.',
    source: `${API}/aws-backup/latest/devguide/API_CreateBackupVault.html`,
  },
  {
    witness: 'moto',
    type: /backup\/(?:selection|regionSettings)/,
    property: /^\(there\)$/,
    right: 'simulator',
    why: 'Moto has neither (see the calls below).',
    source: `${API}/aws-backup/latest/devguide/API_DescribeRegionSettings.html`,
  },
  {
    witness: 'ministack',
    type: /backup\/regionSettings/,
    property: /^resourceTypeOptInPreference/,
    right: 'simulator',
    why: 'The answer names every type of resource that Backup supports; ministack names none until one is set.',
    source: `${API}/aws-backup/latest/devguide/API_DescribeRegionSettings.html`,
  },
  {
    witness: 'ministack',
    type: /route53\/(?:zone|healthCheck)/,
    property: /^(?:tags|outputs\.status)/,
    right: 'simulator',
    why: 'Ministack answers neither for the tags of several resources nor for the status of a health check (see the calls below): both are unknown.',
    source: `${API}/Route53/latest/APIReference/API_ListTagsForResources.html`,
  },
  {
    witness: 'ministack',
    type: /ec2\/launchTemplate/,
    property: /^\(there\)$/,
    right: 'simulator',
    why: 'Ministack does not show the versions of all templates (see the calls below): there is a gap in place of the template.',
    source: `${API}/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html`,
  },
  {
    witness: 'ministack',
    type: /cloudwatch\/metricAlarm/,
    property: /^outputs\.stateValue$/,
    right: 'either',
    why: 'In the simulator the replica reports its lag and the alarm has data; ministack has no metrics.',
    source: `${API}/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html`,
  },
  {
    witness: 'ministack',
    type: /dynamodb\/table/,
    property: /^pointInTimeRecovery\.recoveryPeriodInDays$/,
    right: 'simulator',
    why: 'A table with point-in-time recovery keeps 35 days unless fewer are asked for, and the answer says how many.',
    source: `${API}/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html`,
  },
  {
    witness: 'ministack',
    type: /rds\/cluster/,
    property: /^(?:\(there\)|engineVersion)$/,
    right: 'simulator',
    why: 'Ministack knows no Aurora PostgreSQL 16.4: it makes no cluster, and members of one that is not there.',
    source: `${API}/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/AuroraPostgreSQL.Updates.html`,
  },
  {
    witness: 'moto',
    type: /rds\/instance:/,
    property: /^\(there\)$/,
    right: 'simulator',
    why: 'Moto gives every instance the same DbiResourceId, under which the provider keeps them: of three one is seen.',
    source: `${API}/AmazonRDS/latest/APIReference/API_DBInstance.html`,
  },
  {
    witness: 'ministack',
    type: /rds\/instance:/,
    property: /^(?:multiAz|backupRetentionPeriod|deletionProtection)$/,
    right: 'simulator',
    why: 'A read replica begins in one zone, without backups and without deletion protection, whatever its source has.',
    source: `${API}/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html`,
  },
  {
    witness: 'ministack',
    type: /rds\/instance:/,
    property: /^(?:outputs\.)?(?:availabilityZone|engineVersion)$/,
    right: 'either',
    why: 'AWS chooses the zone of a replica, and the version where none is asked for; the simulator then names none.',
    source: `${API}/AmazonRDS/latest/APIReference/API_CreateDBInstance.html`,
  },
  {
    witness: 'ministack',
    type: /secretsmanager\/secret/,
    property: /^kmsKeyId$/,
    right: 'simulator',
    why: 'Ministack does not list the key that a secret was made with.',
    source: `${API}/secretsmanager/latest/apireference/API_SecretListEntry.html`,
  },
];

/** What a witness has no notion of: calls of the script that it refused, and IAM actions that it does not answer. */
export interface Lacks {
  readonly refused: readonly string[];
  readonly unanswered: readonly string[];
}

export const LACKS: Readonly<Record<'moto' | 'ministack', Lacks>> = {
  moto: {
    refused: ['efs PutBackupPolicy', 'backup CreateBackupSelection'],
    unanswered: [
      'application-autoscaling:DescribeScalableTargets',
      'arc-region-switch:ListPlans',
      'backup:DescribeRegionSettings',
      'backup:ListBackupSelections',
      'dynamodb:ListGlobalTables',
      'elasticache:DescribeGlobalReplicationGroups',
      'elasticache:DescribeServerlessCaches',
      'elasticfilesystem:DescribeReplicationConfigurations',
      'events:ListEndpoints',
      'rds:DescribeDBProxyEndpoints',
      'route53-recovery-control-config:ListClusters',
    ],
  },
  ministack: {
    refused: ['rds CreateDBCluster'],
    unanswered: [
      'apigateway:GET',
      'application-autoscaling:DescribeScalableTargets',
      'arc-region-switch:ListPlans',
      'dynamodb:ListGlobalTables',
      'ec2:DescribeLaunchTemplateVersions',
      'elasticache:DescribeGlobalReplicationGroups',
      'elasticloadbalancing:DescribeLoadBalancers',
      'rds:DescribeDBInstanceAutomatedBackups',
      'route53-recovery-control-config:ListClusters',
      'route53:GetHealthCheckStatus',
      'route53:ListTagsForResources',
    ],
  },
};
