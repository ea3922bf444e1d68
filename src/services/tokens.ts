/** The type token of a bridged provider's resource: `typeToken('aws:rds', 'Instance')` is `aws:rds/instance:Instance`. */
export const typeToken = (module: string, name: string): string =>
  `${module}/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

/** Type tokens of a module of the AWS provider. */
export const tokens = (module: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => typeToken(`aws:${module}`, name));
