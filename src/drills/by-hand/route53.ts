/**
 * Route 53: a record answers with its standby, and at the end exactly as before. What it said is kept in a TXT record of the same
 * zone, which comes and goes in the same change batch: Route 53 takes all of a batch or nothing.
 */
import type * as Route53 from '@aws-sdk/client-route-53';
import type { Place, Session } from '../../aws/call.ts';
import { disrupts, reads } from '../calls.ts';
import type { Actuator } from '../contract.ts';
import { changing } from './changing.ts';
import { type Hand, lostRegion, outputOf, placeOf, StepFailure, type StepMaker } from './hand.ts';
import { markOf, type Tags } from './memo.ts';
import { unless, until, worded } from './waiting.ts';

/** The control plane of Route 53 is in one Region (AWS Fault Isolation Boundaries, appendix A). */
const ONLY = { only: 'us-east-1' } as const;
const read = <I, O>(operation: string) => reads<I, O>('route-53', operation, ONLY);
const disrupt = <I, O>(operation: string) => disrupts<I, O>('route-53', operation, ONLY);

export const route53 = {
  list: read<Route53.ListResourceRecordSetsCommandInput, Route53.ListResourceRecordSetsCommandOutput>('ListResourceRecordSets'),
  zone: read<Route53.GetHostedZoneCommandInput, Route53.GetHostedZoneCommandOutput>('GetHostedZone'),
  progress: read<Route53.GetChangeCommandInput, Route53.GetChangeCommandOutput>('GetChange'),
  check: read<Route53.GetHealthCheckCommandInput, Route53.GetHealthCheckCommandOutput>('GetHealthCheck'),
  tags: read<Route53.ListTagsForResourceCommandInput, Route53.ListTagsForResourceCommandOutput>('ListTagsForResource'),
  change: disrupt<Route53.ChangeResourceRecordSetsCommandInput, Route53.ChangeResourceRecordSetsCommandOutput>(
    'ChangeResourceRecordSets',
  ),
  updateCheck: disrupt<Route53.UpdateHealthCheckCommandInput, Route53.UpdateHealthCheckCommandOutput>('UpdateHealthCheck'),
  tag: disrupt<Route53.ChangeTagsForResourceCommandInput, Route53.ChangeTagsForResourceCommandOutput>('ChangeTagsForResource'),
} as const;

type RecordSet = Route53.ResourceRecordSet;

/** "Generally within 60 seconds" at every name server (API ChangeResourceRecordSets). Milliseconds. */
const PROPAGATION = 60_000;
/** A string of a TXT record holds 255 characters, all of them together 4000 (developer guide, "TXT record type"). */
const STRING = 250;
const VALUE = 4000;

export interface Branch {
  readonly zone: string;
  readonly name: string;
  readonly type: string;
  readonly set: string | undefined;
  readonly at: Place;
}

/** Which record it is: as the sources have it, or as a drill file names it. */
export function branchOf(hand: Hand, item = hand.item): Branch | string {
  const { given } = hand;
  const zone = given.zone ?? outputOf(item, 'zoneId');
  const name = given.name ?? outputOf(item, 'fqdn') ?? outputOf(item, 'name');
  const type = given.type ?? outputOf(item, 'type');
  const at = placeOf(hand, item);
  if (zone === undefined || name === undefined || type === undefined || at === undefined)
    return `no source says in which zone ${item?.title ?? 'the record'} is, or what it is called there`;
  return { zone, name: plain(name), type, set: given.set ?? outputOf(item, 'setIdentifier'), at };
}

/** Without a final dot, in small letters, and with `*` as itself. */
const plain = (name: string): string => name.replaceAll('\\052', '*').replace(/\.$/, '').toLowerCase();

/** Every record of the name, in the order of the listing. */
export async function recordsAt(session: Session, { zone, at }: Branch, name: string): Promise<readonly RecordSet[]> {
  const { ResourceRecordSets = [] } = await session.send(route53.list, { HostedZoneId: zone, StartRecordName: name }, at);
  return ResourceRecordSets.filter((r) => plain(r.Name ?? '') === name);
}

const isBranch = (branch: Branch) => (r: RecordSet) => r.Type === branch.type && r.SetIdentifier === branch.set;

export const switchRecord: StepMaker = (hand) => {
  const branch = branchOf(hand);
  if (typeof branch === 'string') return branch;
  const target = simpleTarget(hand);
  if (branch.set === undefined && target === undefined)
    return `${branch.name} has one answer, and no source shows another that it could give: name one (to, toZone)`;
  return [switching(hand, branch, target)];
};

