/** Formats of a result, by the name that --format takes. */
export const FORMATS = ['table', 'json', 'markdown', 'comment', 'sarif', 'junit'] as const;
export type Format = (typeof FORMATS)[number];

/** A result in one format, in a file. */
export interface Written {
  readonly format: Format;
  readonly out: string;
}
