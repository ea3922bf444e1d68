/**
 * What a provider's package declares about the values it will answer, read from the `.d.ts` files in the project's
 * own node_modules. A marker is text, so it may only stand where the program is promised text.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { kept } from '../../../model/collections.ts';

export type Shape = 'text' | 'texts' | 'other';

/** Outputs that are text in every provider seen, for packages without declarations. */
const USUAL_TEXT: Readonly<Record<string, Shape>> = { arn: 'text', name: 'text', url: 'text', endpoint: 'text', address: 'text' };

/** Text outputs are `string`, or an alias of it. */
function shapeOf(declared: string): Shape {
  const type = declared.replace(/\s*\|\s*undefined$/, '').trim();
  if (type === 'string' || type === 'ARN' || type === 'Region' || /\.(ARN|Region)$/.test(type)) return 'text';
  return type === 'string[]' || type === 'ARN[]' ? 'texts' : 'other';
}

export interface Declarations {
  /** Output properties of a resource type and what they hold. */
  outputs(type: string): Readonly<Record<string, Shape>>;
  /** Fields of a data source's result that are always there; undefined when the package does not declare it. */
  results(token: string): Readonly<Record<string, Shape>> | undefined;
}

/** Looks in the `node_modules` folders at and above the program. Answers are kept. */
export function declarationsOf(entry: string): Declarations {
  const outputs = new Map<string, Readonly<Record<string, Shape>>>();
  const results = new Map<string, Readonly<Record<string, Shape>> | undefined>();
  return {
    outputs: (type) => kept(outputs, type, () => readOutputs(declarationFile(entry, type)) ?? USUAL_TEXT),
    results: (token) => kept(results, token, () => readResults(declarationFile(entry, token))),
  };
}

/** Pulumi's code generator puts `aws:rds/instance:Instance` into `@pulumi/aws/rds/instance.d.ts`, `index/` into the root. */
function declarationFile(entry: string, token: string): string | undefined {
  const match = /^([\w-]+):([\w./-]*):(\w+)$/.exec(token);
  if (match === null) return undefined;
  const [, provider = '', module = '', name = ''] = match;
  const own = name.charAt(0).toLowerCase() + name.slice(1);
  const path = module.includes('/') ? module.replace(/^index\//, '') : join(module === 'index' ? '' : module, own);
  for (let at = dirname(entry); ; at = dirname(at)) {
    const file = join(at, 'node_modules', '@pulumi', provider, `${path}.d.ts`);
    if (existsSync(file)) return file;
    if (dirname(at) === at) return undefined;
  }
}

function readOutputs(file: string | undefined): Readonly<Record<string, Shape>> | undefined {
  if (file === undefined) return undefined;
  const shapes: Record<string, Shape> = {};
  for (const match of readFileSync(file, 'utf8').matchAll(
    /^\s+(?:readonly|public readonly) (\w+)!?: (?:\w+\.)?Output<(.+)>;\r?$/gm,
  )) {
    const [, name, type] = match;
    if (name !== undefined && type !== undefined) shapes[name] = shapeOf(type);
  }
  return shapes;
}

function readResults(file: string | undefined): Readonly<Record<string, Shape>> | undefined {
  if (file === undefined) return undefined;
  const body = /export interface Get\w+Result \{([\s\S]*?)\n\}/.exec(readFileSync(file, 'utf8'))?.[1];
  if (body === undefined) return undefined;
  const shapes: Record<string, Shape> = {};
  for (const match of body.matchAll(/^\s+readonly (\w+): (.+);\r?$/gm)) {
    const [, name, type] = match;
    if (name !== undefined && type !== undefined) shapes[name] = shapeOf(type);
  }
  return shapes;
}
