/** DynamoDB tables: restored to a point in time, into a new table. */
import type * as DynamoDB from '@aws-sdk/client-dynamodb';
import type { Place, Session } from '../../aws/call.ts';
import { disrupts, reads } from '../calls.ts';
import { type Hand, named, type StepMaker, subjectOf } from './hand.ts';
import { type Made, making } from './making.ts';
import { newName } from './memo.ts';
import { momentOf } from './moment.ts';
import { unless } from './waiting.ts';

export const dynamodb = {
  describe: reads<DynamoDB.DescribeTableCommandInput, DynamoDB.DescribeTableCommandOutput>('dynamodb', 'DescribeTable'),
  describeBackups: reads<DynamoDB.DescribeContinuousBackupsCommandInput, DynamoDB.DescribeContinuousBackupsCommandOutput>(
    'dynamodb',
    'DescribeContinuousBackups',
  ),
  restore: disrupts<DynamoDB.RestoreTableToPointInTimeCommandInput, DynamoDB.RestoreTableToPointInTimeCommandOutput>(
    'dynamodb',
    'RestoreTableToPointInTime',
  ),
  remove: disrupts<DynamoDB.DeleteTableCommandInput, DynamoDB.DeleteTableCommandOutput>('dynamodb', 'DeleteTable'),
} as const;

/** API RestoreTableToPointInTime: 255 characters. */
export const LONGEST_TABLE = 255;

export async function madeTable(session: Session, name: string, at: Place): Promise<Made> {
  const found = await unless(['ResourceNotFoundException'], session.send(dynamodb.describe, { TableName: name }, at));
  const table = found?.Table;
  if (table === undefined) return { kind: 'absent' };
  const isReady = table.TableStatus === 'ACTIVE' && table.RestoreSummary?.RestoreInProgress !== true;
  return isReady && table.TableArn !== undefined ? { kind: 'ready', endpoints: [table.TableArn] } : { kind: 'pending' };
}

export const removeTable = (session: Session, name: string, at: Place): Promise<unknown> =>
  session.send(dynamodb.remove, { TableName: name }, at);

/** In its own Region, or of a replica in that of the replica: each has backups of its own. */
export const restoreTable: StepMaker = (hand) => {
  const table = subjectOf(hand);
  if (typeof table === 'string') return table;
  const source = named(table.like(hand.into ?? table.at.region, `table/${table.name}`));
  return [restored(hand, source.name, source.at, source.arn)];
};

function restored(hand: Hand, source: string, at: Place, arn: string) {
  const { session } = hand;
  return making({
    id: `restore ${source} to a point in time in ${at.region}`,
    describes: { from: arn, into: 'a new table beside it' },
    clock: hand.clock,
    canary: hand.canary,
    name: (token) => newName(source, token, LONGEST_TABLE),
    begin: async (target, signal) => {
      const time = await momentOf(hand, signal, async () => {
        const { ContinuousBackupsDescription: backups } = await session.send(dynamodb.describeBackups, { TableName: source }, at);
        const window = backups?.PointInTimeRecoveryDescription;
        return { earliest: window?.EarliestRestorableDateTime, latest: window?.LatestRestorableDateTime };
      });
      const when = time === undefined ? { UseLatestRestorableTime: true } : { RestoreDateTime: time };
      await session.send(dynamodb.restore, { SourceTableName: source, TargetTableName: target, ...when }, at);
    },
    begun: ['TableAlreadyExistsException', 'ResourceInUseException'],
    look: (name) => madeTable(session, name, at),
    remove: (name) => removeTable(session, name, at),
    calls: (name) => named(arn).like(at.region, `table/${name}`),
  });
}
