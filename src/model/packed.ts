/** Values as text that stands in a journal or goes to another process. */
import { Hole } from './value.ts';

/** JSON in which dates, bytes and holes stay what they are. */
export function pack(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key: string, plain: unknown) {
    const raw = this[key];
    if (raw instanceof Date) return { $date: raw.getTime() };
    if (raw instanceof Uint8Array) return { $bytes: Buffer.from(raw).toString('base64') };
    if (raw instanceof Hole) return { $hole: { ...raw } };
    return plain;
  });
}

export function unpack(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$date' in value && typeof value.$date === 'number') return new Date(value.$date);
    if ('$bytes' in value && typeof value.$bytes === 'string') return new Uint8Array(Buffer.from(value.$bytes, 'base64'));
    if ('$hole' in value) {
      const { reason, detail, mentions, template } = value.$hole as Hole;
      return new Hole(reason, detail, mentions, template);
    }
    return value;
  });
}
