/** Everything that a command takes from outside: streams, clock, terminal, environment. */
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { messageOf, UsageError } from '../src/model/errors.ts';
import type { Paint } from '../src/reports/text.ts';
import { ansiPaint, noPaint } from '../src/reports/text.ts';

export interface Surroundings {
  /** YYYY-MM-DD, in UTC. */
  readonly today: string;
  /** Columns to fill. */
  readonly width: number;
  readonly cwd: string;
  stdin(): Promise<Uint8Array>;
  /** Standard input, line by line. */
  lines(): AsyncIterator<string>;
  /** A question to whoever writes these lines, on standard error. */
  ask(text: string): void;
  /** Writes to the file, or to standard output without one. */
  write(text: string, file: string | undefined): void;
  /** One line about what goes on, on a terminal only. */
  progress(line: string): void;
  paint(wanted: boolean, file: string | undefined): Paint;
}

/** Wide enough for the table's reasons when nobody says how wide the terminal is. */
const DEFAULT_WIDTH = 140;
/** Below this a table is no table. */
const LEAST_WIDTH = 60;

export function surroundings(): Surroundings {
  return {
    today: new Date().toISOString().slice(0, 10),
    // A terminal that does not tell its size has 0 columns.
    width: Math.max(LEAST_WIDTH, process.stdout.columns || DEFAULT_WIDTH),
    cwd: process.cwd(),
    stdin: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    },
    lines: () => createInterface({ input: process.stdin })[Symbol.asyncIterator](),
    ask: (text) => void process.stderr.write(text),
    write: (text, file) => {
      if (file === undefined) {
        process.stdout.write(text);
        return;
      }
      try {
        writeFileSync(file, text);
      } catch (error) {
        throw new UsageError(
          'out-unwritable',
          `${file}: cannot be written (${messageOf(error)}). Give --out a file that you may write.`,
        );
      }
    },
    progress: (line) => {
      if (process.stderr.isTTY) process.stderr.write(`${line}\n`);
    },
    paint: (wanted, file) =>
      wanted && file === undefined && process.stdout.isTTY && process.env.NO_COLOR === undefined ? ansiPaint : noPaint,
  };
}
