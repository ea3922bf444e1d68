/**
 * Values of the random provider, for where its plugin is not installed: the same for the same resource and inputs, since a
 * rehearsal gives the same story every time. They are nobody's secrets. Shapes of inputs and outputs:
 * https://www.pulumi.com/registry/packages/random/api-docs/
 */
import { createHash } from 'node:crypto';
import { typeToken } from '../services/tokens.ts';
import { type Props, textOf, textsOf } from './values.ts';

export interface Drawn {
  readonly id: string;
  readonly outputs: Props;
}

const count = (value: Props[string] | undefined, otherwise: number): number => (typeof value === 'number' ? value : otherwise);

/** As many bytes as wanted, the same for the same text. */
function bytes(text: string, length: number): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at * 32 < length; at++) parts.push(createHash('sha256').update(`${at} ${text}`).digest());
  return Buffer.concat(parts).subarray(0, length);
}

/** In the provider's order: a character of each kind that is not switched off. */
const KINDS = [
  ['lower', 'abcdefghijklmnopqrstuvwxyz'],
  ['upper', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'],
  ['numeric', '0123456789'],
  ['special', '!@#$%&*()-_=+[]{}<>:?'],
] as const;

function characters(seed: string, inputs: Props): string {
  const kinds = KINDS.flatMap(([kind, letters]) => {
    const wanted = inputs[kind] ?? (kind === 'numeric' ? inputs.number : undefined);
    const own = kind === 'special' ? textOf(inputs.overrideSpecial) : undefined;
    return wanted === false ? [] : [own === undefined || own === '' ? letters : own];
  });
  const length = count(inputs.length, 0);
  // Each kind in turn satisfies any minimum that fits.
  return [...bytes(seed, length)]
    .map((byte, at) => {
      const letters = kinds[at % Math.max(1, kinds.length)] ?? '';
      return letters.charAt(byte % Math.max(1, letters.length));
    })
    .join('');
}

const PETS = [
  'able',
  'bold',
  'calm',
  'deep',
  'fair',
  'glad',
  'keen',
  'mild',
  'neat',
  'wise',
  'crow',
  'deer',
  'hare',
  'lynx',
  'newt',
  'wren',
];

const uuid = (seed: string): string => {
  const hex = bytes(seed, 16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
};

const COMPLETED: Props = { lower: true, upper: true, numeric: true, number: true, special: true };

const DRAWS: Readonly<Record<string, (inputs: Props, seed: string) => Drawn>> = {
  RandomPassword: (inputs, seed) => {
    const result = characters(seed, inputs);
    return { id: 'none', outputs: { ...COMPLETED, result, bcryptHash: bytes(seed, 30).toString('base64') } };
  },
  RandomString: (inputs, seed) => {
    const result = characters(seed, inputs);
    return { id: result, outputs: { ...COMPLETED, result } };
  },
  RandomId: (inputs, seed) => {
    const drawn = bytes(seed, count(inputs.byteLength, 1));
    const hex = drawn.toString('hex');
    const prefix = textOf(inputs.prefix) ?? '';
    const [b64Std, b64Url] = [drawn.toString('base64'), drawn.toString('base64url')].map((text) => `${prefix}${text}`);
    return {
      id: drawn.toString('base64url'),
      outputs: { b64Std: b64Std ?? '', b64Url: b64Url ?? '', hex: `${prefix}${hex}`, dec: `${prefix}${BigInt(`0x0${hex}`)}` },
    };
  },
  RandomBytes: (inputs, seed) => {
    const drawn = bytes(seed, count(inputs.length, 1));
    return { id: 'none', outputs: { base64: drawn.toString('base64'), hex: drawn.toString('hex') } };
  },
  RandomInteger: (inputs, seed) => {
    const [min, max] = [count(inputs.min, 0), count(inputs.max, 0)];
    const result = min + (bytes(seed, 6).readUIntBE(0, 6) % Math.max(1, max - min + 1));
    return { id: String(result), outputs: { result } };
  },
  RandomPet: (inputs, seed) => {
    const words = [...bytes(seed, count(inputs.length, 2))].map((byte) => PETS[byte % PETS.length] ?? '');
    const id = [textOf(inputs.prefix) ?? '', ...words].filter((word) => word !== '').join(textOf(inputs.separator) ?? '-');
    return { id, outputs: { length: words.length, separator: textOf(inputs.separator) ?? '-' } };
  },
  RandomShuffle: (inputs, seed) => {
    const given = textsOf(inputs.inputs);
    const order = given.map((value, at) => [bytes(`${at} ${seed}`, 4).readUInt32BE(0), value] as const);
    const shuffled = order.sort(([a], [b]) => a - b).map(([, value]) => value);
    return { id: '-', outputs: { results: shuffled.slice(0, count(inputs.resultCount, given.length)) } };
  },
  RandomUuid: (_, seed) => ({ id: uuid(seed), outputs: { result: uuid(seed) } }),
};

/** Undefined: no such type (`random:index/randomPet:RandomPet`). */
export function draw(type: string, urn: string, inputs: Props): Drawn | undefined {
  const drawn = DRAWS[type.split(':').at(-1) ?? '']?.(inputs, `${urn} ${JSON.stringify(inputs)}`);
  return drawn === undefined ? undefined : { id: drawn.id, outputs: { ...drawn.outputs, ...inputs } };
}

/** The package schema, as far as programs in YAML need it. */
export function randomSchema(version: string): string {
  const any = { $ref: 'pulumi.json#/Any' };
  const names = [
    ...['length', 'byteLength', 'min', 'max', 'resultCount', 'minLower', 'minUpper', 'minNumeric', 'minSpecial', 'seed'],
    ...['prefix', 'separator', 'overrideSpecial', 'inputs', 'keepers', ...KINDS.map(([kind]) => kind), 'number'],
  ];
  const inputs = Object.fromEntries(names.map((name) => [name, any]));
  const outputs = ['result', 'results', 'bcryptHash', 'b64Std', 'b64Url', 'dec', 'hex', 'base64'];
  const properties = { ...inputs, ...Object.fromEntries(outputs.map((name) => [name, any])) };
  const resources = Object.keys(DRAWS).map((name): readonly [string, object] => [
    typeToken('random:index', name),
    { inputProperties: inputs, properties },
  ]);
  return JSON.stringify({ name: 'random', version, resources: Object.fromEntries(resources) });
}
