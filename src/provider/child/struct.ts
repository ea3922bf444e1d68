/** Property values between the protocol's structs and plain data. */
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import type { Plain } from '../../simulator/deploy/deployer.ts';
import { SECRET, SIGNATURE, UNKNOWN, UNKNOWNS } from '../../stacks/signatures.ts';
import { isItems, isProps, type Props } from '../values.ts';

/** Plain values: secrets without their mark, unknowns under one sign. */
export const propsOf = (from: InstanceType<typeof struct.Struct> | undefined): Props =>
  from === undefined ? {} : members(from.toJavaScript());

const members = (props: Props): Props => Object.fromEntries(Object.entries(props).map(([name, value]) => [name, bare(value)]));

function bare(value: Plain): Plain {
  if (typeof value === 'string') return UNKNOWNS.has(value) ? UNKNOWN : value;
  if (isItems(value)) return value.map(bare);
  if (!isProps(value)) return value;
  return value[SIGNATURE] === SECRET ? bare(value.value ?? null) : members(value);
}

export const structOf = (props: Props): InstanceType<typeof struct.Struct> => struct.Struct.fromJavaScript(props);

/** Outputs that are secret whatever the program says: `Sensitive` in the provider's schemas. */
const SENSITIVE: Readonly<Record<string, readonly string[]>> = {
  'aws:docdb/cluster:Cluster': ['masterPassword'],
  'aws:elasticache/replicationGroup:ReplicationGroup': ['authToken'],
  'aws:iam/accessKey:AccessKey': ['secret', 'sesSmtpPasswordV4'],
  'aws:rds/cluster:Cluster': ['masterPassword'],
  'aws:rds/instance:Instance': ['password'],
  'aws:redshift/cluster:Cluster': ['masterPassword'],
  'aws:secretsmanager/secretVersion:SecretVersion': ['secretBinary', 'secretString'],
  'aws:ssm/parameter:Parameter': ['value'],
};

export function markSecrets(type: string, state: Props): Props {
  const marked = Object.fromEntries(
    (SENSITIVE[type] ?? []).flatMap((name) => {
      const value = state[name];
      return value === undefined || value === UNKNOWN ? [] : [[name, { [SIGNATURE]: SECRET, value }]];
    }),
  );
  return { ...state, ...marked };
}
