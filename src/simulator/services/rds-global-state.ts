/** Global databases of simulated RDS (Aurora, DocumentDB, Neptune): which clusters are in them, and which of these writes. */
import { GLOBAL, shelf, type World } from '../world/world.ts';

export interface GlobalDatabase {
  readonly account: string;
  readonly id: string;
  readonly arn: string;
  readonly resourceId: string;
  /** Region in which it was made; it is shown there and wherever it has a cluster. */
  readonly home: string;
  readonly engine: string;
  engineVersion: string | undefined;
  readonly encrypted: boolean;
  deletionProtection: boolean;
  status: string;
  /** ARNs of its clusters. */
  members: readonly string[];
  writer: string | undefined;
  moving: { readonly from: string; readonly to: string; readonly lossy: boolean } | undefined;
  epoch: number;
  tags: Readonly<Record<string, string>>;
}

export const GLOBALS = shelf<GlobalDatabase>('rds:global-cluster');

export function globalAt(world: World, account: string, id: string): GlobalDatabase | undefined {
  return world.get(GLOBALS, account, GLOBAL, id.toLowerCase());
}

export const regionOfArn = (arn: string): string => arn.split(':')[3] ?? '';
