import { describe, expect, it } from 'vitest';
import { findMarkers, markerBook } from '../../../src/stacks/program/markers.ts';
import { answer } from '../../../src/stacks/program/stand-ins.ts';

const TOKEN = 'aws:ssm/getParameter:getParameter';
const ask = (name: string) => {
  const { result, standIn } = answer(
    { token: TOKEN, args: { name }, region: 'eu-west-1' },
    { id: 'text', value: 'text' },
    markerBook([]),
    false,
  );
  if (typeof result.value !== 'string') throw new Error('no text');
  return { value: result.value, standIn };
};

describe('what AWS publishes as a parameter', () => {
  it('can be parsed where it is a document, and holds no fact', () => {
    const { value, standIn } = ask('/aws/service/ecs/optimized-ami/amazon-linux-2/recommended');
    expect(standIn).toBe(true);
    const { image_id } = JSON.parse(value);
    expect(findMarkers(image_id)).toBeDefined();
  });

  it('is one text elsewhere', () => {
    const { value } = ask('/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id');
    expect(findMarkers(value)?.parts).toHaveLength(1);
  });
});
