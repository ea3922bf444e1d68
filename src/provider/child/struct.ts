/** Property values between the protocol's structs and plain data. */
import struct from 'google-protobuf/google/protobuf/struct_pb.js';
import type { Plain } from '../../simulator/deploy/deployer.ts';
import { isItems, isProps, type Props, UNKNOWN } from '../values.ts';

/** The engine's mark of a special value, and of a secret among them (sdk/go/common/resource/properties.go). */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
/** Its signs for unknown values of other types than text (sdk/go/common/resource/plugin/rpc.go). */
const UNKNOWNS = new Set([
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
]);

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
