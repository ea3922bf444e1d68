import * as z from 'zod';
import { catalogueSchema } from './schema.ts';

/** Where the published schema lies in the package; the first line of a catalogue names it for editors. */
export const SCHEMA_PATH = 'schema/holdfast.schema.json';

/** The first line of a catalogue: editors with the YAML language server complete and check by it. */
export const SCHEMA_LINE = `# yaml-language-server: $schema=./node_modules/holdfast/${SCHEMA_PATH}`;

/**
 * The JSON Schema (2020-12) of `holdfast.yaml`, from the schemas that the parser checks with. It covers the shape;
 * names that must exist, periods and circles are checked by `parseCatalogue` alone.
 */
export function catalogueJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(catalogueSchema, { io: 'input', target: 'draft-2020-12' });
  return {
    ...schema,
    title: 'Holdfast catalogue',
    description: 'Services, agreements and their continuity metrics (holdfast.yaml).',
  };
}
