/** Data sources that ask AWS by one call. */
import { RECOMMENDED_IMAGE, recommendedImage } from '../../stacks/program/stand-ins.ts';
import { isItems, isProps, type Props, textOf, textsOf } from '../values.ts';
import { passes } from './found.ts';
import { type Asking, call, type Source, type Sources } from './source.ts';

type Reply = Readonly<Record<string, unknown>>;

const replyOf = async (client: string, operation: string, input: object, asking: Asking): Promise<Reply> =>
  (await call(client, operation, input, asking)) as Reply;

const record = (value: unknown): Reply => (typeof value === 'object' && value !== null ? (value as Reply) : {});
const records = (value: unknown): readonly Reply[] => (Array.isArray(value) ? value.map(record) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : value instanceof Date ? value.toISOString() : '');

/** Public images are not in the world: what a program asks for by owner and name is there, under an id of its own. */
const image: Source = async (args, asking) => {
  const own = records((await replyOf('ec2', 'DescribeImages', { Owners: ['self'] }, asking)).Images);
  const found = own
    .filter((i) => passes(args.filters, (name) => ({ name: text(i.Name), 'image-id': text(i.ImageId) })[name] ?? ''))
    .at(-1);
  if (textsOf(args.owners).includes('self') && found === undefined)
    throw new Error('Your query returned no results. Please change your search criteria and try again.');
  const wanted = nameFilter(args);
  const id =
    found === undefined ? `ami-${digits(`${asking.region} ${wanted} ${textsOf(args.owners).join()}`)}` : text(found.ImageId);
  return {
    ...args,
    id,
    imageId: id,
    region: asking.region,
    name: found === undefined ? wanted.replaceAll('*', '') : text(found.Name),
    architecture: /arm64|aarch64/.test(wanted) ? 'arm64' : 'x86_64',
    arn: `arn:aws:ec2:${asking.region}::image/${id}`,
    ownerId: textsOf(args.owners)[0] ?? asking.account,
    rootDeviceName: '/dev/xvda',
    rootDeviceType: 'ebs',
    virtualizationType: 'hvm',
    state: 'available',
  };
};

function nameFilter(args: Props): string {
  const filters = isItems(args.filters) ? args.filters : [];
  const named = filters.find((filter) => isProps(filter) && filter.name === 'name');
  return (isProps(named) ? textsOf(named.values)[0] : undefined) ?? textOf(args.nameRegex) ?? 'image';
}

/** The same 17 digits for the same question. */
function digits(question: string): string {
  let out = '';
  for (let round = 0; out.length < 17; round++) {
    let sum = 2166136261 + round;
    for (const char of question) sum = Math.imul(sum ^ (char.codePointAt(0) ?? 0), 16777619) >>> 0;
    out += sum.toString(16).padStart(8, '0');
  }
  return out.slice(0, 17);
}

const key: Source = async (args, asking) => {
  const found = record((await replyOf('kms', 'DescribeKey', { KeyId: textOf(args.keyId) }, asking)).KeyMetadata);
  return {
    ...args,
    id: text(found.KeyId),
    arn: text(found.Arn),
    awsAccountId: asking.account,
    enabled: found.Enabled === true,
    keyState: text(found.KeyState),
    keyUsage: text(found.KeyUsage),
    keyManager: text(found.KeyManager),
    multiRegion: found.MultiRegion === true,
    region: asking.region,
  };
};

const alias: Source = async (args, asking) => {
  const name = textOf(args.name) ?? '';
  const found = records((await replyOf('kms', 'ListAliases', {}, asking)).Aliases).find((a) => a.AliasName === name);
  if (found === undefined && !name.startsWith('alias/aws/'))
    throw new Error(`reading KMS Alias (${name}): couldn't find resource`);
  const arn = found === undefined ? `arn:aws:kms:${asking.region}:${asking.account}:${name}` : text(found.AliasArn);
  const target = found === undefined ? `00000000-0000-0000-0000-${digits(name).slice(0, 12)}` : text(found.TargetKeyId);
  const targetArn = `arn:aws:kms:${asking.region}:${asking.account}:key/${target}`;
  return { ...args, id: arn, arn, targetKeyId: target, targetKeyArn: targetArn, region: asking.region };
};

const secret: Source = async (args, asking) => {
  const SecretId = textOf(args.arn) ?? textOf(args.name);
  const found = await replyOf('secrets-manager', 'DescribeSecret', { SecretId }, asking);
  const arn = text(found.ARN);
  return { ...args, id: arn, arn, name: text(found.Name), description: text(found.Description), kmsKeyId: text(found.KmsKeyId) };
};

const secretVersion: Source = async (args, asking) => {
  const id = textOf(args.secretId) ?? '';
  const found = await replyOf('secrets-manager', 'GetSecretValue', { SecretId: id }, asking);
  return {
    ...args,
    id: `${text(found.ARN)}|${text(found.VersionId)}`,
    arn: text(found.ARN),
    secretString: text(found.SecretString),
    versionId: text(found.VersionId),
    versionStages: records(found.VersionStages).length === 0 ? ['AWSCURRENT'] : textsOf(found.VersionStages as never),
  };
};

