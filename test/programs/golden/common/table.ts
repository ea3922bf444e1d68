import * as dynamodb from '@pulumi/aws/dynamodb/index.js';
import { type Output, output } from '@pulumi/pulumi';
import { twoRegions } from './dns.ts';
import { type Place, primaryPlace, standbyPlace } from './place.ts';
import { web } from './web.ts';

export interface TableShop {
  readonly consistencyMode: 'EVENTUAL' | 'STRONG';
  readonly witness?: string;
  readonly evaluateTargetHealth?: boolean;
  /** Makes a secret that the tasks of both Regions start with, and gives its ARN. */
  readonly secret?: (primary: Place) => Output<string>;
}

/** The shop in two Regions on a DynamoDB global table. */
export function tableShop(settings: TableShop): void {
  const primary = primaryPlace();
  const standby = standbyPlace();
  const table = new dynamodb.Table(
    'orders',
    {
      attributes: [{ name: 'id', type: 'S' }],
      hashKey: 'id',
      billingMode: 'PAY_PER_REQUEST',
      streamEnabled: true,
      streamViewType: 'NEW_AND_OLD_IMAGES',
      deletionProtectionEnabled: true,
      pointInTimeRecovery: { enabled: true },
      replicas: [
        {
          regionName: standby.region,
          consistencyMode: settings.consistencyMode,
          pointInTimeRecovery: true,
          deletionProtectionEnabled: true,
        },
      ],
      ...(settings.witness === undefined ? {} : { globalTableWitness: { regionName: settings.witness } }),
    },
    { provider: primary.provider, protect: true },
  );
  const secretArn = settings.secret?.(primary);
  const needs = (place: Place) => ({
    calls: { ORDERS: table.name },
    // The tasks of each Region name the secret by the ARN that it has there.
    ...(secretArn === undefined
      ? {}
      : { secrets: { PAYMENT_KEY: output(secretArn).apply((arn) => arn.replace(primary.region, place.region)) } }),
  });
  twoRegions(
    primary,
    web('primary', primary, needs(primary)),
    web('standby', standby, needs(standby)),
    settings.evaluateTargetHealth,
  );
}
