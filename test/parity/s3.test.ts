import { it } from 'vitest';
import { kmsKeys } from '../../src/services/observed/kms.ts';
import { s3Buckets } from '../../src/services/observed/s3.ts';
import { kms } from '../../src/simulator/services/kms.ts';
import { s3 } from '../../src/simulator/services/s3.ts';
import { lawOfTwoSources } from './law.ts';
import { cases } from './s3.ts';

it('S3 buckets mean the same, declared and observed', () => lawOfTwoSources(cases, [s3, kms], [s3Buckets, kmsKeys]));
