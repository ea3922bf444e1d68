/**
 * JUnit XML, in the shape that Jenkins, GitLab and GitHub reporters share (the xUnit plugin's schema,
 * https://github.com/jenkinsci/xunit-plugin/tree/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd): a test
 * for every agreed metric and every finding. What nobody can tell fails.
 */
import type { VerifyResult } from './result-schema.ts';
import { plainText } from './text.ts';
import type { FindingResult, MetricResult } from './words.ts';
import { established, placeText, predictedText } from './words.ts';

interface Test {
  readonly classname: string;
  readonly name: string;
  readonly file: string | undefined;
  readonly outcome: 'passed' | 'failure' | 'skipped';
  /** One line; for what passed, empty. */
  readonly message: string;
  /** Kind of the failure. */
  readonly type: string;
  readonly text: string;
}

export function renderJunit(result: VerifyResult): string {
  const suites = [
    { name: 'agreed metrics', tests: result.metrics.map(metricTest) },
    { name: 'findings', tests: numbered(result.findings.map(findingTest)) },
  ];
  const all = suites.flatMap((s) => s.tests);
  return `${[
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="holdfast" ${counts(all)} time="0">`,
    ...suites.flatMap(({ name, tests }) => [
      `  <testsuite name="${xml(name)}" ${counts(tests)} skipped="${counted(tests, 'skipped')}" time="0" timestamp="${xml(result.date)}T00:00:00">`,
      `    <properties><property name="world" value="${xml(result.world)}"/><property name="level" value="${xml(result.level)}"/></properties>`,
      ...tests.map(testcase),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ].join('\n')}\n`;
}

function counts(tests: readonly Test[]): string {
  return `tests="${tests.length}" failures="${counted(tests, 'failure')}" errors="0"`;
}

const counted = (tests: readonly Test[], outcome: Test['outcome']): number => tests.filter((t) => t.outcome === outcome).length;

/** A verdict that only waived findings stand in the way of is skipped: the exit code lets it pass too. */
function metricTest(m: MetricResult): Test {
  const { verdict, reason, waivedOnly, member } = established(m);
  const outcome =
    verdict === 'met' ? 'passed' : verdict === 'not-applicable' || (verdict === 'not-met' && waivedOnly) ? 'skipped' : 'failure';
  return {
    classname: `${m.agreement}.${m.service}`,
    name: `${m.type} ${m.scope}`,
    file: undefined,
    outcome,
    message: `${verdict}${waivedOnly ? ', by waived findings only' : ''}: ${reason}`,
    type: verdict,
    text: [`target ${m.target.text} at p${m.percentile}`, `predicted ${predictedText(m)}`, `worst member ${member}`].join('\n'),
  };
}

function findingTest(f: FindingResult): Test {
  const { waiver } = f;
  const isWaived = waiver !== null && !waiver.expired;
  return {
    classname: f.rule,
    name: f.property === null ? f.resourceTitle : `${f.resourceTitle} ${f.property}`,
    file: f.position?.file,
    outcome: isWaived ? 'skipped' : 'failure',
    message: isWaived ? `waived by ${waiver.approvedBy} until ${waiver.until}: ${waiver.reason}` : f.message,
    type: f.state === 'unknown' ? 'unknown' : f.severity,
    text: [f.title, f.message, f.resource, placeText(f)].filter((line) => line !== '').join('\n'),
  };
}

/** Readers tell tests apart by class and name: what is found in several stacks would be one. */
function numbered(tests: readonly Test[]): readonly Test[] {
  const seen = new Map<string, number>();
  return tests.map((test) => {
    const key = `${test.classname}\n${test.name}`;
    const n = (seen.get(key) ?? 0) + 1;
    seen.set(key, n);
    return n === 1 ? test : { ...test, name: `${test.name} (${n})` };
  });
}

function testcase({ classname, name, file, outcome, message, type, text }: Test): string {
  const at = file === undefined ? '' : ` file="${xml(file)}"`;
  const head = `    <testcase classname="${xml(classname)}" name="${xml(name)}"${at} time="0"`;
  if (outcome === 'passed') return `${head}/>`;
  const inside =
    outcome === 'skipped'
      ? `<skipped message="${xml(message)}"/>`
      : `<failure message="${xml(message)}" type="${xml(type)}">${text.split('\n').map(xml).join('\n')}</failure>`;
  return `${head}>${inside}</testcase>`;
}

/** What XML 1.0 has no place for, not even escaped, `plainText` takes out. */
const xml = (text: string): string => plainText(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
