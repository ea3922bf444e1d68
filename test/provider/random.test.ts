import { describe, expect, it } from 'vitest';
import { draw, randomSchema } from '../../src/provider/random.ts';
import type { Props } from '../../src/provider/values.ts';

const of = (name: string, inputs: Props = {}, urn = 'urn') =>
  draw(`random:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`, urn, inputs);

describe('random values of a rehearsal', () => {
  it.each<[string, Props, object]>([
    ['RandomPassword', { length: 40, special: false }, { result: expect.stringMatching(/^[a-zA-Z0-9]{40}$/), special: false }],
    ['RandomPassword', { length: 3, overrideSpecial: '_', upper: false }, { result: expect.stringMatching(/^[a-z][0-9]_$/) }],
    ['RandomString', { length: 8, special: false, upper: false }, { result: expect.stringMatching(/^[a-z0-9]{8}$/) }],
    ['RandomString', { length: 0 }, { result: '' }],
    ['RandomId', { byteLength: 4 }, { hex: expect.stringMatching(/^[0-9a-f]{8}$/), dec: expect.stringMatching(/^\d+$/) }],
    ['RandomId', { byteLength: 2, prefix: 'a-' }, { hex: expect.stringMatching(/^a-[0-9a-f]{4}$/) }],
    ['RandomInteger', { min: 5, max: 5 }, { result: 5 }],
    ['RandomUuid', {}, { result: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/) }],
    ['RandomShuffle', { inputs: ['a', 'b', 'c'], resultCount: 2 }, { results: { length: 2 } }],
    ['RandomBytes', { length: 16 }, { hex: expect.stringMatching(/^[0-9a-f]{32}$/) }],
  ])('%s %j', (name, inputs, expected) => {
    expect(of(name, inputs)?.outputs).toMatchObject(expected);
  });

  it('are the same again, and others for another resource', () => {
    const inputs = { length: 20 };
    expect(of('RandomPassword', inputs)).toEqual(of('RandomPassword', inputs));
    expect(of('RandomPassword', inputs)).not.toEqual(of('RandomPassword', inputs, 'another'));
  });

  it('name things by their value', () => {
    expect(of('RandomPet', { length: 3, prefix: 'shop' })?.id).toMatch(/^shop(-[a-z]{4}){3}$/);
    expect(of('RandomString', { length: 5 })?.id).toHaveLength(5);
  });

  it('knows no other type, and lists those that it knows', () => {
    expect(of('RandomCoin')).toBeUndefined();
    expect(Object.keys(JSON.parse(randomSchema('4.0.0')).resources)).toContain('random:index/randomPet:RandomPet');
  });
});
