/** AWS calls as data: what is called, which IAM action it needs, and how much harm it can do. */

/** What a session may do: read; publish Holdfast's own Resilience Hub objects; disrupt, for drills alone. */
export const GRADES = ['read', 'publish', 'disrupt'] as const;
export type Grade = (typeof GRADES)[number];

/** The part after `@aws-sdk/client-`. */
export type ClientId = string;

/** One operation of one client. `I` and `O` are the SDK's own input and output types, imported as types only. */
export interface Call<I = never, O = unknown> {
  readonly client: ClientId;
  /** `DescribeDBInstances`, as the API spells it. */
  readonly operation: string;
  /** `rds:DescribeDBInstances`, as IAM spells it; often but not always the operation. */
  readonly action: string;
  readonly grade: Grade;
  /** Members that carry the token of the next page: of the input, and of the output. */
  readonly pages: { readonly input: string; readonly output: string } | undefined;
  /** Region of the one control plane of a global service (`us-east-1` for Route 53). */
  readonly only: string | undefined;
  /** Phantoms: they carry the types and are never set. */
  readonly _input?: (input: I) => void;
  readonly _output?: O;
}

export interface CallParts {
  readonly client: ClientId;
  readonly operation: string;
  readonly action: string;
  readonly grade?: Grade;
  readonly pages?: { readonly input: string; readonly output: string };
  readonly only?: string;
}

export function call<I, O>(parts: CallParts): Call<I, O> {
  const { client, operation, action, grade = 'read', pages, only } = parts;
  return { client, operation, action, grade, pages, only };
}

/** Where a call goes. */
export interface Place {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  /** URL, where the API is not at its Region's own: the five endpoints of an ARC routing control cluster. */
  readonly endpoint?: string;
}

/** AWS as Holdfast sees it: one call at a time, allowed by list, retried and limited on the injected clock. */
export interface Session {
  readonly world: 'live' | 'simulated';
  readonly grade: Grade;
  /** Throws `AwsFailure` (failure.ts), and nothing else, when AWS does not answer with an output. */
  send<I, O>(call: Call<I, O>, input: I, at: Place): Promise<O>;
}
