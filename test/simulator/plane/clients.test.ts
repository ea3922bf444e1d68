import { describe, expect, it } from 'vitest';
import { clients } from '../../../src/simulator/plane/clients.ts';
import { type Answer, refused } from '../../../src/simulator/plane/network.ts';
import { World } from '../../../src/simulator/world/world.ts';

const served = (arn: string): Answer => ({ kind: 'served', by: arn, region: 'us-east-1', zone: undefined, writes: arn });
const DB = served('arn:aws:rds:us-east-1:111122223333:db:orders');
const OTHER = served('arn:aws:rds:us-east-1:111122223333:db:orders-restored');
const TABLE = served('arn:aws:dynamodb:us-east-1:111122223333:table/orders');

function scene() {
  const world = new World({ start: 0, seed: 1, consistency: 0 });
  return { world, pools: clients(world) };
}

describe('clients of a store', () => {
  it('are served at once, the first time and for as long as nothing happens', () => {
    const { pools } = scene();
    expect([pools.through('db', DB).kind, pools.through('db', DB).kind]).toEqual(['served', 'served']);
  });

  it.each([
    ['was away', [refused('gone'), DB]],
    ['is another', [OTHER]],
  ])('connect again within 78 s, and not at once, when it %s', (_, answers) => {
    const { world, pools } = scene();
    pools.through('db', DB);
    for (const answer of answers) pools.through('db', answer);
    const now = answers.at(-1) ?? DB;
    world.clock.advance(30_000);
    expect(pools.through('db', now).kind).toBe('refused');
    world.clock.advance(48_001);
    expect(pools.through('db', now).kind).toBe('served');
  });

  it('of a service that is asked anew with every request have nothing to drop', () => {
    const { pools } = scene();
    for (const answer of [TABLE, refused('gone')]) pools.through('table', answer);
    expect(pools.through('table', TABLE).kind).toBe('served');
  });
});
