import { describe, expect, it } from 'vitest';
import { ownTheatre, type Stage } from '../../../scripts/commands/drill-theatre.ts';
import { parseCatalogue } from '../../../src/catalog/parse.ts';
import { type InvokeOptions, invoke } from '../../../src/drills/invocation/conduct.ts';
import { prepareInvocation } from '../../../src/drills/invocation/prepare.ts';
import type { Plan } from '../../../src/model/agreement.ts';
import { UsageError } from '../../../src/model/errors.ts';
import type { Invocation } from '../../../src/model/invocation.ts';
import { memoryJournal } from '../../../src/store/memory-journal.ts';
import { PLACE } from '../parts.ts';
import { catalogueOf, SHOPS } from '../shops.ts';
import { START, says } from './support.ts';

const PLAN = `plans:
  - id: p
    services: [shop]
    invocation:
      scope: region
      member: us-east-1
      signals:
        late: { lag-above: 30s }
        alarm: { alarm: none, region: us-west-2 }
      when: { any: [late, alarm] }
      for: 1m
      authority: { by: [Ada] }
      deactivation: { clear: [late], for: 1m }
`;

type Invocable = Plan & { readonly invocation: Invocation };

async function playing<T>(work: (stage: Stage, plan: Invocable) => Promise<T>, change = (text: string) => text): Promise<T> {
  const shop = SHOPS.find((s) => s.kind === 'global-database-failover');
  if (shop === undefined) throw new Error('no such shop');
  const catalogue = parseCatalogue(`${catalogueOf(shop)}${change(PLAN)}`, 'holdfast.yaml', {});
  const plan = catalogue.plans[0];
  const invocation = plan?.invocation;
  if (plan === undefined || invocation === undefined) throw new Error('no plan');
  const theatre = await ownTheatre({
    catalogue,
    readings: [shop.reading],
    today: '2026-06-01',
    seed: 1,
    place: PLACE,
    journal: memoryJournal(),
    now: () => START,
  });
  return theatre.hold(0, (stage) => work(stage, { ...plan, invocation }));
}

describe('a plan over a database of two Regions', () => {
  it('fails it over, and back once it replicates the other way', async () => {
    await playing(async (stage, plan) => {
      const { clock, ground, journal } = stage;
      const prepared = prepareInvocation(plan, 'run', ground);
      expect(prepared.steps.map((s) => s.actuator.id)).toEqual(['fail orders over to orders-eu-west-1 in eu-west-1']);
      expect(prepared.steps[0]?.dataBack).toBeDefined();
      await ground.injector.begin('loss', { kind: 'region-loss', region: 'us-east-1' });
      const began = clock.now();
      const options: InvokeOptions = {
        journal,
        holder: 'me',
        people: {
          said: async () =>
            [
              { ...says('declare', 'Ada', 0), at: began },
              { ...says('deactivate', 'Ada', 0), at: began + 3_600_000 },
            ].filter((s) => s.at <= clock.now()),
        },
      };
      const back = clock.sleep(1_800_000).then(() => ground.injector.end('loss'));
      const result = await invoke(prepared, options);
      await back;
      expect(result).toMatchObject({ status: 'normal-again', left: [], rto: null });
      const entries = await journal.read('run');
      const data = entries.filter((e) => e.about.startsWith('data of '));
      expect(data.at(-1)?.data).toMatchObject({ ok: true });
    });
  }, 60_000);

  it('refuses approvals before what is none of its steps', async () => {
    const mistaken = (text: string): string => `${text}      approvals: [{ before: "promote *" }]\n`;
    const failed = await playing(async ({ ground }, plan) => prepareInvocation(plan, 'run', ground), mistaken).catch(
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(UsageError);
    expect(failed).toMatchObject({ code: 'invocation-unfit' });
  });
});