interface Answer {
  readonly to: string;
  /** Hosted zone of an alias target. */
  readonly zone: string | undefined;
}

/** What a drill file names, or the counterpart elsewhere of what the record leads to. */
function simpleTarget(hand: Hand): Answer | undefined {
  const { to, toZone } = hand.given;
  if (to !== undefined) return { to, zone: toZone };
  const lost = lostRegion(hand);
  const said = JSON.stringify([hand.item?.resource.outputs ?? {}, hand.item?.resource.inputs ?? {}]).toLowerCase();
  for (const item of hand.estate.resources.values()) {
    const host = outputOf(item, 'dnsName');
    if (host === undefined || !said.includes(host.toLowerCase())) continue;
    for (const mate of hand.matesOf(item)) {
      const other = outputOf(mate, 'dnsName');
      if (mate === item || other === undefined || (lost !== undefined && other.includes(`.${lost}.`))) continue;
      return { to: other, zone: outputOf(mate, 'zoneId') ?? outputOf(mate, 'hostedZoneId') };
    }
  }
  return undefined;
}

function switching(hand: Hand, branch: Branch, target: Answer | undefined): Actuator {
  const { session, clock } = hand;
  const { zone, at } = branch;
  const memoName = async (token: string): Promise<string> => {
    const { HostedZone } = await session.send(route53.zone, { Id: zone }, at);
    return `_holdfast-${markOf(token)}.${plain(HostedZone?.Name ?? '')}`;
  };
  const memo = async (token: string): Promise<RecordSet | undefined> =>
    (await recordsAt(session, branch, await memoName(token)))[0];
  const settle = async (id: string | undefined, signal: AbortSignal | undefined): Promise<void> => {
    if (id === undefined) return clock.sleep(PROPAGATION, signal);
    await until(clock, signal, 'the name servers to have the change', async () => {
      const { ChangeInfo } = await session.send(route53.progress, { Id: id }, at);
      return ChangeInfo?.Status === 'INSYNC';
    });
  };
  const apply = async (Changes: Route53.Change[], why: string): Promise<string | undefined> => {
    const input = { HostedZoneId: zone, ChangeBatch: { Comment: why, Changes } };
    return (await session.send(route53.change, input, at)).ChangeInfo?.Id;
  };
  return worded({
    id: `lead ${branch.name}${branch.set === undefined ? '' : ` (${branch.set})`} elsewhere`,
    describe: () => ({ record: branch.name, type: branch.type, to: target?.to ?? 'another record of the set' }),
    act: async (token, signal) => {
      let change: string | undefined;
      if ((await memo(token)) === undefined) {
        const all = await recordsAt(session, branch, branch.name);
        const before = all.find(isBranch(branch));
        if (before === undefined) throw new StepFailure(`zone ${zone} has no record ${branch.name} of type ${branch.type}`);
        const after = target === undefined ? likeSibling(before, all, lostRegion(hand)) : answering(before, target);
        signal.throwIfAborted();
        const kept = kept_(await memoName(token), before);
        change = await apply(
          [
            { Action: 'UPSERT', ResourceRecordSet: sendable(after) },
            { Action: 'CREATE', ResourceRecordSet: kept },
          ],
          'Holdfast: moved for a drill',
        );
      }
      await settle(change, signal);
      return { moved: branch.name };
    },
    outcome: async (token) => ((await memo(token)) === undefined ? 'not-done' : 'done'),
    compensate: async (token) => {
      const kept = await memo(token);
      if (kept === undefined) return null;
      const id = await apply(
        [
          { Action: 'UPSERT', ResourceRecordSet: sendable(readKept(kept)) },
          { Action: 'DELETE', ResourceRecordSet: sendable(kept) },
        ],
        'Holdfast: as before the drill',
      );
      await settle(id, undefined);
      return { back: branch.name };
    },
    left: async (token) => ((await memo(token)) === undefined ? [] : [`record ${branch.name} in zone ${zone}`]),
  });
}

/** Names are listed with escapes, and sent without. */
const sendable = (r: RecordSet): RecordSet => ({ ...r, Name: (r.Name ?? '').replaceAll('\\052', '*') });

