/** Paths of properties as Pulumi writes them (https://www.pulumi.com/docs/reference/property-paths/). */

/** The name of a member, or the index of an item. `*` is any of both. */
export type Step = string | number;

/** `ingress[0].cidrBlocks`, `tags["a.b"]`, `rules[*].schedule`. */
export function pathSteps(path: string): readonly Step[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[(\*)\]|([^.[\]]+)/g)].map(([, quoted, index, any, name]) =>
    index === undefined ? (quoted?.replaceAll(/\\(.)/g, '$1') ?? any ?? name ?? '') : Number(index),
  );
}

export function writtenPath(steps: readonly Step[]): string {
  return steps
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[A-Za-z_$][\w$]*$/.test(step)) return `[${JSON.stringify(step)}]`;
      return i === 0 ? step : `.${step}`;
    })
    .join('');
}

/** Does the path lead to what `under` names, or into it? */
export const isUnder = (path: readonly Step[], under: readonly Step[]): boolean =>
  under.length <= path.length && under.every((step, i) => step === '*' || step === path[i]);
