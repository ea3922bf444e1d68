/**
 * Outputs of other stacks. A marked run answers each with a marker that keeps its name, as property `outputs.<name>` of
 * the StackReference. Asked for as plain values they are markers in both runs: a preview would know them, and
 * `undefined` would read as "not set".
 */
import type { MarkerBook } from '../markers.ts';
import type { Output, Sdk, SdkResource } from './sdk.ts';

export function answerStackReferences(sdk: Sdk, book: MarkerBook, marked: boolean): void {
  const prototype = sdk.pulumi.StackReference.prototype;
  const marker = (urn: unknown, name: unknown) =>
    book.mark({ kind: 'output', urn: String(urn), property: `outputs.${String(name)}` });
  function output(this: SdkResource, name: unknown): Output {
    return sdk.pulumi.all([this.urn, name]).apply((values) => (Array.isArray(values) ? marker(values[0], values[1]) : undefined));
  }
  async function plain(this: SdkResource, name: unknown): Promise<unknown> {
    return marker(await this.urn.promise(), name);
  }
  async function details(this: SdkResource, name: unknown): Promise<unknown> {
    return { value: marker(await this.urn.promise(), name) };
  }
  if (marked) {
    prototype.getOutput = output;
    prototype.requireOutput = output;
  }
  prototype.getOutputValue = plain;
  prototype.requireOutputValue = plain;
  prototype.getOutputDetails = details;
}
