import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { openAws, refuseElsewhere } from '../../../scripts/commands/observing.ts';
import { around } from '../../golden/support.ts';

describe('real AWS is where the SDK goes by itself', () => {
  afterEach(() => void vi.unstubAllEnvs());

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
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
    await expect(openAws({ aws: 'live', seed: 1 }, 'disrupt', [], [], around)).rejects.toMatchObject({
      code: 'endpoint-elsewhere',
    });
  });

  it('nor where a profile leads', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-profile-'));
    const config = join(folder, 'config');
    const keys = 'aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n';
    writeFileSync(config, `[profile local]\nendpoint_url = http://127.0.0.1:1\nregion = us-east-1\n${keys}`);
    vi.stubEnv('AWS_CONFIG_FILE', config);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'none'));
    vi.stubEnv('AWS_PROFILE', 'local');
    await expect(openAws({ aws: 'live', seed: 1, region: 'us-east-1' }, 'read', [], [], around)).rejects.toMatchObject({
      code: 'endpoint-elsewhere',
    });
    rmSync(folder, { recursive: true });
  });
});
