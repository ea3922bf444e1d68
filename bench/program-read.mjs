/** Reads the program in a folder as `verify` does, and makes sure that it found what it should. */
import { readProgram } from '../dist/src/stacks/program/read-program.js';

const [folder, expected] = process.argv.slice(2);
const { resources } = await readProgram(folder, { config: [], region: undefined });
const placed = resources.filter((r) => r.position !== undefined && r.type.startsWith('aws:')).length;
if (placed !== Number(expected)) throw new Error(`${placed} of ${expected} resources with a position`);
