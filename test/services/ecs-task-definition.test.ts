import { expect, it } from 'vitest';
import { Hole, type Value } from '../../src/model/value.ts';
import { ecsTaskDefinition, TASK_DEFINITION } from '../../src/services/ecs-task-definition.ts';
import { hole, impact, read, type Spec, urnOf, value } from './support-traffic.ts';

const REPOSITORY = 'aws:ecr/repository:Repository';
const SECRET = 'aws:secretsmanager/secret:Secret';
const TABLE = 'aws:dynamodb/table:Table';
const EFS = 'aws:efs/fileSystem:FileSystem';
const ROLE = 'aws:iam/role:Role';
const URL = '1.dkr.ecr.us-east-1.amazonaws.com/shop';
const ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:password-AbCdEf';
const others: readonly Spec[] = [
  { type: REPOSITORY, name: 'shop', outputs: { repositoryUrl: URL } },
  { type: SECRET, name: 'password', outputs: { arn: ARN } },
  { type: TABLE, name: 'carts', inputs: { name: 'carts-prod' } },
  { type: EFS, name: 'files' },
  { type: ROLE, name: 'execution' },
];
const of = (inputs: { readonly [key: string]: Value }) =>
  read(ecsTaskDefinition, { type: TASK_DEFINITION, name: 'web', inputs }, ...others).meaning;
const mention = (...named: readonly (readonly [string, string])[]): Hole =>
  new Hole(
    'unresolved-at-preview',
    'made of outputs',
    named.map(([type, name]) => ({ urn: urnOf(type, name), property: 'arn' })),
  );
const containers = (container: unknown) => ({ containerDefinitions: JSON.stringify([container]) });

it.each([
  ['image by tag', containers({ image: `${URL}:1.2` }), ['image shop']],
  ['image by digest', containers({ image: `${URL}@sha256:ab12` }), ['image shop']],
  ['image by tag and digest', containers({ image: `${URL}:1.2@sha256:ab12` }), ['image shop']],
  ['image from elsewhere', containers({ image: 'public.ecr.aws/nginx/nginx:1' }), []],
  ['one key of a secret', containers({ secrets: [{ name: 'P', valueFrom: `${ARN}:key::` }] }), ['secret password']],
  ['the same secret twice', containers({ secrets: [{ valueFrom: ARN }, { valueFrom: `${ARN}:key::` }] }), ['secret password']],
  ['a store by its name', containers({ environment: [{ name: 'T', value: 'carts-prod' }] }), ['endpoint carts']],
  [
    'definitions made of outputs',
    { containerDefinitions: mention([REPOSITORY, 'shop'], [TABLE, 'carts']) },
    ['image shop', 'endpoint carts'],
  ],
  ['a volume', { volumes: [{ efsVolumeConfiguration: { fileSystemId: mention([EFS, 'files']) } }] }, ['endpoint files']],
  ['a role, which it does not call', { containerDefinitions: mention([ROLE, 'execution']) }, []],
  ['text that is no JSON', { containerDefinitions: '[{' }, []],
  ['nothing', {}, []],
])('needs: %s', (_, inputs: { readonly [key: string]: Value }, expected) => {
  expect(of(inputs).links.map((l) => `${l.carries} ${String(value(l.to)).replace(/^.*::/, '')}`)).toEqual(expected);
});

it('goes with its Region and protects nothing', () => {
  const meaning = of({ containerDefinitions: hole });
  expect([impact(meaning, 'az'), impact(meaning, 'region'), meaning.protections]).toEqual(['unaffected', 'lost', []]);
});
