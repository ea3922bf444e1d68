/** People at a table: who is reached, what they decide, and when. Nothing is disrupted, and nothing is said about recovery. */
import { ownStep } from '../actuators.ts';
import type { Actuator } from '../contract.ts';
import type { Kind } from './play.ts';
import type { Scene } from './scene.ts';

/** Beginnings of the ids of steps, by which what was recorded is found again. */
export const NOTICES = 'notices: ';
export const DECIDES = 'decides: ';
const TELLS = 'tells the others: ';

export const tableTop: Kind = async (scene) => {
  const { participants } = scene.spec;
  const [first] = participants;
  if (scene.ground.table === undefined)
    return 'nobody sits at the table: what people decide is recorded, and cannot be rehearsed';
  if (first === undefined) return 'the drill names nobody who takes part (participants)';
  const steps = [
    recorded(`${NOTICES}${first}`, first, 'Who noticed the disruption, and by what signal?', scene),
    recorded(`${DECIDES}${first}`, first, 'Was recovery invoked, and by whom?', scene),
    ...participants.map((role) => recorded(`${TELLS}${role}`, role, 'Who was told, and of what?', scene)),
  ];
  return {
    scope: 'region',
    member: scene.member.name,
    disrupt: [],
    recover: steps,
    people: steps.map((s) => s.id),
    notTaken: [],
    dwell: 0,
  };
};

/** The journal keeps who answered, what, and when. */
function recorded(id: string, role: string, question: string, { ground }: Scene): Actuator {
  return ownStep({
    id,
    describe: () => ({ role, question }),
    act: async (_, signal) => {
      const answer = await ground.table?.ask(role, question, signal);
      if (answer === undefined) throw new Error(`${role} has not answered: ${question}`);
      return { who: answer.who, says: answer.says, at: answer.at };
    },
  });
}
