import { describe, expect, it } from 'vitest';
import { call } from '../../src/aws/call.ts';
import { AwsFailure } from '../../src/aws/failure.ts';
import { pagesOf } from '../../src/aws/pages.ts';

interface Asked {
  readonly Prefix?: string;
  readonly Marker?: string;
}
const AT = { account: '111122223333', region: 'us-east-1' };
const listing = (output: string) =>
  call<Asked, object>({ client: 'x', operation: 'ListX', action: 'x:ListX', pages: { input: 'Marker', output } });

/** Answers in turn, and keeps what it was asked. */
function answering(replies: readonly object[]) {
  const asked: Asked[] = [];
  const send = (input: Asked): Promise<object> => {
    asked.push(input);
    return Promise.resolve(replies[asked.length - 1] ?? {});
  };
  return { asked, send };
}

async function all(pages: AsyncIterable<object>, into: object[] = []): Promise<readonly object[]> {
  for await (const page of pages) into.push(page);
  return into;
}

describe('the pages of a listing', () => {
  it('are asked for with the token of the one before, beside what was asked first', async () => {
    const replies = [{ Next: 'b' }, { Next: 'c' }, { Next: '' }];
    const { asked, send } = answering(replies);
    expect(await all(pagesOf(listing('Next'), { Prefix: 'p' }, AT, send))).toEqual(replies);
    expect(asked).toEqual([{ Prefix: 'p' }, { Prefix: 'p', Marker: 'b' }, { Prefix: 'p', Marker: 'c' }]);
  });

  it('are followed where the token lies inside the page', async () => {
    const replies = [{ List: { Next: 'b' } }, { List: { Items: [] } }];
    const { send } = answering(replies);
    expect(await all(pagesOf(listing('List.Next'), {}, AT, send))).toEqual(replies);
  });

  it('are one for a call without pages', async () => {
    const { asked, send } = answering([{ Next: 'b' }]);
    await all(pagesOf(call<Asked, object>({ client: 'x', operation: 'GetX', action: 'x:GetX' }), {}, AT, send));
    expect(asked).toEqual([{}]);
  });

  it('are not complete when a token is given again: what was had is kept, and the listing fails', async () => {
    const { send } = answering([{ Next: 'b' }, { Next: 'b' }, { Next: 'c' }]);
    const seen: object[] = [];
    await expect(all(pagesOf(listing('Next'), {}, AT, send), seen)).rejects.toBeInstanceOf(AwsFailure);
    expect(seen).toHaveLength(2);
  });
});
