import { it } from 'vitest';
import { kmsKeys } from '../../src/services/observed/kms.ts';
import { ssmParameters } from '../../src/services/observed/ssm.ts';
import { kms } from '../../src/simulator/services/kms.ts';
import { ssm } from '../../src/simulator/services/ssm.ts';
import { lawOfTwoSources } from './law.ts';
import { cases } from './ssm.ts';

it('SSM parameters mean the same, declared and observed', () => lawOfTwoSources(cases, [ssm, kms], [ssmParameters, kmsKeys]));
