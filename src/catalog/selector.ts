/** Which resources a selector picks. */
import type { Selector } from '../model/agreement.ts';
import { all, fold, type Known, no, type Truth, type Unknown, yes } from '../model/known.ts';
import { compileGlob } from './glob.ts';

/** What a selector looks at in a resource. */
export interface SelectorFacts {
  readonly urn: string;
  /** Canonical Pulumi type token. */
  readonly type: string;
  readonly name: string;
  readonly project: string;
  readonly stack: string;
  readonly tags: Known<Readonly<Record<string, string>>>;
  /** Component resources that enclose it, in any order. */
  readonly componentPath: readonly { readonly name: string; readonly type: string }[];
}

/**
 * Prepares a selector for many resources. The answer is yes when every given part matches, no when one does not, and
 * unknown when only the tags could tell and nobody knows them. A selector without parts is unknown: it says nothing.
 * Globs are those of `glob.ts`. `component` matches the name or type of any enclosing component; `stack` is matched
 * against `project/stack` when it has a slash; tag keys are exact, tag values are globs.
 */
export function compileSelector(selector: Selector): (facts: SelectorFacts) => Truth {
  const parts: ((facts: SelectorFacts) => Truth)[] = [];
  const part = (pattern: string | undefined, matches: (facts: SelectorFacts, glob: (text: string) => boolean) => boolean) => {
    if (pattern === undefined) return;
    const glob = compileGlob(pattern);
    parts.push((facts) => (matches(facts, glob) ? MATCHES : RULED_OUT));
  };
  part(selector.type, (f, glob) => glob(f.type));
  part(selector.name, (f, glob) => glob(f.name));
  const withProject = selector.stack?.includes('/') === true;
  part(selector.stack, (f, glob) => glob(withProject ? `${f.project}/${f.stack}` : f.stack));
  part(selector.component, (f, glob) => f.componentPath.some((c) => glob(c.name) || glob(c.type)));
  part(selector.urn, (f, glob) => glob(f.urn));
  for (const [key, pattern] of Object.entries(selector.tags ?? {})) {
    const glob = compileGlob(pattern);
    const tagged = (tags: Readonly<Record<string, string>>): Truth =>
      Object.hasOwn(tags, key) && glob(tags[key] ?? '') ? MATCHES : RULED_OUT;
    parts.push((facts) => fold(facts.tags, tagged, itself));
  }
  const [only] = parts;
  // Most selectors have one part: there is nothing to combine.
  if (only !== undefined && parts.length === 1) return only;
  return (facts) => {
    const answers: Truth[] = [];
    for (const part of parts) {
      const answer = part(facts);
      // Most resources are not of the service: nothing more is asked of them.
      if (answer === RULED_OUT) return answer;
      answers.push(answer);
    }
    return all(answers);
  };
}

/** Shared: a catalogue asks each of its selectors about each resource. */
const MATCHES = yes();
const RULED_OUT = no();
const itself = (why: Unknown): Truth => why;

/** Does the selector pick this resource? Use `compileSelector` for many resources. */
export function selectorMatches(selector: Selector, facts: SelectorFacts): Truth {
  return compileSelector(selector)(facts);
}
