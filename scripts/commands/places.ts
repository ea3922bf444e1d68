/** Where declared resources are, and where those go whose source does not say. */
import { fold, type Known } from '../../src/model/known.ts';
import type { Resource, SourceReading } from '../../src/model/resource.ts';
import { isRegionName } from '../../src/model/scope.ts';

/** AWS's example account. */
export const EXAMPLE_ACCOUNT = '123456789012';
export const DEFAULT_REGION = 'us-east-1';

/** Sorted. A resource of a global service has no Region that could be asked. */
export const regionsOf = (readings: readonly SourceReading[]): readonly string[] =>
  distinct(awsResources(readings).map((r) => r.region)).filter(isRegionName);

/** Sorted. */
export const accountsIn = (readings: readonly SourceReading[]): readonly string[] =>
  distinct(awsResources(readings).map((r) => r.account));

/** The account of resources whose source names none. */
export const accountOf = (readings: readonly SourceReading[]): string => accountsIn(readings)[0] ?? EXAMPLE_ACCOUNT;

const awsResources = (readings: readonly SourceReading[]): readonly Resource[] =>
  readings.flatMap((r) => r.resources.filter((x) => x.custom && x.type.startsWith('aws:')));

function distinct(values: readonly Known<string>[]): readonly string[] {
  const found = new Set<string>();
  for (const value of values)
    fold(
      value,
      (v) => found.add(v),
      () => undefined,
    );
  return [...found].sort();
}
