/** The settings file that a run gets in place of the user's `Pulumi.<stack>.yaml`. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Document, isMap, isScalar, parseDocument, visit } from 'yaml';
import type { Project } from '../stacks/program/project.ts';
import { fullKey } from '../stacks/program/stack-config.ts';

/** What stands for a secret of the configuration; long enough and mixed enough for what AWS asks of passwords. */
const STAND_IN = 'Holdfast-stand-in-0';
/** Of the user's secrets manager, which is not asked; and of ESC, which is not read. */
const DROPPED = ['encryptionsalt', 'encryptedkey', 'secretsprovider', 'environment'];

/**
 * The stack's own settings as they are written, with stand-ins for its secrets, the passphrase's salt of a private
 * backend, and `key=value` choices over them. Missing settings file: the choices alone.
 */
export async function settingsFor(project: Project, stack: string, choices: readonly string[], salt: string): Promise<string> {
  const file = ['yaml', 'yml'].map((e) => join(project.stackFolder, `Pulumi.${stack}.${e}`)).find((f) => existsSync(f));
  const written = file === undefined ? new Document({}) : parseDocument(await readFile(file, 'utf8'));
  const document = isMap(written.contents) ? written : new Document({});
  visit(document, {
    Map: (_, node) => {
      const [only] = node.items;
      const isSecret = node.items.length === 1 && isScalar(only?.key) && only.key.value === 'secure';
      return isSecret ? document.createNode(STAND_IN) : undefined;
    },
  });
  for (const key of DROPPED) document.delete(key);
  document.set('encryptionsalt', salt);
  if (!isMap(document.get('config'))) document.set('config', document.createNode({}));
  for (const choice of choices) {
    const equals = choice.indexOf('=');
    document.setIn(['config', fullKey(choice.slice(0, equals), project.name)], choice.slice(equals + 1));
  }
  return document.toString();
}
