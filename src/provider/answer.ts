/** Answers what provider processes ask on behalf of the engine. */

import type { SimulatedAws } from '../simulator/world/invoke.ts';
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
  opaque(): readonly string[];
  notes(): readonly string[];
}

/** Everything that touches the world happens in turn: the engine asks for many things at once, and the world has one clock. */
export function openClerk(aws: SimulatedAws, home: Home): Clerk {
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
    if (unsettled) aws.world.clock.advance(SETTLE);
    unsettled = false;
  };
  const changing = <T>(work: () => Promise<T>, rested = false): Promise<T> =>
    inTurn(() => {
      looks = new Map();
      if (rested) rest();
      unsettled = true;
      return work();
    });

  const answered = async (question: Question, log: Line[]): Promise<Answers[Question['what']]> => {
    const ground = (setting: Setting): Ground => ({
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
        return check({ ...question, type: canonicalType(question.type) }, question.setting, () => aws.world.random.hex(7));
      case 'diff':
        return diff({ ...question, type: canonicalType(question.type) });
      case 'create': {
        const { subject, inputs, preview, setting } = question;
        if (preview) return create(subject, inputs, true, ground(setting));
        return changing(() => create(subject, inputs, false, ground(setting)), subject.type === PLAN);
      }
      case 'update': {
        const { subject, kept, before, inputs, preview, setting } = question;
        const work = async () => ({ state: await update(subject, kept, before, inputs, preview, ground(setting)) });
        return preview ? work() : changing(work);
      }
      case 'delete': {
        const { subject, kept, inputs, setting } = question;
        await changing(() => remove(subject, kept, inputs, ground(setting)));
        return {};
      }
      case 'read': {
        const { subject, kept, inputs, setting } = question;
        return inTurn(async () => {
          rest();
          return (await read(subject, kept, inputs, ground(setting), looks)) ?? { id: '', state: {}, inputs: {} };
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
    opaque: () => [...opaque],
    notes: () => [...notes],
  };
}