/** The same branch with another answer, and without a health check of what it no longer leads to. */
function answering(before: RecordSet, { to, zone }: Answer): RecordSet {
  const { AliasTarget, ResourceRecords, TTL, HealthCheckId: _, ...branch } = before;
  if (AliasTarget !== undefined) {
    if (zone === undefined)
      throw new StepFailure(`${plain(before.Name ?? '')} is an alias: name the hosted zone of ${to} too (toZone)`);
    return { ...branch, AliasTarget: { ...AliasTarget, DNSName: to, HostedZoneId: zone } };
  }
  return { ...branch, TTL, ResourceRecords: to.split(/[ ,]+/).map((Value) => ({ Value })) };
}

/** What another record of the set answers, under this one's own policy: wherever Route 53 chooses this one, it leads there. */
function likeSibling(before: RecordSet, all: readonly RecordSet[], lost: string | undefined): RecordSet {
  const others = all.filter((r) => r.Type === before.Type && r.SetIdentifier !== before.SetIdentifier);
  const standing = others.filter(
    (r) => lost === undefined || !JSON.stringify([r.AliasTarget, r.ResourceRecords, r.Region]).includes(lost),
  );
  const [other] = standing;
  if (other === undefined)
    throw new StepFailure(`no other record of ${plain(before.Name ?? '')} leads outside ${lost ?? 'what is lost'}`);
  const { AliasTarget: _a, ResourceRecords: _r, TTL: _t, HealthCheckId: _h, ...branch } = before;
  const { AliasTarget, ResourceRecords, TTL, HealthCheckId } = other;
  const answer = AliasTarget === undefined ? { ResourceRecords, TTL } : { AliasTarget };
  return { ...branch, ...answer, ...(HealthCheckId === undefined ? {} : { HealthCheckId }) };
}

function kept_(name: string, before: RecordSet): RecordSet {
  const text = Buffer.from(JSON.stringify(before)).toString('base64');
  const strings = text.match(new RegExp(`.{1,${STRING}}`, 'g')) ?? [];
  const Value = strings.map((s) => `"${s}"`).join(' ');
  if (Value.length > VALUE)
    throw new StepFailure(`the record ${plain(before.Name ?? '')} is too long to be kept while it is changed`);
  return { Name: name, Type: 'TXT', TTL: 300, ResourceRecords: [{ Value }] };
}

function readKept(kept: RecordSet): RecordSet {
  const text = (kept.ResourceRecords?.[0]?.Value ?? '').replaceAll(/[" ]/g, '');
  // Written by `kept_` from a record set.
  return JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as RecordSet;
}

/** A health check that says the opposite moves traffic off what seems well, or back to what seems ill. */
export const invertHealthCheck: StepMaker = (hand) => {
  const id = hand.given.healthCheck ?? outputOf(hand.item, 'healthCheckId') ?? outputOf(hand.item, 'id');
  const at = placeOf(hand);
  if (id === undefined || at === undefined) return 'no source says which health check it is';
  const { session } = hand;
  const tags: Tags = {
    read: async (key) => {
      const asked = session.send(route53.tags, { ResourceType: 'healthcheck', ResourceId: id }, at);
      return (await unless(['NoSuchHealthCheck'], asked))?.ResourceTagSet?.Tags?.find((t) => t.Key === key)?.Value;
    },
    write: (Key, Value) =>
      session.send(route53.tag, { ResourceType: 'healthcheck', ResourceId: id, AddTags: [{ Key, Value }] }, at),
    erase: (key) => session.send(route53.tag, { ResourceType: 'healthcheck', ResourceId: id, RemoveTagKeys: [key] }, at),
  };
  const check = async (): Promise<Route53.HealthCheck | undefined> =>
    (await session.send(route53.check, { HealthCheckId: id }, at)).HealthCheck;
  const isInverted = async (): Promise<boolean> => (await check())?.HealthCheckConfig?.Inverted === true;
  const set = async (Inverted: boolean): Promise<unknown> =>
    session.send(
      route53.updateCheck,
      { HealthCheckId: id, HealthCheckVersion: (await check())?.HealthCheckVersion, Inverted },
      at,
    );
  return [
    changing({
      id: `invert health check ${id}`,
      describes: { inverts: id },
      clock: hand.clock,
      subject: `arn:aws:route53:::healthcheck/${id}`,
      tags,
      before: async () => ({ inverted: String(await isInverted()) }),
      changed: async ({ inverted }) => (await isInverted()) !== (inverted === 'true'),
      change: ({ inverted }) => set(inverted !== 'true'),
      isBack: async ({ inverted }) => (await isInverted()) === (inverted === 'true'),
      back: ({ inverted }) => set(inverted === 'true'),
      busy: ['HealthCheckVersionMismatch'],
    }),
  ];
};
