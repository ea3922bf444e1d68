/** Judges the change once, in every format; writes the job summary and the annotations. The last step of the action fails, not this one. */
import { appendFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { event, holdfast, output, refuseForeignCode, say } from './github.mjs';

const { env } = process;
/** GitHub shows ten of each kind for a step, and drops the rest. */
const MOST_ANNOTATIONS = 10;

function main() {
  refuseForeignCode();
  const folder = mkdtempSync(join(env.RUNNER_TEMP ?? tmpdir(), 'holdfast-'));
  const at = (name) => join(folder, name);
  const isOn = (name) => env[name] === 'true';
  const baseline = env.HOLDFAST_BASELINE_FILE ?? '';
  const args = [
    '--quiet',
    '--json',
    ...['--out', at('result.json')],
    ...['--also', `sarif=${at('result.sarif')}`],
    ...['--also', `junit=${at('junit.xml')}`],
    ...['--also', `comment=${at('comment.md')}`],
    ...(baseline === '' ? [] : ['--baseline', baseline]),
    ...(baseline !== '' && isOn('HOLDFAST_FAIL_ON_NEW') ? ['--fail-on-new'] : []),
    ...(env.HOLDFAST_FAIL_ON ? ['--fail-on', env.HOLDFAST_FAIL_ON] : []),
    ...(isOn('HOLDFAST_ALLOW_UNKNOWN') ? ['--allow-unknown'] : []),
  ];
  const ran = holdfast(env.GITHUB_WORKSPACE ?? '.', args, env.HOLDFAST_CHANGE);
  const { error } = ran;
  // What did not even start ends with 1 too, and is no verdict.
  const code = existsSync(at('result.json')) ? ran.code : 2;
  output('exit-code', code);
  if (code === 2) {
    say('error', error);
    appendFileSync(env.GITHUB_STEP_SUMMARY, `## ❌ Holdfast could not judge this change\n\n${fenced(error)}\n`);
    return;
  }
  const result = JSON.parse(readFileSync(at('result.json'), 'utf8'));
  const { baseline: since } = result;
  output('folder', folder);
  output('lost', since === null ? 0 : since.metrics.filter((m) => m.fails).length);
  output('new-findings', since === null ? 0 : since.findings.new + since.findings.worse);
  output('upload-sarif', isOn('HOLDFAST_SARIF') && mayWrite());
  appendFileSync(env.GITHUB_STEP_SUMMARY, readFileSync(at('comment.md'), 'utf8'));
  if (isOn('HOLDFAST_ANNOTATE')) annotate(JSON.parse(readFileSync(at('result.sarif'), 'utf8')));
}

/** What somebody named stays inside, however many backticks it has. */
function fenced(text) {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map((m) => m[0].length + 1)));
  return `${fence}text\n${text}\n${fence}`;
}

/** The token of a pull request from a fork, or of Dependabot, may only read. */
function mayWrite() {
  const { pull_request: pull } = event;
  return pull === undefined || (pull.head.repo?.full_name === env.GITHUB_REPOSITORY && env.GITHUB_ACTOR !== 'dependabot[bot]');
}

const COMMANDS = { error: 'error', warning: 'warning', note: 'notice', none: 'notice' };

/** At their lines: beside a baseline, only what the change adds or makes worse. */
function annotate({ runs }) {
  const shown = new Map();
  for (const { ruleId, level, message, locations, baselineState, suppressions } of runs[0].results) {
    if (suppressions.length > 0 || baselineState === 'unchanged') continue;
    const command = COMMANDS[level];
    const n = (shown.get(command) ?? 0) + 1;
    shown.set(command, n);
    if (n > MOST_ANNOTATIONS) continue;
    const { artifactLocation, region } = locations[0].physicalLocation;
    const text = message.text.replace(/\\([\\[\]])/g, '$1');
    say(command, text, {
      title: `Holdfast: ${ruleId}`,
      file: decodeURIComponent(artifactLocation.uri),
      line: region.startLine,
      col: region.startColumn,
    });
  }
}

main();
