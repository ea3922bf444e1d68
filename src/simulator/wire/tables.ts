/**
 * Models of the APIs whose clients carry no schemas (Resilience Hub, FIS, DRS, ARC routing control configuration) or cannot be
 * installed (ARC Region switch and zonal shift). Only what HTTP binds is known; bodies are taken as they are.
 *
 * A row is `Operation METHOD /path/{label} query list[] number# flag? instant@ .instantInBody@`.
 */
import type { ProtocolId, WireModel, WireOperation } from './model.ts';
import { type Binding, DOCUMENT, type Member, type Shape, STRING, type Structure } from './shapes.ts';
import { DRS } from './tables/drs.ts';
import { FIS } from './tables/fis.ts';
import { RECOVERY_CONTROL } from './tables/recovery-control.ts';
import { REGION_SWITCH } from './tables/region-switch.ts';
import { RESILIENCE_HUB } from './tables/resilience-hub.ts';
import { ZONAL_SHIFT } from './tables/zonal-shift.ts';

const TABLES: Readonly<Record<string, { readonly protocol: ProtocolId; readonly rows: readonly string[] }>> = {
  resiliencehub: { protocol: 'restJson1', rows: RESILIENCE_HUB },
  fis: { protocol: 'restJson1', rows: FIS },
  drs: { protocol: 'restJson1', rows: DRS },
  'route53-recovery-control-config': { protocol: 'restJson1', rows: RECOVERY_CONTROL },
  'arc-region-switch': { protocol: 'rpcv2Cbor', rows: REGION_SWITCH },
  'arc-zonal-shift': { protocol: 'restJson1', rows: ZONAL_SHIFT },
};

export function tableOf(client: string): WireModel | undefined {
  const table = TABLES[client];
  if (table === undefined) return undefined;
  return {
    client,
    protocol: table.protocol,
    version: undefined,
    xmlNamespace: undefined,
    queryCompatible: false,
    operations: new Map(table.rows.map(operationOf).map((operation) => [operation.name, operation])),
    errors: new Map(),
  };
}

function operationOf(row: string): WireOperation {
  const [name = '', method, uri, ...members] = row.split(' ');
  const labels = [...(uri ?? '').matchAll(/\{(\w+)\+?\}/g)].map(
    ([, label = '']): Member => ({
      name: label,
      shape: STRING,
      required: true,
      traits: { at: { place: 'label' } },
    }),
  );
  return {
    name,
    input: open(`${name}Request`, [...labels, ...members.map(memberOf)]),
    output: open(`${name}Response`, []),
    http: method === undefined || uri === undefined ? undefined : { method, uri, status: 200 },
  };
}

const open = (name: string, members: readonly Member[]): Structure => ({
  kind: 'structure',
  name,
  xmlName: undefined,
  members,
  union: false,
  open: true,
});

const KINDS: Readonly<Record<string, Shape>> = {
  '': STRING,
  '#': { kind: 'number' },
  '?': { kind: 'boolean' },
  '@': { kind: 'timestamp', format: undefined },
  '[]': { kind: 'list', value: STRING, traits: {} },
};

function memberOf(text: string): Member {
  const [, dot, name = '', kind = ''] = /^(\.?)(\w+)(.*)$/.exec(text) ?? [];
  const at: { readonly at?: Binding } = dot === '.' ? {} : { at: { place: 'query', name } };
  return { name, shape: KINDS[kind] ?? DOCUMENT, required: false, traits: at };
}
