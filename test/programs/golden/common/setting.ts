import { Config } from '@pulumi/pulumi';

const config = new Config('golden');

/** `golden:mend=true` sets the one property that the case is about to what keeps the promise. */
export const mended = config.getBoolean('mend') ?? false;

/** A further variant of the case, by name: `golden:variant=…`. */
export const variant = config.get('variant') ?? '';
