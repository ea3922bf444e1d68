import { interpolate, type Output } from '@pulumi/pulumi';
import { withRegion } from '../plan/naming.ts';

/** ARN of the replica in another Region: secrets and tables keep everything in it but the Region. */
export function arnIn(region: string, arn: Output<string>): Output<string> {
  // Interpolated first: an ARN that a preview or a mock leaves out becomes text instead of stopping the program.
  return interpolate`${arn}`.apply((text) => withRegion(text, region));
}
