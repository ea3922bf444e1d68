import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standbyTasks, tasksSurvivingZoneLoss } from '../../../infra/plan/capacity.ts';
import { detectionSeconds, failoverSeconds, METRIC_DELAY_SECONDS } from '../../../infra/plan/failover-budget.ts';
import { MENDS, parseMends } from '../../../infra/plan/mends.ts';
import { NAME_LIMIT, regionalName, regionCode, withRegion } from '../../../infra/plan/naming.ts';
import { layOutSubnets } from '../../../infra/plan/subnets.ts';

/** First and last address of an IPv4 block, as numbers. */
function range(cidr: string): readonly [number, number] {
  const [address = '', prefix = ''] = cidr.split('/');
  const first = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0);
  return [first, first + 2 ** (32 - Number(prefix)) - 1];
}

describe('subnets', () => {
  it('lie inside the VPC and apart from one another, for any number of zones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 8 }), (second, count) => {
        const cidr = `10.${second}.0.0/16`;
        const zones = Array.from({ length: count }, (_, i) => `eu-west-1${'abcdefgh'[i]}`);
        const [low, high] = range(cidr);
        const blocks = layOutSubnets(cidr, zones)
          .flatMap((plan) => [range(plan.privateCidr), range(plan.publicCidr)])
          .sort((a, b) => a[0] - b[0]);
        expect(blocks).toHaveLength(2 * count);
        let end = low - 1;
        for (const [first, last] of blocks) {
          expect(first).toBeGreaterThan(end);
          end = last;
        }
        expect(end).toBeLessThanOrEqual(high);
      }),
    );
  });

  it('stay where they are when a zone is added', () => {
    const two = layOutSubnets('10.20.0.0/16', ['a', 'b']);
    expect(layOutSubnets('10.20.0.0/16', ['a', 'b', 'c']).slice(0, 2)).toEqual(two);
  });

  it.each([
    ['10.20.0.0/20', ['a']],
    ['10.20.1.0/16', ['a']],
    ['10.20.0.0/16', ['a', 'a']],
    ['10.20.0.0/16', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']],
  ])('refuse %s over %j', (cidr, zones) => {
    expect(() => layOutSubnets(cidr, zones)).toThrow('expected');
  });
});

describe('capacity', () => {
  it('leaves the peak standing after the loss of any one zone, and with no zone to spare it would not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 2, max: 6 }), (peak, zones) => {
        const total = tasksSurvivingZoneLoss(peak, zones);
        expect(total % zones).toBe(0);
        expect(total - total / zones).toBeGreaterThanOrEqual(peak);
        const less = total - zones;
        expect(less - less / zones).toBeLessThan(peak);
      }),
    );
  });

  it.each([
    [12, 60, 8],
    [6, 60, 4],
    [10, 100, 10],
    [3, 1, 1],
  ])('keeps for %i tasks and an MBCO of %i %% a standby of %i', (primary, mbco, expected) => {
    expect(standbyTasks(primary, mbco)).toBe(expected);
  });

  it('refuses figures that mean nothing', () => {
    for (const [peak, zones] of [
      [0, 3],
      [1.5, 3],
      [4, 1],
      [4, 2.5],
    ] as const) {
      expect(() => tasksSurvivingZoneLoss(peak, zones)).toThrow('expected');
    }
    for (const mbco of [0, -1, 101, Number.NaN]) expect(() => standbyTasks(6, mbco)).toThrow('expected');
  });
});

describe('failover budget', () => {
  const path = {
    probeIntervalSeconds: 10,
    probeFailures: 3,
    alarmPeriodSeconds: 60,
    alarmDatapoints: 1,
    stepMinutes: [15, 10],
    ttlSeconds: 60,
  };

  it('adds up what happens one after the other', () => {
    expect(detectionSeconds(path)).toBe(30 + METRIC_DELAY_SECONDS + 60);
    expect(failoverSeconds(path)).toBe(210 + 1500 + 60);
  });

  it('grows by exactly what a slower TTL adds', () => {
    expect(failoverSeconds({ ...path, ttlSeconds: 300 }) - failoverSeconds(path)).toBe(240);
  });
});

describe('naming', () => {
  it.each([
    ['eu-west-1', 'euw1'],
    ['eu-central-1', 'euc1'],
    ['us-east-1', 'use1'],
    ['ap-northeast-1', 'apne1'],
    ['ap-southeast-1', 'apse1'],
    ['ap-south-1', 'aps1'],
    ['us-gov-west-1', 'usgw1'],
    ['il-central-1', 'ilc1'],
  ])('shortens %s to %s', (region, code) => {
    expect(regionCode(region)).toBe(code);
  });

  it('refuses what is no Region, and names that ELB would refuse', () => {
    expect(() => regionCode('Frankfurt')).toThrow('expected an AWS Region');
    expect(() => regionalName('shop', 'x'.repeat(NAME_LIMIT), 'eu-west-1')).toThrow(`${NAME_LIMIT} are allowed`);
    expect(regionalName('shop', 'checkout', 'eu-west-1')).toBe('shop-checkout-euw1');
  });

  it('moves an ARN to another Region and leaves other text alone', () => {
    expect(withRegion('arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/a:b-AbCdEf', 'eu-central-1')).toBe(
      'arn:aws:secretsmanager:eu-central-1:111122223333:secret:shop/a:b-AbCdEf',
    );
    expect(withRegion('nothing', 'eu-central-1')).toBe('nothing');
  });
});

describe('mends', () => {
  it('reads none, one, all, with blanks', () => {
    expect([...parseMends(undefined)]).toEqual([]);
    expect([...parseMends(' ')]).toEqual([]);
    expect([...parseMends(' reporting-multi-az , storefront-dns-ttl')]).toEqual(['reporting-multi-az', 'storefront-dns-ttl']);
    expect(parseMends(Object.keys(MENDS).join(',')).size).toBe(Object.keys(MENDS).length);
  });

  it.each(['reporting-multiaz', 'toString', 'constructor'])('refuses %s and names what there is', (name) => {
    expect(() => parseMends(name)).toThrow('reporting-multi-az');
  });
});
