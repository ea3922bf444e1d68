import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { builtChildren } from './test/built.ts';

/**
 * `unit` is the inner loop (no child programs, no browser). `slow` runs real Pulumi programs, fuzzing, the whole command line, other
 * people's clients and emulators, and the law of two sources over thousands of deployments.
 */
export default defineConfig({
  test: {
    // Left to itself, Vitest keeps one core free. One more than there are: some files mostly wait, for a network that is cut or a
    // program that does not end.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles: ['test/setup.ts'],
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.slow.test.ts', 'test/parity/**', 'test/programs/**'],
          environment: 'node',
          // A worker loads each module once, not once per file. Nothing in the core keeps state, and tests that set something put it back.
          isolate: false,
          // A property of 500 runs takes a second, and ten on a machine that is shared.
          testTimeout: 30_000,
        },
      },
      {
        plugins: [builtChildren()],
        test: {
          name: 'slow',
          setupFiles: ['test/setup.ts'],
          include: ['test/**/*.slow.test.ts', 'test/parity/**/*.test.ts'],
          exclude: ['test/programs/**'],
          environment: 'node',
          // Only what hangs takes that long: on a machine that is shared, minutes become many.
          testTimeout: 900_000,
          hookTimeout: 900_000,
        },
      },
    ],
  },
});
