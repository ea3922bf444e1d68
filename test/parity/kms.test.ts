import { it } from 'vitest';
import { kmsKeys } from '../../src/services/observed/kms.ts';
import { kms } from '../../src/simulator/services/kms.ts';
import { cases } from './kms.ts';
import { lawOfTwoSources } from './law.ts';

it('KMS keys mean the same, declared and observed', () => lawOfTwoSources(cases, [kms], [kmsKeys]));
