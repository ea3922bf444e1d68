import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inertReason, inertTypes } from '../../src/services/inert.ts';

const PACKAGE = join(import.meta.dirname, '../../node_modules/@pulumi/aws');

describe('the closed list', () => {
  it('spells every AWS type as the provider does', () => {
    const wrong = inertTypes
      .filter(({ type }) => type.startsWith('aws:'))
      .filter(({ type }) => {
        const file = join(PACKAGE, `${type.split(':')[1] ?? ''}.js`);
        return !existsSync(file) || !readFileSync(file, 'utf8').includes(`'${type}'`);
      })
      .map(({ type }) => type);
    expect(wrong).toEqual([]);
  });

  it('says why, and each type once', () => {
    expect(inertTypes.filter(({ reason }) => reason.length < 20)).toEqual([]);
    expect(new Set(inertTypes.map((t) => t.type)).size).toBe(inertTypes.length);
  });

  it('holds nothing that a service reads', async () => {
    const folder = join(import.meta.dirname, '../../src/services');
    const both: string[] = [];
    for (const file of readdirSync(folder).filter((f) => f.endsWith('.ts'))) {
      const exported: Record<string, unknown> = await import(join(folder, file));
      for (const module of Object.values(exported)) {
        if (typeof module !== 'object' || module === null || !('declare' in module) || !('types' in module)) continue;
        if (!Array.isArray(module.types)) continue;
        both.push(...module.types.map(String).filter((type) => inertReason(type) !== undefined));
      }
    }
    expect(both).toEqual([]);
  });

  it.each([
    'aws:ec2/vpc:Vpc',
    'aws:ec2/natGateway:NatGateway',
    'aws:networkfirewall/firewall:Firewall',
    'aws:cloudfront/function:Function',
    'aws:ec2/vpnConnection:VpnConnection',
    'aws:s3/bucket:Bucket',
    'kubernetes:core/v1:ConfigMap',
    'pulumi-nodejs:dynamic:Resource',
  ])('%s is not inert', (type) => {
    expect(inertReason(type)).toBeUndefined();
  });

  it('takes providers of every package', () => {
    expect(inertReason('pulumi:providers:kubernetes')).toBeDefined();
  });
});
