/** Properties run on one seed, so that a run says the same twice; `FC_SEED=random` or a number tries others. */
import fc from 'fast-check';

const chosen = process.env.FC_SEED ?? '20261123';
if (chosen !== 'random') fc.configureGlobal({ seed: Number(chosen) });
