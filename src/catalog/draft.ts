/** A first catalogue for somebody's own stacks. */
import { Document, isCollection, isMap, isScalar, visit } from 'yaml';
import type { SourceReading } from '../model/resource.ts';
import { type Guess, guessServices } from './guess.ts';
import { SCHEMA_LINE } from './json-schema.ts';
import { oneLine } from './problem.ts';

/** Comments longer than this help nobody to read the file. */
const MAX_COMMENT_LINES = 50;
const MAX_COMMENT_WIDTH = 160;

/** What is known of resource types. */
export interface TypeLore {
  /** Undefined for a type nobody knows: such resources are listed too. */
  isStateful(type: string): boolean | undefined;
  /** Could it be what users of a service get, rather than a network, a setting or a permission? */
  serves(type: string): boolean;
}

/**
 * Writes `holdfast.yaml` for some sources: the services they seem to hold, each with how it was guessed, a draft
 * agreement to fill in, and the stateful resources that belong to no service. The text parses with `parseCatalogue`
 * whatever the resources are called. `from` is the first day of the drafted agreement (YYYY-MM-DD).
 */
export function draftCatalogue(readings: readonly SourceReading[], { isStateful, serves }: TypeLore, from: string): string {
  const guesses = guessServices(readings, serves);
  const ids = distinctIds(guesses.services.map((g) => g.name));
  const services = guesses.services.map((g, i) => ({ id: ids[i] ?? '', guess: g }));
  const document = new Document({
    services: Object.fromEntries(services.map(({ id, guess }) => [id, serviceEntry(id, guess)])),
    agreements: {
      'first-sla': {
        kind: 'SLA',
        parties: { provider: 'team that runs it', customer: 'business that uses it' },
        from,
        version: '1',
        metrics: {},
      },
    },
  });
  comment(
    document,
    ['services'],
    [
      'Services as they seem to be: rename, join, split, and set tier (1 is the most critical) and owner.',
      ...(guesses.untold > 0
        ? [`The tags of ${guesses.untold} resources could not be read; they were placed without them.`]
        : []),
      ...(services.length === 0 ? ['None was found: no custom resource is shown that could be part of one.'] : []),
      ...(readings.some((r) => r.resources.some((x) => x.remote))
        ? ['What remote components make is not shown here: `pulumi stack export` of the deployed stack shows it.']
        : []),
    ],
  );
  for (const { id, guess } of services) comment(document, ['services', id], [`Guessed from ${guess.how}.`]);
  comment(
    document,
    ['agreements'],
    ['What is promised. Add approvedBy once it is approved: until then it is a draft and binds nobody.'],
  );
  comment(document, ['agreements', 'first-sla', 'metrics'], metricExamples(services.map((s) => s.id)));
  document.comment = commentText(orphanLines(guesses.unmapped, isStateful));
  flowSelectors(document);
  oneLineTexts(document);
  const style = { lineWidth: 0, singleQuote: true, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER };
  return `${SCHEMA_LINE}\n${document.toString(style)}`;
}

/** A quoted text that goes on in the next line breaks the flow mapping that it stands in: line breaks become escapes. */
function oneLineTexts(document: Document): void {
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string' && /[\p{Cc}\u2028\u2029]/u.test(node.value)) node.type = 'QUOTE_DOUBLE';
    },
  });
}

function serviceEntry(id: string, guess: Guess): Readonly<Record<string, unknown>> {
  return {
    ...(guess.name === id ? {} : { title: oneLine(guess.name).trim() || id }),
    tier: 3,
    resources: guess.resources,
    ...(guess.exclude.length > 0 ? { exclude: guess.exclude } : {}),
  };
}

/** Names → ids of the catalogue, each once, in the order given. */
function distinctIds(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = name.normalize('NFKD').replace(/[^A-Za-z0-9._-]+/g, '-');
    const base = plain.replace(/^[^A-Za-z0-9]+|-+$/g, '').slice(0, 50) || 'service';
    let id = base;
    for (let n = 2; taken.has(id); n += 1) id = `${base}-${n}`;
    taken.add(id);
    return id;
  });
}

function metricExamples(ids: readonly string[]): readonly string[] {
  return [
    'Replace {} by what is promised, by service and scope, for example:',
    ...ids
      .slice(0, MAX_COMMENT_LINES)
      .flatMap((id) => [`  ${id}:`, '    RTO: { az: 5m, region: 1h, data: 4h }', '    RPO: { az: 0, region: 5m, data: 1h }']),
  ];
}

function orphanLines(
  unmapped: readonly SourceReading['resources'][number][],
  isStateful: (type: string) => boolean | undefined,
): readonly string[] {
  const orphans = unmapped.flatMap((r) => {
    const stateful = isStateful(r.type);
    return stateful === false ? [] : [`  ${r.urn}${stateful === undefined ? ' (may hold state)' : ''}`];
  });
  if (orphans.length === 0) return [];
  const more = orphans.length > MAX_COMMENT_LINES ? [`  … and ${orphans.length - MAX_COMMENT_LINES} more`] : [];
  return [
    'Orphans: resources that hold state and belong to no service. Select them above.',
    ...orphans.slice(0, MAX_COMMENT_LINES),
    ...more,
  ];
}

function commentText(lines: readonly string[]): string {
  return lines.map((line) => ` ${oneLine(line).slice(0, MAX_COMMENT_WIDTH)}`).join('\n');
}

/** Puts a comment before the key at the end of a path. */
function comment(document: Document, path: readonly string[], lines: readonly string[]): void {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return;
  for (const pair of parent.items) {
    if (isScalar(pair.key) && pair.key.value === path.at(-1)) pair.key.commentBefore = commentText(lines);
  }
}

/** Selectors and parties on one line each, as a person would write them. */
function flowSelectors(document: Document): void {
  visit(document, {
    Pair: (_, pair) => {
      if (!isScalar(pair.key) || !isCollection(pair.value)) return;
      if (pair.key.value === 'resources' || pair.key.value === 'exclude' || pair.key.value === 'parties') pair.value.flow = true;
    },
  });
}
