import { describe, expect, it } from 'vitest';
import { limiter } from '../../src/aws/limits.ts';
import { session } from '../../src/aws/session.ts';
import { sdkTransport, type Transport } from '../../src/aws/transport.ts';
import { observe } from '../../src/services/observed/observe.ts';
import { SCANS } from '../../src/services/observed/registry.ts';
import { requestHandler } from '../../src/simulator/wire/request-handler.ts';
import { administrator } from '../../src/simulator/world/access.ts';
import { invoke, type SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { addAdministratorKey } from '../../src/simulator/world/keys.ts';
import { ACCOUNT, freshAws, REGION } from '../services/observed/support.ts';
import { simulatedTransport } from './simulated-transport.ts';

/** Every scan over the SDK and its bytes, in virtual time, beside the same at operation level. */
async function look(aws: SimulatedAws, transport: Transport) {
  const { clock } = aws.world;
  const made = session({
    world: 'simulated',
    grade: 'read',
    transport,
    clock,
    random: () => 0.5,
    limits: limiter(clock),
    allowed: SCANS.flatMap((s) => s.calls),
  });
  return clock.drive(observe({ session: made, clock, targets: [{ account: ACCOUNT, regions: [REGION] }] }));
}

describe('the port over the wire', () => {
  it('shows what is shown at operation level', async () => {
    const aws = freshAws();
    addAdministratorKey(aws.world, 'AKIASIMULATED', 'simulated', ACCOUNT);
    const make = (client: string, operation: string, input: object) =>
      invoke(aws, client, operation, input, { account: ACCOUNT, region: REGION, principal: administrator(ACCOUNT) });
    await make('kms', 'CreateKey', {});
    await make('ec2', 'CreateVolume', { AvailabilityZone: `${REGION}a`, Size: 100 });
    await make('sqs', 'CreateQueue', { QueueName: 'orders' });
    await make('route-53', 'CreateHostedZone', { Name: 'example.com', CallerReference: 'one' });
    aws.world.clock.advance(3600_000);
    const { clock } = aws.world;
    const sdk = sdkTransport({
      credentials: () => async () => ({ accessKeyId: 'AKIASIMULATED', secretAccessKey: 'simulated' }),
      requestHandler: requestHandler(aws),
    });
    // Loading clients and signing take real time, during which virtual time must not run on.
    const wire: Transport = { send: (...call) => clock.real(sdk.send(...call)) };
    const bytes = await look(aws, wire);
    const plain = await look(aws, simulatedTransport(aws));
    expect(bytes.gaps).toEqual([]);
    expect(bytes.holes).toEqual([]);
    expect(bytes.resources).toEqual(plain.resources);
    expect(bytes.resources.length).toBeGreaterThan(3);
  });
});
