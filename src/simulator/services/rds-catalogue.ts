/** What RDS offers and tells to anybody who asks: engine versions, certificate authorities, event subscriptions, shared snapshots. */
import type * as RDS from '@aws-sdk/client-rds';
import { type Operation, page, type Reply } from '../service.ts';
import { PAGE_SIZE } from './rds-groups.ts';
import { snapshotOr404 } from './rds-snapshots.ts';

type Op<I, O> = Operation<I, Reply<O>>;

/** Some of the versions in standard support in 2026 (RDS and Aurora user guides, "release calendar"): not all that AWS has. */
const VERSIONS: readonly (readonly [engine: string, description: string, family: string, version: string])[] = [
  ['aurora-mysql', 'Aurora MySQL', 'aurora-mysql8.0', '8.0.mysql_aurora.3.08.0'],
  ['aurora-postgresql', 'Aurora (PostgreSQL)', 'aurora-postgresql16', '16.4'],
  ['aurora-postgresql', 'Aurora (PostgreSQL)', 'aurora-postgresql17', '17.4'],
  ['mariadb', 'MariaDB Community Edition', 'mariadb10.11', '10.11.10'],
  ['mariadb', 'MariaDB Community Edition', 'mariadb11.4', '11.4.4'],
  ['mysql', 'MySQL Community Edition', 'mysql8.0', '8.0.40'],
  ['mysql', 'MySQL Community Edition', 'mysql8.4', '8.4.4'],
  ['postgres', 'PostgreSQL', 'postgres16', '16.4'],
  ['postgres', 'PostgreSQL', 'postgres16', '16.8'],
  ['postgres', 'PostgreSQL', 'postgres17', '17.4'],
];

/** Certificate authorities and how long they last (RDS user guide, "Using SSL/TLS to encrypt a connection"). */
const AUTHORITIES = [
  ['rds-ca-rsa2048-g1', '2061-05-25'],
  ['rds-ca-rsa4096-g1', '2121-05-25'],
  ['rds-ca-ecc384-g1', '2121-05-25'],
] as const;

export const catalogueOperations = {
  DescribeDBEngineVersions: ((input) => {
    const offered = VERSIONS.filter(
      ([engine, , family, version]) =>
        (input.Engine ?? engine) === engine &&
        (input.DBParameterGroupFamily ?? family) === family &&
        (input.EngineVersion === undefined || version.startsWith(input.EngineVersion)),
    );
    const { items, next } = page(offered, input.Marker, input.MaxRecords ?? PAGE_SIZE);
    return {
      DBEngineVersions: items.map(([Engine, DBEngineDescription, DBParameterGroupFamily, EngineVersion]) => ({
        Engine,
        DBEngineDescription,
        DBParameterGroupFamily,
        EngineVersion,
        Status: 'available',
      })),
      Marker: next,
    };
  }) satisfies Op<RDS.DescribeDBEngineVersionsCommandInput, RDS.DescribeDBEngineVersionsCommandOutput>,
  DescribeCertificates: ((input, context) => ({
    Certificates: AUTHORITIES.filter(([id]) => (input.CertificateIdentifier ?? id) === id).map(([id, until]) => ({
      CertificateIdentifier: id,
      CertificateType: 'CA',
      CertificateArn: `arn:aws:rds:${context.region}::cert:${id}`,
      ValidFrom: new Date('2021-05-25'),
      ValidTill: new Date(until),
      CustomerOverride: false,
    })),
    DefaultCertificateForNewLaunches: 'rds-ca-rsa2048-g1',
  })) satisfies Op<RDS.DescribeCertificatesCommandInput, RDS.DescribeCertificatesCommandOutput>,
  // Events are read, never sent: nobody can subscribe to them.
  DescribeEventSubscriptions: (() => ({ EventSubscriptionsList: [] })) satisfies Op<
    RDS.DescribeEventSubscriptionsCommandInput,
    RDS.DescribeEventSubscriptionsCommandOutput
  >,
  // A manual snapshot is nobody else's until its owner shares it, which is not simulated.
  DescribeDBSnapshotAttributes: ((input, context) => {
    const DBSnapshotIdentifier = snapshotOr404(context, 'instance', input.DBSnapshotIdentifier).id;
    const DBSnapshotAttributes = [{ AttributeName: 'restore', AttributeValues: [] }];
    return { DBSnapshotAttributesResult: { DBSnapshotIdentifier, DBSnapshotAttributes } };
  }) satisfies Op<RDS.DescribeDBSnapshotAttributesCommandInput, RDS.DescribeDBSnapshotAttributesCommandOutput>,
  DescribeDBClusterSnapshotAttributes: ((input, context) => {
    const DBClusterSnapshotIdentifier = snapshotOr404(context, 'cluster', input.DBClusterSnapshotIdentifier).id;
    const DBClusterSnapshotAttributes = [{ AttributeName: 'restore', AttributeValues: [] }];
    return { DBClusterSnapshotAttributesResult: { DBClusterSnapshotIdentifier, DBClusterSnapshotAttributes } };
  }) satisfies Op<RDS.DescribeDBClusterSnapshotAttributesCommandInput, RDS.DescribeDBClusterSnapshotAttributesCommandOutput>,
};
