/**
 * The package schema, for languages whose programs are bound by it (YAML): every input of any type, and of what is answered as much as
 * an expression needs to reach into it.
 */

import { functionShape, knownTypes, nestedOf, shapeOf } from './facts/shape.ts';
import { functionTokens } from './invoke/invoke.ts';
import { VERSION } from './version.ts';

const ANY = { $ref: 'pulumi.json#/Any' };
const anyOf = (names: Iterable<string>): Readonly<Record<string, object>> =>
  Object.fromEntries([...names].map((name) => [name, ANY]));

const OBJECT = { type: 'object', additionalProperties: ANY };
const NESTED = { list: { type: 'array', items: ANY }, objects: { type: 'array', items: OBJECT }, object: OBJECT };

function answered(token: string, names: Iterable<string>): Readonly<Record<string, object>> {
  const nested = nestedOf(token);
  return Object.fromEntries(
    [...names].map((name) => {
      const kind = nested.get(name);
      return [name, kind === undefined ? ANY : NESTED[kind]];
    }),
  );
}

/** Properties of the provider that a program may set. */
const PROVIDER = ['region', 'profile', 'assumeRoles', 'allowedAccountIds', 'forbiddenAccountIds', 'defaultTags', 'ignoreTags'];

export function providerSchema(): string {
  const resources = Object.fromEntries(
    knownTypes().map((type) => {
      const shape = shapeOf(type);
      const inputs = [...(shape?.inputs ?? [])];
      return [
        type,
        {
          inputProperties: anyOf(inputs),
          requiredInputs: shape?.required ?? [],
          properties: answered(type, [...inputs, ...(shape?.computed ?? [])]),
        },
      ];
    }),
  );
  const functions = Object.fromEntries(
    functionTokens().map((token) => {
      const { inputs, outputs } = functionShape(token);
      return [
        token,
        {
          inputs: { type: 'object', properties: anyOf(inputs) },
          outputs: { type: 'object', properties: answered(token, outputs) },
        },
      ];
    }),
  );
  return JSON.stringify({
    name: 'aws',
    version: VERSION,
    provider: { inputProperties: anyOf(PROVIDER) },
    resources,
    functions,
  });
}
