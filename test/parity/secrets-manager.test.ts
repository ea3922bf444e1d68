import { it } from 'vitest';
import { kmsKeys } from '../../src/services/observed/kms.ts';
import { secrets } from '../../src/services/observed/secrets-manager.ts';
import { kms } from '../../src/simulator/services/kms.ts';
import { secretsManager } from '../../src/simulator/services/secrets-manager.ts';
import { lawOfTwoSources } from './law.ts';
import { cases } from './secrets-manager.ts';

it('secrets mean the same, declared and observed', () => lawOfTwoSources(cases, [secretsManager, kms], [secrets, kmsKeys]));
