/** Preloaded into a measured process: on exit it writes down what the process used. Its file is named in the environment. */
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const file = process.env.HOLDFAST_BENCH_USAGE;
  if (file) writeFileSync(file, JSON.stringify(process.resourceUsage()));
});
