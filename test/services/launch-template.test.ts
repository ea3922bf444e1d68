import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/model/value.ts';
import { LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE, launchTemplate } from '../../src/services/launch-template.ts';
import { hole, impact, links, out, read, type Spec, value } from './support-traffic.ts';

const COPY = 'aws:ec2/amiCopy:AmiCopy';
const copy: Spec = { type: COPY, name: 'copy' };
const of = (inputs: { readonly [key: string]: Value }, type = LAUNCH_TEMPLATE) =>
  read(launchTemplate, { type, name: 'web', inputs }, copy);

it.each([
  ['an AMI of the sources', { imageId: out(COPY, 'copy', 'id') }, ['copy']],
  ['an AMI made elsewhere', { imageId: 'ami-0abc' }, []],
  ['a parameter that names the AMI', { imageId: 'resolve:ssm:/golden' }, []],
  ['an AMI that nobody knows', { imageId: hole }, []],
  ['none', {}, []],
])('links its image: %s', (_, inputs: { readonly [key: string]: Value }, expected) => {
  expect(links(of(inputs).meaning, 'image')).toEqual(expected);
});

describe('spot', () => {
  it.each([
    ['a template that asks for none', of({}), false],
    ['a template on the spot market', of({ instanceMarketOptions: { marketType: 'spot' } }), true],
    ['a market that is not known', of({ instanceMarketOptions: { marketType: hole } }), 'unresolved-at-preview'],
    ['a launch configuration with a price', of({ spotPrice: '0.02' }, LAUNCH_CONFIGURATION), true],
    ['a launch configuration without', of({}, LAUNCH_CONFIGURATION), false],
  ])('%s', (_, { facts }, expected) => {
    expect(value(facts.spot)).toBe(expected);
  });
});

it('goes with its Region and protects nothing', () => {
  const { meaning } = of({ imageId: 'ami-0abc' });
  expect([impact(meaning, 'az'), impact(meaning, 'region'), meaning.protections]).toEqual(['unaffected', 'lost', []]);
});
