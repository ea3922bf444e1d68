/**
 * Bad usage or unreadable input: exit code 2. The message says what was expected, what was found and
 * where, and what to do. `code` is stable and asserted by tests; the prose is not.
 */
export class UsageError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'UsageError';
    this.code = code;
  }
}

/** What was thrown, in words: anything may be. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
