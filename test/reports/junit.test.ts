import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { renderJunit } from '../../src/reports/junit.ts';
import type { VerifyResult } from '../../src/reports/result-schema.ts';
import { plainText } from '../../src/reports/text.ts';
import { NOBODY_KNOWS } from '../verdicts/estates.ts';
import { HOSTILE, RESULTS, result } from './support.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** A strict parser of XML 1.0: it throws at anything that is not well-formed. */
function parse(xml: string): Element {
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const at = open.at(-1);
    if (at !== undefined) at.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  const [root] = top.children;
  if (root === undefined) throw new Error('no root element');
  return root;
}

const casesOf = (root: Element): readonly Element[] =>
  root.children.flatMap((s) => s.children.filter((c) => c.name === 'testcase'));

/** What the schema of Jenkins' xUnit plugin allows in each element, and demands of it (type junit-10). */
const ALLOWED: Readonly<
  Record<
    string,
    { readonly attributes: readonly string[]; readonly needs: readonly string[]; readonly children: readonly string[] }
  >
> = {
  testsuites: {
    attributes: ['name', 'time', 'tests', 'failures', 'errors', 'disabled'],
    needs: [],
    children: ['testsuite'],
  },
  testsuite: {
    attributes: ['name', 'tests', 'failures', 'errors', 'time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file'],
    needs: ['name'],
    children: ['properties', 'testcase'],
  },
  properties: { attributes: [], needs: [], children: ['property'] },
  property: { attributes: ['name', 'value'], needs: ['name', 'value'], children: [] },
  testcase: { attributes: ['name', 'time', 'classname', 'file'], needs: ['name', 'classname'], children: ['skipped', 'failure'] },
  failure: { attributes: ['message', 'type'], needs: ['message', 'type'], children: [] },
  skipped: { attributes: ['message'], needs: ['message'], children: [] },
};

function check(element: Element): void {
  const allowed = ALLOWED[element.name];
  expect(allowed, element.name).toBeDefined();
  for (const name of Object.keys(element.attributes)) expect(allowed?.attributes).toContain(name);
  for (const name of allowed?.needs ?? []) expect(element.attributes).toHaveProperty(name);
  for (const child of element.children) {
    expect(allowed?.children).toContain(child.name);
    check(child);
  }
}

describe.each(Object.entries(RESULTS))('JUnit: %s', (_name, given: VerifyResult) => {
  const root = parse(renderJunit(given));
  const cases = casesOf(root);

  it('is of the shape that Jenkins takes', () => {
    expect(root.name).toBe('testsuites');
    check(root);
  });

  it('has a test for every metric and finding, each told apart by class and name', () => {
    expect(cases).toHaveLength(given.metrics.length + given.findings.length);
    expect(new Set(cases.map((c) => `${c.attributes.classname}\n${c.attributes.name}`)).size).toBe(cases.length);
  });

  it('counts what is in it', () => {
    for (const suite of [root, ...root.children]) {
      const own = suite === root ? cases : suite.children.filter((c) => c.name === 'testcase');
      const of = (name: string): string => String(own.filter((c) => c.children.some((x) => x.name === name)).length);
      expect(suite.attributes).toMatchObject({
        tests: String(own.length),
        failures: of('failure'),
        ...(suite === root ? {} : { skipped: of('skipped') }),
        errors: '0',
      });
    }
  });
});

describe('JUnit', () => {
  const outcome = (given: VerifyResult, name: string): string | undefined =>
    casesOf(parse(renderJunit(given))).find((c) => c.attributes.name === name)?.children[0]?.name;

  it('what nobody can tell fails', () => {
    expect(outcome(result([NOBODY_KNOWS]), 'RTO az')).toBe('failure');
    expect(outcome(RESULTS.met as VerifyResult, 'RTO az')).toBeUndefined();
  });

  it('what is waived is skipped, with who and why; not when the waiver is over', () => {
    const waived = casesOf(parse(renderJunit(RESULTS.waived as VerifyResult))).find(
      (c) => c.attributes.classname === 'rds-not-multi-az',
    );
    expect(waived?.children[0]?.name).toBe('skipped');
    expect(waived?.children[0]?.attributes.message).toContain('until 2026-12-31');
    const over = casesOf(parse(renderJunit(RESULTS['a waiver that is over'] as VerifyResult))).find(
      (c) => c.attributes.classname === 'rds-not-multi-az',
    );
    expect(over?.children[0]?.name).toBe('failure');
  });

  it('says what was said, whatever XML makes of it', () => {
    const names = casesOf(parse(renderJunit(RESULTS.hostile as VerifyResult))).map((c) => c.attributes.name ?? '');
    expect(names.some((n) => n.includes(plainText(HOSTILE)))).toBe(true);
  });
});
