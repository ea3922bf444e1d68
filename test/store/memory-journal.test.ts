import { describe } from 'vitest';
import { memoryJournal } from '../../src/store/memory-journal.ts';
import { journalContract } from './journal-contract.ts';

const journal = memoryJournal();
describe('in memory', () => journalContract(() => journal));
