/** Replies recorded from real accounts and from the manual: each is read into resources of known types, and none is lost. */
import { describe, expect, it } from 'vitest';
import { Hole } from '../../../src/model/value.ts';
import { cloudfrontDistributions } from '../../../src/services/observed/cloudfront.ts';
import { cloudwatchAlarms } from '../../../src/services/observed/cloudwatch.ts';
import { route53Zones } from '../../../src/services/observed/route-53.ts';
import { routingControls } from '../../../src/services/observed/route53-recovery-control-config.ts';
import type { Scan } from '../../../src/services/observed/scan.ts';
import { sqsQueues } from '../../../src/services/observed/sqs.ts';
import { examples, haveRecordings, type Recording, readRecording, recordings } from './recorded.ts';

/** The operation that lists, and where its reply keeps what the scan shows. */
const SCANS: readonly (readonly [service: string, scan: Scan, lists: string, members: readonly string[]])[] = [
  ['route53', route53Zones, 'ListHostedZones', ['HostedZones']],
  ['cloudfront', cloudfrontDistributions, 'ListDistributions', ['DistributionList', 'Items']],
  ['sqs', sqsQueues, 'ListQueues', ['QueueUrls']],
  ['route53-recovery-control-config', routingControls, 'ListClusters', ['Clusters']],
  ['cloudwatch', cloudwatchAlarms, 'DescribeAlarms', ['MetricAlarms']],
];

function listed(recording: Recording, operation: string, members: readonly string[]): number {
  let value: unknown = recording.replies.find((r) => r.operation === operation)?.data;
  for (const member of members)
    value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[member] : undefined;
  return Array.isArray(value) ? value.length : 0;
}

describe.runIf(haveRecordings)('recorded replies', () => {
  for (const [service, scan, operation, members] of SCANS) {
    const all = [...recordings(service), examples(service)].filter((r) =>
      r.replies.some((reply) => reply.operation === operation),
    );

    it(`of ${service} are there`, () => {
      expect(all.length).toBeGreaterThan(0);
    });

    it.each(all.map((r) => [r.name, r] as const))(`of ${service}: %s`, async (_, recording) => {
      const seen = await readRecording(scan, recording);
      const main = seen.filter((o) => o.type === scan.types[0]);
      expect(main.length).toBe(listed(recording, operation, members));
      // Nothing that was not recorded turns into a value.
      for (const one of seen)
        for (const value of Object.values(one.properties))
          expect(value instanceof Hole || ['string', 'number', 'boolean', 'object'].includes(typeof value)).toBe(true);
    });
  }

  it('show aliases, safety rules and origins as the provider has them', async () => {
    const found = async (service: string, scan: Scan, type: string) =>
      (await Promise.all(recordings(service).map((r) => readRecording(scan, r)))).flat().filter((o) => o.type === type);
    const records = await found('route53', route53Zones, 'aws:route53/record:Record');
    expect(records.map((r) => r.properties)).toContainEqual(
      expect.objectContaining({
        name: 'subdomain.example.com',
        aliases: [expect.objectContaining({ evaluateTargetHealth: true, zoneId: 'Z1YSA3EXCYUU9Z' })],
      }),
    );
    const rules = await found(
      'route53-recovery-control-config',
      routingControls,
      'aws:route53recoverycontrol/safetyRule:SafetyRule',
    );
    expect(rules.map((r) => r.properties)).toContainEqual(
      expect.objectContaining({ ruleConfig: { inverted: false, threshold: 1, type: 'ATLEAST' } }),
    );
    const cdn = await found('cloudfront', cloudfrontDistributions, 'aws:cloudfront/distribution:Distribution');
    expect(cdn.length).toBeGreaterThan(0);
    // Some recordings were cut down to what their test needs: what is not in them is not known, and never an empty list.
    for (const d of cdn) expect(d.properties.origins).not.toStrictEqual([]);
  });
});
