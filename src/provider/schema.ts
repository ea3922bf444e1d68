/** The package schema, for languages whose programs are bound by it (YAML): every property of any type. */

import { knownTypes, shapeOf } from './facts/shape.ts';
import { functionTokens } from './invoke/invoke.ts';
import { VERSION } from './version.ts';

const ANY = { $ref: 'pulumi.json#/Any' };
const anyOf = (names: Iterable<string>): Readonly<Record<string, object>> =>
  Object.fromEntries([...names].map((name) => [name, ANY]));

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
          properties: anyOf([...inputs, ...(shape?.computed ?? [])]),
        },
      ];
    }),
  );
  const functions = Object.fromEntries(
    functionTokens().map((token) => [
      token,
      { inputs: { type: 'object', properties: {} }, outputs: { type: 'object', properties: {} } },
    ]),
  );
  return JSON.stringify({
    name: 'aws',
    version: VERSION,
    provider: { inputProperties: anyOf(PROVIDER) },
    resources,
    functions,
  });
}
