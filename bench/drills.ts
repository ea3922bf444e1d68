/** Drills of the reference workload in simulated AWS: how long the loss of a Region takes, and whether a thousand drills leave anything in memory. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isAgreed, type Rehearsal, rehearsal, type Target } from '../scripts/commands/rehearsing.ts';
import { deployedWorld } from '../scripts/commands/simulated-world.ts';
import { readCatalogue } from '../src/catalog/find.ts';
import { serviceTimes } from '../src/recovery/times/index.ts';
import { RULES } from '../src/rules/registry.ts';
import { readSources } from '../src/stacks/read-sources.ts';
import { type Check, median, ROOT } from './measure.ts';

const REGION_RUNS = 9;
/** Drills after which memory is looked at: at the first of them everything has been loaded and compiled. */
const LOOKS = [200, 600, 1_000] as const;
const [SETTLED, , DRILLS] = LOOKS;

export async function benchDrills(): Promise<readonly Check[]> {
  const { made, deploySeconds } = await reference();
  const agreed = made.targets.filter((t) => isAgreed(t, made.judgement));
  const losses = agreed.filter((t) => t.kind === 'region-loss' && t.service === 'checkout' && t.member === 'eu-west-1');
  const [region] = losses;
  if (region === undefined) throw new Error('the reference workload promises nothing about the loss of its primary Region');
  const drilled = await regionLoss(made, region, deploySeconds);
  const { seconds, grown } = await thousand(made, agreed);
  return [
    { what: 'region loss drilled, deployed before', value: drilled, unit: 's', limit: 1.5 },
    { what: `${DRILLS} drills in one process`, value: seconds, unit: 's', limit: 120 },
    { what: `heap after ${DRILLS} drills over after ${SETTLED}`, value: grown, unit: '×', limit: 1.05 },
  ];
}

async function reference(): Promise<{ readonly made: Rehearsal; readonly deploySeconds: () => Promise<number> }> {
  const catalogue = readCatalogue(`${ROOT}infra/holdfast.yaml`, {
    rules: new Set(RULES.map((r) => r.id)),
    timeRows: new Set(serviceTimes.map((t) => t.id)),
  });
  const readings = await readSources([ROOT], {
    states: [],
    config: [],
    region: undefined,
    seconds: 60,
    memory: 2048,
    stdin: async () => new Uint8Array(),
  });
  const world = { readings, seed: 1, place: { account: '111122223333', region: 'eu-west-1' } };
  return {
    made: await rehearsal({ ...world, catalogue, today: '2026-11-23' }),
    deploySeconds: () => timed(() => deployedWorld({ ...world, start: Date.UTC(2026, 10, 22) })),
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Seconds, the deployment taken off: every drill has a world of its own. */
async function regionLoss(made: Rehearsal, target: Target, deploySeconds: () => Promise<number>): Promise<number> {
  // The first is drilled in the world that was deployed to be judged.
  await made.drill(target);
  const wholes: number[] = [];
  const deployments: number[] = [];
  for (let n = 0; n < REGION_RUNS; n += 1) {
    deployments.push(await deploySeconds());
    wholes.push(await timed(() => made.drill(target)));
  }
  const whole = median(wholes);
  const alone = whole - median(deployments);
  console.log(
    `  ${'region loss of checkout'.padEnd(44)} ${alone.toFixed(2).padStart(6)} s  with deployment ${whole.toFixed(2)} s`,
  );
  return alone;
}

/** Every drill has a world of its own, deployed within the time that is measured. */
async function thousand(made: Rehearsal, targets: readonly Target[]) {
  const heaps: number[] = [];
  const processor = process.cpuUsage();
  const start = performance.now();
  for (let n = 0; n < DRILLS; n += 1) {
    const target = targets[n % targets.length];
    if (target === undefined) throw new Error('nothing is agreed');
    const held = await made.drill(target);
    if (held !== undefined && held.result.left.length > 0)
      throw new Error(`${held.result.run} left ${held.result.left.join(', ')}`);
    if (LOOKS.some((look) => look === n + 1)) heaps.push(heap());
  }
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(processor);
  const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  console.log(
    `  ${`${DRILLS} drills of ${targets.length} kinds and members`.padEnd(44)} ${seconds.toFixed(0).padStart(6)} s  processor ${((user + system) / 1e6).toFixed(0)} s  heap ${heaps.map(mebibytes).join(', ')} MiB after ${LOOKS.join(', ')}, resident ${mebibytes(process.memoryUsage.rss())} MiB`,
  );
  const [first = Number.NaN] = heaps;
  return { seconds, grown: Math.max(...heaps) / first };
}

/** Bytes of the heap after a collection. */
function heap(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  return process.memoryUsage().heapUsed;
}
