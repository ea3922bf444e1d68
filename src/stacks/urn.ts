/** The parts of a Pulumi URN: `urn:pulumi:<stack>::<project>::<parent$type>::<name>`. */
export interface Urn {
  readonly stack: string;
  readonly project: string;
  /** The resource's own type token, without its parents'. */
  readonly type: string;
  readonly name: string;
}

export const STACK_TYPE = 'pulumi:pulumi:Stack';
export const STACK_REFERENCE_TYPE = 'pulumi:pulumi:StackReference';

const PREFIX = 'urn:pulumi:';
const DELIMITER = '::';

/** Reads a URN, or returns undefined when the text is not one. Names may contain the delimiter; the other parts may not. */
export function parseUrn(text: string): Urn | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const stackEnd = text.indexOf(DELIMITER, PREFIX.length);
  const projectEnd = stackEnd < 0 ? -1 : text.indexOf(DELIMITER, stackEnd + 2);
  const typeEnd = projectEnd < 0 ? -1 : text.indexOf(DELIMITER, projectEnd + 2);
  if (typeEnd < 0) return undefined;
  const qualifiedType = text.slice(projectEnd + 2, typeEnd);
  const type = qualifiedType.slice(qualifiedType.lastIndexOf('$') + 1);
  if (type === '') return undefined;
  return {
    stack: text.slice(PREFIX.length, stackEnd),
    project: text.slice(stackEnd + 2, projectEnd),
    type,
    name: text.slice(typeEnd + 2),
  };
}

/** The type in a URN, or the text itself where it is none. */
export const typeIn = (urn: string): string => parseUrn(urn)?.type ?? urn;

/** The URN in a provider reference, which the engine writes as `<provider urn>::<id>`; undefined when it holds none. */
export function providerUrn(reference: string): string | undefined {
  const end = reference.lastIndexOf(DELIMITER);
  const urn = end < 0 ? reference : reference.slice(0, end);
  if (parseUrn(urn) !== undefined) return urn;
  return parseUrn(reference) === undefined ? undefined : reference;
}
