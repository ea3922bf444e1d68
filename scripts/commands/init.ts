/** `holdfast init`: a first catalogue for somebody's own stacks. */
import { existsSync } from 'node:fs';
import { draftCatalogue } from '../../src/catalog/draft.ts';
import { UsageError } from '../../src/model/errors.ts';
import { inertReason } from '../../src/services/inert.ts';
import { SERVICES } from '../../src/services/registry.ts';
import type { ServiceModule } from '../../src/services/service.ts';
import type { Surroundings } from '../surroundings.ts';
import type { SourceFlags } from './judging.ts';
import { read } from './judging.ts';

export interface InitFlags extends SourceFlags {
  readonly force?: boolean;
}

export async function init(sources: readonly string[], flags: InitFlags, around: Surroundings): Promise<number> {
  if (flags.out !== undefined && flags.force !== true && existsSync(flags.out)) {
    throw new UsageError(
      'out-exists',
      `${flags.out} exists, and what is written in it would be lost. Give another --out, or --force.`,
    );
  }
  const readings = await read(sources, flags, around);
  around.write(draftCatalogue(readings, { isStateful, serves }, flags.date ?? around.today), flags.out);
  return 0;
}

const STORES = new Set(SERVICES.filter((s) => s.kind === 'store').flatMap((s) => s.types));
const allOf = (s: ServiceModule): readonly string[] => [...s.types, ...s.parts.map((p) => p.type)];
const OTHERS = new Set(SERVICES.flatMap(allOf));
const BACKGROUND = new Set(SERVICES.filter((s) => ['network', 'config'].includes(s.kind)).flatMap(allOf));

/** A type that nobody knows may be anything. */
const serves = (type: string): boolean => !BACKGROUND.has(type) && inertReason(type) === undefined;

/** Undefined for a type that nobody knows: it may hold data. */
function isStateful(type: string): boolean | undefined {
  if (STORES.has(type)) return true;
  return OTHERS.has(type) || inertReason(type) !== undefined ? false : undefined;
}
