/** The contract of one simulated AWS service: its API operations, its reactions to faults, and how Pulumi resources are created in it. */
import type { Deployer } from './deploy/deployer.ts';
import type { Principal } from './world/access.ts';
import type { Shelf, World } from './world/world.ts';

/** An AWS error, as the API answers it. `code` is the wire's spelling (`DBInstanceNotFound`). */
export class ServiceFault extends Error {
  readonly code: string;
  readonly status: number;
  /** Further members of the error's shape. */
  readonly members: Readonly<Record<string, unknown>>;
  constructor(code: string, message: string, status = 400, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = 'ServiceFault';
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** One call, where it arrived. */
export interface CallContext {
  readonly world: World;
  readonly account: string;
  readonly region: string;
  readonly principal: Principal;
  /** Virtual time of arrival. */
  readonly now: Date;
  put<T>(on: Shelf<T>, key: string, item: T): void;
  get<T>(on: Shelf<T>, key: string): T | undefined;
  remove<T>(on: Shelf<T>, key: string): void;
  list<T>(on: Shelf<T>): readonly T[];
  /** `arn('rds', 'db:orders')` → `arn:aws:rds:us-east-1:123456789012:db:orders`. */
  arn(service: string, resource: string): string;
  /** A new id with its prefix (`subnet-` + 17 hexadecimal digits), or the one that a deployment wants to keep. */
  id(prefix: string, digits?: number): string;
  /** Calls another operation of the world as this account, in this Region or in another: services that call services. */
  call(client: string, operation: string, input: object, region?: string): Promise<unknown>;
}

export type Operation<I, O> = (input: I, context: CallContext) => O | Promise<O>;

/** The SDK's output type without what its client adds. */
export type Reply<O> = Omit<O, '$metadata'>;

export interface SimulatedService {
  /** As in `@aws-sdk/client-<id>`. */
  readonly client: string;
  /** Prefix of its IAM actions where it is not the client's name (`elasticloadbalancing`). */
  readonly prefix: string;
  /** IAM actions that are not prefix and operation (`ListBuckets` → `s3:ListAllMyBuckets`). */
  readonly actions?: Readonly<Record<string, string>>;
  /** True for services with one control plane for all Regions: their things are kept under `GLOBAL`. */
  readonly global?: boolean;
  /** By operation name. Inputs have been checked for required members. */
  readonly operations: Readonly<Record<string, Operation<never, object>>>;
  /** Says to the world what its faults do here. Called once for each world. */
  readonly begin?: (world: World) => void;
  readonly deployers?: readonly Deployer[];
}

/** One page of a list. The token is opaque: it counts, and is refused when it is not one of ours. */
export function page<T>(
  items: readonly T[],
  token: string | undefined,
  size: number,
): { readonly items: readonly T[]; readonly next: string | undefined } {
  const start = token === undefined || token === '' ? 0 : fromToken(token);
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? toToken(end) : undefined };
}

const toToken = (at: number): string => Buffer.from(`page:${at}`).toString('base64url');

function fromToken(token: string): number {
  const at = /^page:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1];
  if (at === undefined) throw new ServiceFault('InvalidParameterValue', 'the pagination token is not valid');
  return Number(at);
}
