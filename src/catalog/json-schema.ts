import * as z from 'zod';
import { drill, drillFileSchema } from './drill-schema.ts';
import { catalogueSchema } from './schema.ts';

/** Where the published schema lies in the package; the first line of a catalogue names it for editors. */
export const SCHEMA_PATH = 'schema/holdfast.schema.json';

/** The same for drill files. */
export const DRILL_SCHEMA_PATH = 'schema/drill.schema.json';

const schemaLine = (path: string) => `# yaml-language-server: $schema=./node_modules/holdfast/${path}`;

/** The first line of a catalogue: editors with the YAML language server complete and check by it. */
export const SCHEMA_LINE = schemaLine(SCHEMA_PATH);
/** The first line of a drill file. */
export const DRILL_SCHEMA_LINE = schemaLine(DRILL_SCHEMA_PATH);

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

/** The JSON Schema of a drill file: several drills under `drills:`, or one. The shape only, as above. */
export function drillFileJsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(z.union([drillFileSchema, drill]), { io: 'input', target: 'draft-2020-12' });
  return { ...schema, title: 'Holdfast drill file', description: 'Disruptions caused on purpose, timed and rolled back.' };
}
