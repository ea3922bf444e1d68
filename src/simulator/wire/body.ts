/** What a request to one of the doors carries. Undefined: more than `largest` bytes; the rest is not read. */
export async function bodyOf(incoming: AsyncIterable<Uint8Array>, largest: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const bytes of incoming) {
    length += bytes.length;
    if (length > largest) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
