import { it } from 'vitest';
import { acmCertificates } from '../../src/services/observed/acm.ts';
import { cloudfrontDistributions } from '../../src/services/observed/cloudfront.ts';
import { acm } from '../../src/simulator/services/acm.ts';
import { cloudfront } from '../../src/simulator/services/cloudfront.ts';
import { certificates, distributions } from './cloudfront.ts';
import { lawOfTwoSources } from './law.ts';

it(
  'CloudFront distributions mean the same, declared and observed',
  () => lawOfTwoSources(distributions, [cloudfront], [cloudfrontDistributions]),
  60_000,
);

it(
  'ACM certificates mean the same, declared and observed',
  () => lawOfTwoSources(certificates, [acm], [acmCertificates]),
  60_000,
);
