/** Sizes of tasks that Fargate runs. */
import type * as ECS from '@aws-sdk/client-ecs';
import { ServiceFault } from '../service.ts';

const steps = (from: number, to: number, by: number): readonly number[] =>
  Array.from({ length: (to - from) / by + 1 }, (_, i) => from + i * by);

/** MiB of memory that go with CPU units on Fargate (ECS developer guide, "Task definition differences for Fargate", task CPU and memory). */
const FARGATE: Readonly<Record<string, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: steps(1024, 4096, 1024),
  1024: steps(2048, 8192, 1024),
  2048: steps(4096, 16_384, 1024),
  4096: steps(8192, 30_720, 1024),
  8192: steps(16_384, 61_440, 4096),
  16384: steps(32_768, 122_880, 8192),
};

/** Sizes that are spelt otherwise than as a number (`1 vCPU`, `2GB`) are taken as they are. */
export function mustFitFargate({ networkMode, cpu, memory }: ECS.RegisterTaskDefinitionCommandInput): void {
  if (networkMode !== undefined && networkMode !== 'awsvpc')
    throw new ServiceFault('ClientException', "Fargate only supports network mode 'awsvpc'.");
  if (!/^\d+$/.test(cpu ?? '') || !/^\d+$/.test(memory ?? '') || Number(cpu) > 16_384) return;
  if (FARGATE[cpu ?? '']?.includes(Number(memory)) !== true)
    throw new ServiceFault('ClientException', `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory.`);
}
