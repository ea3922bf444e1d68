import { it } from 'vitest';
import { ecrReplication, ecrRepositories } from '../../src/services/observed/ecr.ts';
import { kmsKeys } from '../../src/services/observed/kms.ts';
import { ecr } from '../../src/simulator/services/ecr.ts';
import { kms } from '../../src/simulator/services/kms.ts';
import { cases } from './ecr.ts';
import { lawOfTwoSources } from './law.ts';

it('ECR repositories mean the same, declared and observed', () =>
  lawOfTwoSources(cases, [ecr, kms], [ecrRepositories, ecrReplication, kmsKeys]));
