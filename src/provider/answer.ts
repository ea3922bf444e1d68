/** Answers what provider processes ask on behalf of the engine. */

import type { SimulatedAws } from '../simulator/world/invoke.ts';
import { random } from '../simulator/world/random.ts';
import { canonicalType } from '../stacks/aws-types.ts';
import { check } from './check.ts';
import { diffSetting, type Home, type Setting, settingOf } from './configure.ts';
import { diff } from './diff.ts';
import type { Ground } from './ground.ts';
import { invokeFunction } from './invoke/invoke.ts';
import { create, read, remove, update } from './life.ts';
import type { Looks } from './look.ts';
import type { Answers, Line, Question } from './questions.ts';
import { providerSchema } from './schema.ts';
import { textOf } from './values.ts';

/** How long things settle after the last change: replicas are made, health checks have probed, metrics have values. */
const SETTLE = 30 * 60 * 1000;

/** Alarms are red until there is something to see: what acts on them by itself comes into a world at rest. */
const PLAN = 'aws:arcregionswitch/plan:Plan';

export interface Clerk {
  /** Throws in the provider's words. The lines are for the engine's log. */
  answer(question: Question): Promise<{ readonly answer: Answers[Question['what']]; readonly log: readonly Line[] }>;
  /** Lets the world come to rest after what was made or changed since the last time. */
  settle(): Promise<void>;
  /**
   * Does in another world, of the same beginning and seed, all that was done so far, and answers from there from now on. Throws
   * where it goes otherwise.
   */
  repeatIn(other: SimulatedAws): Promise<void>;
  opaque(): readonly string[];
  notes(): readonly string[];
}

type Change = Extract<Question, { readonly what: 'create' | 'update' | 'delete' }>;

/** What moved the world, in the order in which it did. */
type Deed = 'rest' | { readonly change: Change; readonly answer: string };

/** Everything that touches the world happens in turn: the engine asks for many things at once, and the world has one clock. */
export function openClerk(first: SimulatedAws, home: Home): Clerk {
  let aws = first;
  // Names are made up for previews too, which must not move the world.
  const names = random(aws.world.settings.seed);
  const deeds: Deed[] = [];
  const opaque = new Set<string>();
  const notes: string[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let unsettled = false;
  let looks: Looks = new Map();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    waiting += 1;
    const done = last.then(work).finally(() => {
      waiting -= 1;
      // What was seen holds for reads that wait already, and for no later one.
      if (waiting === 0) looks = new Map();
    });
    last = done.catch(() => undefined);
    return done;
  };
  const rest = (): void => {
    if (!unsettled) return;
    aws.world.clock.advance(SETTLE);
    unsettled = false;
    deeds.push('rest');
  };
  const changing = (change: Change, ground: Ground): Promise<Answers[Change['what']]> =>
    inTurn(async () => {
      looks = new Map();
      if (change.what === 'create' && change.subject.type === PLAN) rest();
      unsettled = true;
      const answer = await done(change, ground);
      deeds.push({ change, answer: JSON.stringify(answer) });
      return answer;
    });
  const groundFor = (log: Line[], { setting }: { readonly setting: Setting }): Ground => ({
    aws,
    setting,
    note: (urn, text) => {
      notes.push(`${urn}: ${text}`);
      log.push({ severity: 'warning', urn, message: text });
    },
    opaque: (urn) => {
      opaque.add(urn);
      log.push({
        severity: 'info',
        urn,
        message: 'simulated AWS does not know this type: the resource is kept as it is declared',
      });
    },
  });

  const answered = async (question: Question, log: Line[]): Promise<Answers[Question['what']]> => {
    switch (question.what) {
      case 'configure': {
        const { AWS_REGION, AWS_DEFAULT_REGION } = question.environment;
        return settingOf(question.configuration, { ...home, region: AWS_REGION ?? AWS_DEFAULT_REGION ?? home.region });
      }
      case 'diff-config':
        return { replaces: diffSetting(question.before, question.inputs) };
      case 'schema':
        return { schema: providerSchema() };
      case 'check':
        return check({ ...question, type: canonicalType(question.type) }, question.setting, () => names.hex(7));
      case 'diff':
        return diff({ ...question, type: canonicalType(question.type) });
      case 'create':
      case 'update':
      case 'delete': {
        const ground = groundFor(log, question);
        return question.what !== 'delete' && question.preview ? done(question, ground) : changing(question, ground);
      }
      case 'read': {
        const { subject, kept, inputs } = question;
        return inTurn(async () => {
          rest();
          return (await read(subject, kept, inputs, groundFor(log, question), looks)) ?? { id: '', state: {}, inputs: {} };
        });
      }
      case 'invoke': {
        const { token, args, setting } = question;
        const region = textOf(args.region) ?? setting.region;
        return inTurn(async () => ({ outputs: await invokeFunction(token, args, { aws, account: setting.account, region }) }));
      }
    }
  };

  return {
    answer: async (question) => {
      const log: Line[] = [];
      return { answer: await answered(question, log), log };
    },
    settle: () =>
      inTurn(() => {
        rest();
        return Promise.resolve();
      }),
    repeatIn: (other) =>
      inTurn(async () => {
        aws = other;
        for (const deed of deeds) {
          if (deed === 'rest') aws.world.clock.advance(SETTLE);
          else {
            const { change } = deed;
            const answer = JSON.stringify(await done(change, { aws, setting: change.setting, note: () => {}, opaque: () => {} }));
            if (answer !== deed.answer)
              throw new Error(`${change.subject.urn}: made again, it is another: ${answer}, was ${deed.answer}`);
          }
        }
      }),
    opaque: () => [...opaque],
    notes: () => [...notes],
  };
}

async function done(change: Change, ground: Ground): Promise<Answers[Change['what']]> {
  const { subject, inputs } = change;
  switch (change.what) {
    case 'create':
      return create(subject, inputs, change.preview, ground);
    case 'update':
      return { state: await update(subject, change.kept, change.before, inputs, change.preview, ground) };
    case 'delete':
      await remove(subject, change.kept, inputs, ground);
      return {};
  }
}
