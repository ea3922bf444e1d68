/** What a provider process asks of the process that holds the world, and what it is answered. JSON over loopback HTTP. */
import type { CheckAnswer, CheckAsked } from './check.ts';
import type { Setting } from './configure.ts';
import type { DiffAnswer, DiffAsked } from './diff.ts';
import type { Kept, Subject } from './life.ts';
import type { Props } from './values.ts';

/** Variables by which a provider process finds the world. */
export const DOOR_URL = 'HOLDFAST_PROVIDER_URL';
export const DOOR_TOKEN = 'HOLDFAST_PROVIDER_TOKEN';

interface About {
  readonly setting: Setting;
  readonly subject: Subject;
}

export type Question =
  | {
      readonly what: 'configure';
      readonly configuration: Props;
      readonly environment: { readonly AWS_REGION?: string | undefined; readonly AWS_DEFAULT_REGION?: string | undefined };
    }
  | { readonly what: 'diff-config'; readonly before: Props; readonly inputs: Props }
  | { readonly what: 'schema' }
  | ({ readonly what: 'check'; readonly setting: Setting } & CheckAsked)
  | ({ readonly what: 'diff' } & DiffAsked)
  | ({ readonly what: 'create'; readonly inputs: Props; readonly preview: boolean } & About)
  | ({
      readonly what: 'update';
      readonly kept: Kept;
      readonly before: Props;
      readonly inputs: Props;
      readonly preview: boolean;
    } & About)
  | ({ readonly what: 'delete'; readonly kept: Kept; readonly inputs: Props } & About)
  | ({ readonly what: 'read'; readonly kept: Kept; readonly inputs: Props } & About)
  | { readonly what: 'invoke'; readonly token: string; readonly args: Props; readonly setting: Setting };

export interface Answers {
  readonly configure: Setting;
  readonly 'diff-config': { readonly replaces: readonly string[] };
  readonly schema: { readonly schema: string };
  readonly check: CheckAnswer;
  readonly diff: DiffAnswer;
  readonly create: Kept;
  readonly update: { readonly state: Props };
  readonly delete: Readonly<Record<string, never>>;
  /** An empty id: it is gone. */
  readonly read: Kept & { readonly inputs: Props };
  readonly invoke: { readonly outputs: Props };
}

/** One line for the engine's log. */
export interface Line {
  readonly severity: 'info' | 'warning';
  readonly urn: string;
  readonly message: string;
}

/** Asks one question; rejects with the words that the engine is to show. */
export type Ask = <W extends Question['what']>(question: Extract<Question, { what: W }>) => Promise<Answers[W]>;
