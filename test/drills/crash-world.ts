/** A world of its own for one run, behind a control door that keeps who did what when. */
import { worldAnswers } from '../../scripts/commands/world-answers.ts';
import { type Answer, type ControlDoor, controlDoor } from '../../src/simulator/control.ts';
import { type HttpDoor, openHttpDoor } from '../../src/simulator/http.ts';
import type { SimulatedAws } from '../../src/simulator/world/invoke.ts';
import { counting, deployedShop } from './crash-support.ts';
import type { Shop } from './shops.ts';

/** Something that changes the world, at its door. */
export interface Act {
  /** Milliseconds since the epoch, the world's. */
  readonly at: number;
  /** `<epoch> <controller>`. */
  readonly by: string;
  readonly what: string;
}

export interface WatchedWorld {
  readonly aws: SimulatedAws;
  readonly url: string;
  readonly token: string;
  readonly control: ControlDoor;
  readonly acts: readonly Act[];
  /** Something that counts as an act: who has the lease from now on. */
  act(by: string, what: string): void;
  readonly effects: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

const READS = /^(Describe|Get|List|Head|Lookup|Search|Batch ?Get)/;

export async function watchedWorld(shop: Shop): Promise<WatchedWorld> {
  const made = await deployedShop(shop);
  const { aws } = made;
  const { effects, transport } = counting(made);
  const acts: Act[] = [];
  const act = (by: string, what: string): void => void acts.push({ at: aws.world.clock.now(), by, what });
  const answers = worldAnswers(aws, { ...made, notThere: [...made.notThere] });
  const { begin, end } = answers;
  if (begin === undefined || end === undefined) throw new Error('expected doors of an injector');
  const watched: Readonly<Record<string, Answer>> = {
    ...answers,
    begin: async (input: readonly [string], by: string) => {
      act(by, `begin ${input[0]}`);
      return begin(input as never, by);
    },
    end: async (input: string, by: string) => {
      act(by, `end ${input}`);
      return end(input as never, by);
    },
    call: async (
      input: { readonly client: string; readonly operation: string; readonly input: object; readonly at: never },
      by: string,
    ) => {
      if (!READS.test(input.operation)) act(by, input.operation);
      return transport.send(input.client, input.operation, input.input, input.at);
    },
  };
  const token = 'sesame';
  const control = controlDoor({ clock: aws.world.clock, token, answers: watched });
  const door: HttpDoor = await openHttpDoor(aws, {
    host: '127.0.0.1',
    port: 0,
    clock: false,
    control,
    onMistake: (error) => {
      throw error;
    },
  });
  return { aws, url: door.url, token, control, acts, act, effects, close: () => door.close() };
}

/** Epochs that were acted in by more than one controller, or after a later one had begun to act. */
export function overlaps(acts: readonly Act[]): readonly string[] {
  const wrong: string[] = [];
  const holders = new Map<number, string>();
  let newest = 0;
  for (const { by, what, at } of acts) {
    const [epoch = 'none', holder = ''] = by.split(' ');
    const n = Number(epoch);
    if (!Number.isInteger(n)) wrong.push(`${what} at ${at} by ${by}: without a lease`);
    if ((holders.get(n) ?? holder) !== holder) wrong.push(`${what} at ${at}: ${holder} in the epoch of ${holders.get(n)}`);
    if (n < newest) wrong.push(`${what} at ${at}: in epoch ${n}, after epoch ${newest} had acted`);
    holders.set(n, holder);
    newest = Math.max(newest, n);
  }
  return wrong;
}
