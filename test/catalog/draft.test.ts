import { describe, expect, it } from 'vitest';
import { draftCatalogue, type TypeLore } from '../../src/catalog/draft.ts';
import { SCHEMA_LINE } from '../../src/catalog/json-schema.ts';
import { reading, resource } from './readings.ts';
import { parse } from './support.ts';

const LORE: TypeLore = {
  isStateful: (type) => (type.startsWith('aws:rds') ? true : type.startsWith('aws:x') ? undefined : false),
  serves: (type) => !type.startsWith('aws:ec2'),
};
const RDS = 'aws:rds/instance:Instance';
const QUEUE = 'aws:sqs/queue:Queue';

describe('a drafted catalogue', () => {
  it('guesses services from the tag that tells most resources apart, and says so', () => {
    const text = draftCatalogue(
      [
        reading('shop', 'prod', [
          resource('a', RDS, { tags: { Project: 'shop', service: 'checkout', Name: 'a' } }),
          resource('b', QUEUE, { tags: { Project: 'shop', service: 'checkout', Name: 'b' } }),
          resource('c', QUEUE, { tags: { Project: 'shop', service: 'Search & find', Name: 'c' } }),
        ]),
      ],
      LORE,
      '2026-01-01',
    );
    expect(parse(text).services.map((s) => [s.id, s.title, s.selectors.map((x) => x.tags)])).toEqual([
      ['checkout', 'checkout', [{ service: 'checkout' }]],
      ['Search-find', 'Search & find', [{ service: 'Search & find' }]],
    ]);
    expect(text).toContain('# Guessed from the tag service, on 2 resources.');
    expect(text.split('\n')[0]).toBe(SCHEMA_LINE);
  });

  it('takes no component for a service that holds a network or permissions alone', () => {
    const [net, cart] = [resource('net', 'shop:Part', { custom: false }), resource('cart', 'shop:Part', { custom: false })];
    const resources = [
      net,
      cart,
      resource('vpc', 'aws:ec2/vpc:Vpc', { parent: net.urn }),
      resource('queue', QUEUE, { parent: cart.urn }),
    ];
    const of = (of: typeof resources) => parse(draftCatalogue([reading('shop', 'prod', of)], LORE, '2026-01-01'));
    expect(of(resources).services.map((s) => s.id)).toEqual(['cart']);
    expect(of(resources.slice(0, 3)).services.map((s) => s.id)).toEqual(['shop']);
  });

  it('prefers no tag whose values are names', () => {
    const resources = ['a', 'b', 'c', 'd', 'e'].map((name) => resource(name, QUEUE, { tags: { component: name, app: 'shop' } }));
    const text = draftCatalogue([reading('shop', 'prod', resources)], LORE, '2026-01-01');
    expect(parse(text).services.map((s) => s.id)).toEqual(['shop']);
  });

  it('guesses from the outermost component where tags say nothing, leaving out what is tagged', () => {
    const outer = resource('cart', 'shop:Cart', { custom: false });
    const inner = resource('inner', 'shop:Inner', { custom: false, parent: outer.urn });
    const text = draftCatalogue(
      [
        reading('shop', 'prod', [
          outer,
          inner,
          resource('a', RDS, { parent: inner.urn }),
          resource('b', QUEUE, { parent: outer.urn, tags: { service: 'checkout' } }),
        ]),
      ],
      LORE,
      '2026-01-01',
    );
    expect(parse(text).services.map((s) => [s.id, s.selectors[0]?.component, s.exclude[0]?.tags])).toEqual([
      ['checkout', undefined, undefined],
      ['cart', 'cart', { service: '**' }],
    ]);
  });

  it('guesses one service from the stacks of a project where nothing else tells', () => {
    const text = draftCatalogue(
      [reading('shop', 'prod', [resource('a', RDS)]), reading('shop', 'standby', [resource('a', RDS)])],
      LORE,
      '2026-01-01',
    );
    expect(parse(text).services.map((s) => [s.id, s.selectors.map((x) => x.stack)])).toEqual([
      ['shop', ['shop/prod', 'shop/standby']],
    ]);
  });

  it('lists stateful resources of no service, and those that may hold state', () => {
    const text = draftCatalogue(
      [
        reading('shop', 'prod', [
          resource('mapped', RDS, { tags: { service: 'checkout' } }),
          resource('lost', RDS),
          resource('strange', 'aws:x/y:Z'),
          resource('role', 'aws:iam/role:Role'),
        ]),
      ],
      LORE,
      '2026-01-01',
    );
    const orphans = text.slice(text.indexOf('# Orphans'));
    expect(orphans).toMatch(/::lost$/m);
    expect(orphans).toMatch(/::strange \(may hold state\)$/m);
    expect(orphans).not.toMatch(/::(mapped|role)/);
  });

  it('holds one draft agreement, and for an empty stack no services', () => {
    const catalogue = parse(draftCatalogue([reading('shop', 'prod', [])], LORE, '2026-03-01'));
    expect(catalogue.services).toEqual([]);
    expect(catalogue.agreements).toMatchObject([{ approvedBy: undefined, from: '2026-03-01', metrics: [] }]);
  });

  it('says why there are no services where a provider makes everything', () => {
    const service = { ...resource('web', 'awsx:ecs:FargateService', { custom: false }), remote: true };
    const text = draftCatalogue([reading('shop', 'prod', [service])], LORE, '2026-03-01');
    expect(parse(text).services).toEqual([]);
    expect(text).toContain('None was found');
    expect(text).toContain('pulumi stack export');
    const whole = draftCatalogue([reading('shop', 'prod', [resource('queue', QUEUE)])], LORE, '2026-03-01');
    expect(whole).not.toMatch(/None was found|pulumi stack export/);
  });

  it('says how many resources have tags that cannot be read', () => {
    const text = draftCatalogue([reading('shop', 'prod', [resource('a', RDS, { tags: undefined })])], LORE, '2026-01-01');
    expect(text).toContain('The tags of 1 resources could not be read');
  });
});
