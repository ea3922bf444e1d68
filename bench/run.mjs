/** `npm run bench [monte-carlo|verify|program …]`: installs and builds what is missing, then measures. Exit 1: a bound is broken. */
import { build, install, root, run } from '../scripts/setup.mjs';

install();
build();
run(process.execPath, ['--import', 'tsx', `${root}/bench/run.ts`, ...process.argv.slice(2)]);
