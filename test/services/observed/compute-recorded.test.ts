/** Scans of compute and network services over every reply that was recorded for them. */
import { describe, expect, it } from 'vitest';
import { autoScalingScans } from '../../../src/services/observed/auto-scaling.ts';
import { ec2Scans } from '../../../src/services/observed/ec2.ts';
import { ecsScans } from '../../../src/services/observed/ecs.ts';
import { eksScans } from '../../../src/services/observed/eks.ts';
import { classicScans } from '../../../src/services/observed/elastic-load-balancing.ts';
import { balancingScans } from '../../../src/services/observed/elastic-load-balancing-v2.ts';
import { lambdaScans } from '../../../src/services/observed/lambda.ts';
import type { Observed, Scan } from '../../../src/services/observed/scan.ts';
import { examples, haveRecordings, type Recording, readRecording, recordings } from './recorded.ts';

const FAMILIES: readonly { readonly service: string; readonly scans: readonly Scan[] }[] = [
  { service: 'ec2', scans: ec2Scans },
  { service: 'autoscaling', scans: autoScalingScans },
  { service: 'ecs', scans: ecsScans },
  { service: 'lambda', scans: lambdaScans },
  { service: 'eks', scans: eksScans },
  { service: 'elbv2', scans: balancingScans },
  { service: 'elb', scans: classicScans },
];

async function read(scans: readonly Scan[], recording: Recording): Promise<readonly Observed[]> {
  const lists: (readonly Observed[])[] = [];
  for (const scan of scans) lists.push(await readRecording(scan, recording));
  return lists.flat();
}

describe.runIf(haveRecordings).each(FAMILIES)('$service', ({ service, scans }) => {
  it('reads every recording, and every property is a plain value or a hole', async () => {
    for (const recording of [...recordings(service), examples(service)]) {
      for (const seen of await read(scans, recording)) {
        for (const [name, value] of Object.entries(seen.properties)) {
          const where = `${recording.name}: ${seen.type} ${seen.id} ${name}`;
          expect(value, where).not.toBeUndefined();
          expect(value, where).not.toBeInstanceOf(Date);
          expect(value, where).not.toBe('');
        }
      }
    }
  });

  it('shows what the recordings hold', async () => {
    const all = await Promise.all([...recordings(service), examples(service)].map((recording) => read(scans, recording)));
    const types = new Set(all.flat().map((s) => s.type));
    expect([...types].sort()).toMatchSnapshot();
  });
});

describe.runIf(haveRecordings)('what the recordings say', () => {
  const shown = async (scans: readonly Scan[], service: string, type: string): Promise<readonly Observed[]> =>
    (await Promise.all([...recordings(service), examples(service)].map((r) => read(scans, r))))
      .flat()
      .filter((s) => s.type === type);

  it('subnets are in an AZ of a VPC', async () => {
    for (const subnet of await shown(ec2Scans, 'ec2', 'aws:ec2/subnet:Subnet')) {
      expect(subnet.properties.availabilityZone).toMatch(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/);
      expect(subnet.properties.vpcId).toMatch(/^vpc-/);
    }
  });

  it('no instance that is gone is shown', async () => {
    for (const instance of await shown(ec2Scans, 'ec2', 'aws:ec2/instance:Instance'))
      expect(['terminated', 'shutting-down']).not.toContain(instance.outputs.instanceState);
  });

  it('groups have sizes and AZs', async () => {
    for (const group of await shown(autoScalingScans, 'autoscaling', 'aws:autoscaling/group:Group')) {
      expect(group.properties).toMatchObject({ minSize: expect.any(Number), maxSize: expect.any(Number) });
      expect(group.properties.vpcZoneIdentifiers ?? group.properties.availabilityZones).toBeDefined();
    }
  });

  it('no environment of a function is read', async () => {
    for (const one of await shown(lambdaScans, 'lambda', 'aws:lambda/function:Function'))
      expect(Object.keys(one.properties)).not.toContain('environment');
  });
});
