/** A drill as a picture: what users and stores saw, who did what, and the clock t0 … t5, over time. */
import type { TopLevelSpec } from 'vega-lite';
import { formatDuration } from '../model/quantity.ts';
import type { World } from '../model/resource.ts';
import { memberLabel } from '../model/scope.ts';
import type { RehearsalResult } from './rehearsal.ts';
import { lostWrites } from './timeline.ts';
import { SPAN_STATES, type SpanState, type Spans } from './timeline-spans.ts';

export interface TimelineChart extends Spans {
  readonly title: string;
  readonly subtitle: string;
  /** Targets that count from the onset. Seconds. */
  readonly targets: readonly { readonly name: string; readonly at: number }[];
}

/** Okabe and Ito's colours, which people with any colour vision tell apart (https://jfly.uni-koeln.de/color/). */
const COLOURS: Readonly<Record<SpanState, string>> = {
  well: '#009e73',
  'not well': '#d55e00',
  unknown: '#999999',
  'a person acts': '#cc79a7',
  'the drill acts': '#0072b2',
};

/** Vega-Lite cuts longer labels. Pixels. */
const LABELS = 320;
const WIDTH = 720;
const ROW = 22;

/** The Vega-Lite specification of one or several drills, one beneath the other. */
export function specificationOf(charts: readonly TimelineChart[]): TopLevelSpec {
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    padding: 16,
    config: {
      font: 'sans-serif',
      axis: { labelFontSize: 11, titleFontSize: 11, labelLimit: LABELS },
      view: { stroke: '#dddddd' },
    },
    vconcat: charts.map(panelOf),
    resolve: { legend: { color: 'shared' } },
  };
}

function panelOf(chart: TimelineChart): Extract<TopLevelSpec, { vconcat: unknown }>['vconcat'][number] {
  const rows = [...new Set(chart.spans.map((s) => s.row))];
  const last = Math.max(1, ...chart.spans.map((s) => s.to), ...chart.marks.map((m) => m.at));
  const targets = chart.targets.filter((t) => t.at <= last * 1.5);
  const end = Math.max(last, ...targets.map((t) => t.at)) * 1.02;
  const start = Math.min(0, ...chart.spans.map((s) => s.from));
  const ticks = ticksBetween(start, end);
  const x = { type: 'quantitative' as const, scale: { domain: [start, end], nice: false } };
  const axis = {
    title: 'from the onset',
    values: [...ticks],
    labelExpr: `${JSON.stringify(Object.fromEntries(ticks.map((t) => [String(t), label(t)])))}[datum.value + '']`,
    grid: true,
  };
  return {
    title: { text: chart.title, subtitle: chart.subtitle, anchor: 'start' as const, offset: 18 },
    width: WIDTH,
    height: Math.max(1, rows.length) * ROW,
    layer: [
      {
        // What was done in an instant is still to be seen.
        data: { values: chart.spans.map((s) => ({ ...s, to: Math.max(s.to, s.from + (end - start) * 0.004) })) },
        mark: { type: 'bar' as const, height: { band: 0.7 } },
        encoding: {
          x: { ...x, field: 'from', axis },
          x2: { field: 'to' },
          y: { field: 'row', type: 'nominal', sort: rows, title: null },
          color: {
            field: 'state',
            type: 'nominal',
            scale: { domain: [...SPAN_STATES], range: SPAN_STATES.map((s) => COLOURS[s]) },
            legend: { title: null, orient: 'bottom', columns: SPAN_STATES.length },
          },
        },
      },
      ...rules(chart.marks, 'solid', (end - start) * NEAR, x),
      ...rules(targets, 'dashed', (end - start) * NEAR, x),
    ],
  };
}

type Instants = TimelineChart['marks'];
interface TimeScale {
  readonly type: 'quantitative';
  readonly scale: { readonly domain: number[]; readonly nice: boolean };
}

/** Vertical lines with their names above the rows; names of the dashed ones stand higher. */
function rules(at: Instants, line: 'solid' | 'dashed', near: number, x: TimeScale) {
  if (at.length === 0) return [];
  const solid = line === 'solid';
  return [
    {
      data: { values: at.map((a) => ({ ...a })) },
      mark: { type: 'rule' as const, color: '#333333', strokeDash: solid ? [] : [5, 4] },
      encoding: { x: { ...x, field: 'at' } },
    },
    {
      data: { values: together(at, near).map((a) => ({ ...a })) },
      mark: { type: 'text' as const, baseline: 'bottom' as const, align: 'center' as const, fontSize: 11, color: '#333333' },
      encoding: {
        x: { ...x, field: 'at' },
        y: { value: solid ? -4 : -17 },
        text: { field: 'name', type: 'nominal' as const },
      },
    },
  ];
}

/** Share of the width within which names would stand upon each other: they are written as one. */
const NEAR = 0.03;

function together(at: Instants, near: number): Instants {
  const groups: { name: string; at: number; last: number }[] = [];
  for (const one of [...at].sort((a, b) => a.at - b.at)) {
    const group = groups.at(-1);
    if (group !== undefined && one.at - group.last <= near) {
      group.name += ` ${one.name}`;
      group.last = one.at;
    } else groups.push({ ...one, last: one.at });
  }
  return groups.map(({ name, at: first, last }) => ({ name, at: (first + last) / 2 }));
}

const STEPS = [1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400, 604_800];
const MOST_TICKS = 10;

function ticksBetween(start: number, end: number): readonly number[] {
  const step = STEPS.find((s) => (end - start) / s <= MOST_TICKS) ?? (end - start) / MOST_TICKS;
  const ticks: number[] = [];
  for (let tick = Math.ceil(start / step) * step; tick <= end; tick += step) ticks.push(tick);
  return ticks;
}

const label = (seconds: number): string =>
  seconds === 0 ? 't0' : `${seconds < 0 ? '−' : '+'}${formatDuration(Math.abs(Math.round(seconds)))}`;

/** Drills as reports tell of them, and what was promised. */
export interface DrillsToShow extends Pick<RehearsalResult, 'drills'> {
  readonly world: World;
  readonly metrics: readonly Pick<RehearsalResult['metrics'][number], 'service' | 'scope' | 'type' | 'clock' | 'target'>[];
}

/** Every drill, with the targets that it was held against. */
export function timelineChart({ drills, metrics, world }: DrillsToShow): Promise<string> {
  const charts = drills.map(({ result, spans, marks }): TimelineChart => {
    const targets = metrics
      .filter((m) => m.service === result.service && m.scope === result.scope && m.type === 'RTO' && m.clock === 'onset')
      .map((m) => ({ name: `RTO ${formatDuration(m.target)}`, at: m.target }));
    const recovered = result.rto === null ? result.reason : `recovered after ${formatDuration(Math.round(result.rto))}`;
    const lost = result.measured === null ? '' : `; ${lostWrites(result.measured)}`;
    return {
      title: `${result.service} without ${memberLabel({ scope: result.scope, name: result.member })}`,
      subtitle: `world: ${world}; ${recovered}${lost}`,
      spans,
      marks,
      targets,
    };
  });
  return renderTimelineChart(charts);
}

/** SVG, the same bytes for the same charts. */
export async function renderTimelineChart(charts: readonly TimelineChart[]): Promise<string> {
  const [{ compile }, { parse, View }] = await Promise.all([import('vega-lite'), import('vega')]);
  const view = new View(parse(compile(specificationOf(charts)).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
