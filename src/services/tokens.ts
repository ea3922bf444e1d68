/** Type tokens of a module of the provider: `tokens('rds', 'Instance')` is `aws:rds/instance:Instance`. */
export const tokens = (module: string, ...names: readonly string[]): readonly string[] =>
  names.map((name) => `aws:${module}/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`);
