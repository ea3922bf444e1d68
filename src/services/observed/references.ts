/** Which values of an environment may be kept: those that name a place of AWS or the network, and never a secret. */

const NAMES: readonly RegExp[] = [
  /^arn:aws[a-z-]*:[a-z0-9-]+:/,
  // Ids of AWS: `fs-0123…`, `vpc-…`, `sg-…`.
  /^[a-z]{1,8}-[0-9a-f]{8,17}$/,
  // Host names, with or without a port.
  /^(?=.{4,253}$)[a-z0-9-]+(\.[a-z0-9-]+)+\.[a-z]{2,}(:\d+)?$/i,
];

/** The value as it may be read, without credentials and query; undefined: it may be a secret, and is dropped. */
export function reference(value: string): string | undefined {
  if (value.length > 2048) return undefined;
  if (NAMES.some((pattern) => pattern.test(value))) return value;
  const url = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^/@\s]*@)?([^/\s@?#]+(?:\/[^\s?#]*)?)/i.exec(value);
  return url === null ? undefined : `${url[1]}${url[2]}`;
}
