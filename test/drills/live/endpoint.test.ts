import { afterEach, describe, expect, it } from 'vitest';
import { openAws, refuseElsewhere } from '../../../scripts/commands/observing.ts';
import { around } from '../../golden/support.ts';

describe('real AWS is where the SDK goes by itself', () => {
  afterEach(() => {
    delete process.env.AWS_ENDPOINT_URL;
  });

  it.each([
    ['AWS_ENDPOINT_URL', 'http://127.0.0.1:5000'],
    ['AWS_ENDPOINT_URL_RDS', 'http://localhost:4566'],
    ['AWS_ENDPOINT_URL', 'https://amazonaws.com.example.org'],
    ['AWS_ENDPOINT_URL', 'https://myamazonaws.com'],
    ['AWS_ENDPOINT_URL', 'not a url'],
  ])('and not at %s=%s', (name, url) => {
    expect(() => refuseElsewhere({ [name]: url })).toThrow(expect.objectContaining({ code: 'endpoint-elsewhere' }));
  });

  it.each([
    ['AWS_ENDPOINT_URL_STS', 'https://vpce-1-2.sts.eu-west-1.vpce.amazonaws.com'],
    ['AWS_ENDPOINT_URL', ''],
    ['AWS_REGION', 'eu-west-1'],
  ])('but may be at %s=%s', (name, url) => {
    expect(() => refuseElsewhere({ [name]: url })).not.toThrow();
  });

  it('is refused before anything is asked', async () => {
    process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1';
    await expect(openAws({ aws: 'live', seed: 1 }, 'disrupt', [], [], around)).rejects.toMatchObject({
      code: 'endpoint-elsewhere',
    });
  });
});
