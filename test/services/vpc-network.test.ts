import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fold } from '../../src/model/known.ts';
import { siteLink, VPC, vpcNetwork } from '../../src/services/vpc-network.ts';
import { declared, estate, factsOf, impact, meaningOf, ref } from './support-storage.ts';

it('a VPC outlives an AZ and goes with its Region', () => {
  const vpc = declared(VPC, 'v');
  const m = meaningOf(vpcNetwork, estate(vpc), vpc);
  expect([m.kind, impact(m, 'az'), impact(m, 'region'), m.protections.length]).toEqual(['network', 'unaffected', 'lost', 0]);
});

it('a route table links to its VPC and to every next hop, inline or beside it', () => {
  const vpc = declared(VPC, 'v');
  const gateway = declared('aws:ec2/internetGateway:InternetGateway', 'g', { vpcId: ref(vpc) });
  const nat = declared('aws:ec2/natGateway:NatGateway', 'n');
  const table = declared('aws:ec2/routeTable:RouteTable', 't', {
    vpcId: ref(vpc),
    routes: [{ cidrBlock: '0.0.0.0/0', gatewayId: ref(gateway) }],
  });
  const route = declared('aws:ec2/route:Route', 'r', { routeTableId: ref(table), natGatewayId: ref(nat) });
  const m = meaningOf(vpcNetwork, estate(vpc, gateway, nat, table, route), table);
  expect(m.links.map((l) => [l.carries, l.property])).toEqual([
    ['network', 'vpcId'],
    ['network', 'route.gatewayId'],
    ['network', 'route.natGatewayId'],
  ]);
});

it('a VPN is recognised and nothing is claimed of it', () => {
  const customer = declared('aws:ec2/customerGateway:CustomerGateway', 'c');
  const vpn = declared('aws:ec2/vpnConnection:VpnConnection', 'v', { customerGatewayId: ref(customer) });
  const view = estate(customer, vpn);
  const m = meaningOf(siteLink, view, vpn);
  expect([
    impact(m, 'az'),
    impact(m, 'region'),
    fold(
      m.placement,
      (p) => p.kind,
      (why) => why.reason,
    ),
  ]).toEqual(['absent', 'absent', 'not-modelled']);
  expect(factsOf(siteLink, view, vpn).customerGateway).toMatchObject({ value: customer.urn });
});

it('spells its types as the provider does', () => {
  const types = [vpcNetwork, siteLink].flatMap((m) => [...m.types, ...m.parts.map((p) => p.type)]);
  const folder = join(import.meta.dirname, '../../node_modules/@pulumi/aws');
  expect(types.filter((type) => !existsSync(join(folder, `${type.split(':')[1] ?? ''}.js`)))).toEqual([]);
});