const parameter: Source = async (args, asking) => {
  const name = textOf(args.name) ?? '';
  // Parameters of AWS itself name the newest images.
  if (name.startsWith('/aws/service/')) {
    const image = `ami-${digits(`${asking.region} ${name}`)}`;
    const document = RECOMMENDED_IMAGE.test(name) ? JSON.stringify(recommendedImage(image)) : undefined;
    const value = document ?? (/ami|image_id/.test(name) ? image : name);
    return {
      ...args,
      id: name,
      arn: `arn:aws:ssm:${asking.region}::parameter${name}`,
      type: 'String',
      value,
      insecureValue: value,
      version: 1,
    };
  }
  const found = record((await replyOf('ssm', 'GetParameter', { Name: name, WithDecryption: true }, asking)).Parameter);
  const value = text(found.Value);
  return {
    ...args,
    id: name,
    arn: text(found.ARN),
    type: text(found.Type),
    value,
    insecureValue: value,
    version: Number(found.Version ?? 1),
  };
};

const engineVersion: Source = async (args, asking) => {
  const Engine = textOf(args.engine);
  const EngineVersion = textOf(args.version) ?? textsOf(args.preferredVersions)[0];
  const input = { Engine, ...(EngineVersion === undefined ? {} : { EngineVersion }) };
  const found = records((await replyOf('rds', 'DescribeDBEngineVersions', input, asking)).DBEngineVersions).at(-1);
  if (found === undefined) throw new Error(`no RDS engine versions match the criteria: ${JSON.stringify(input)}`);
  const version = text(found.EngineVersion);
  return {
    ...args,
    id: version,
    version,
    versionActual: version,
    engine: text(found.Engine),
    parameterGroupFamily: text(found.DBParameterGroupFamily),
  };
};

const role: Source = async (args, asking) => {
  const found = record((await replyOf('iam', 'GetRole', { RoleName: textOf(args.name) }, asking)).Role);
  return {
    ...args,
    id: text(found.RoleName),
    arn: text(found.Arn),
    path: text(found.Path),
    uniqueId: text(found.RoleId),
    assumeRolePolicy: decodeURIComponent(text(found.AssumeRolePolicyDocument)),
  };
};

/** Policies of AWS's own are known by their names: every program attaches some. */
const policy: Source = async (args, asking) => {
  const arn = textOf(args.arn) ?? `arn:aws:iam::aws:policy/${textOf(args.name) ?? ''}`;
  if (arn.startsWith('arn:aws:iam::aws:'))
    return { ...args, id: arn, arn, name: arn.split('/').at(-1) ?? '', path: '/', policy: '{}' };
  const found = record((await replyOf('iam', 'GetPolicy', { PolicyArn: arn }, asking)).Policy);
  return { ...args, id: arn, arn, name: text(found.PolicyName), path: text(found.Path) };
};

const securityGroup: Source = async (args, asking) => {
  const all = records((await replyOf('ec2', 'DescribeSecurityGroups', {}, asking)).SecurityGroups);
  const [found] = all.filter(
    (g) =>
      (args.id === undefined || g.GroupId === args.id) &&
      (args.name === undefined || g.GroupName === args.name) &&
      (args.vpcId === undefined || g.VpcId === args.vpcId) &&
      passes(
        args.filters,
        (name) => ({ 'group-name': text(g.GroupName), 'vpc-id': text(g.VpcId), 'group-id': text(g.GroupId) })[name],
      ),
  );
  if (found === undefined) throw new Error('no matching EC2 Security Group found');
  const id = text(found.GroupId);
  const arn = `arn:aws:ec2:${asking.region}:${asking.account}:security-group/${id}`;
  return { ...args, id, arn, name: text(found.GroupName), vpcId: text(found.VpcId), description: text(found.Description) };
};

const organization: Source = async (args, asking) => {
  const found = record((await replyOf('organizations', 'DescribeOrganization', {}, asking)).Organization);
  return { ...args, id: text(found.Id), arn: text(found.Arn), masterAccountId: text(found.MasterAccountId) };
};

export const ASKED: Sources = {
  'aws:ec2/getAmi:getAmi': image,
  'aws:ec2/getSecurityGroup:getSecurityGroup': securityGroup,
  'aws:iam/getPolicy:getPolicy': policy,
  'aws:iam/getRole:getRole': role,
  'aws:kms/getAlias:getAlias': alias,
  'aws:kms/getKey:getKey': key,
  'aws:organizations/getOrganization:getOrganization': organization,
  'aws:rds/getEngineVersion:getEngineVersion': engineVersion,
  'aws:secretsmanager/getSecret:getSecret': secret,
  'aws:secretsmanager/getSecretVersion:getSecretVersion': secretVersion,
  'aws:ssm/getParameter:getParameter': parameter,
};
