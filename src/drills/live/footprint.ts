/** What a service stands on in AWS: its resources by Region, the networks that they are in, and what is in no network. */
import type { Session } from '../../aws/call.ts';
import { pagesOf } from '../../aws/pages.ts';
import { type EstateResource, meaningOf } from '../../estate/estate.ts';
import type { Role } from '../../estate/roles.ts';
import { fold } from '../../model/known.ts';
import { isList, isRecord, type Value } from '../../model/value.ts';
import type { Judgement } from '../../verdicts/judge.ts';
import { placeOfArn } from '../kinds/places.ts';
import { describeSubnets } from './calls.ts';

export interface Standing {
  readonly item: EstateResource;
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  /** Undefined: configuration, which serves nothing itself. */
  readonly role: Role | undefined;
  /** Users come in there, or are led there. */
  readonly isEntry: boolean;
  /** Ids of subnets and VPCs that it names, itself or through its subnet group. */
  readonly networks: ReadonlySet<string>;
}

/** Everything of the service, and what it needs to recover, that has an ARN in a Region. */
export function footprintOf(judgement: Judgement, service: string): readonly Standing[] {
  const { estate } = judgement;
  const roles = new Map<string, Role>();
  const entries = new Set<string>();
  const needed = new Set(judgement.assignment.services.get(service)?.resources ?? []);
  for (const verdict of judgement.verdicts) {
    if (verdict.metric.serviceId !== service) continue;
    const path = judgement.pathOf(verdict);
    for (const { role } of path.outcomes)
      for (const urn of role.members) {
        roles.set(urn, role);
        needed.add(urn);
      }
    for (const role of path.entries) for (const urn of role.members) entries.add(urn);
  }
  const led = ledTo(judgement);
  const groups = subnetGroupsOf(judgement);
  return [...needed].flatMap((urn): readonly Standing[] => {
    const item = estate.resources.get(urn);
    const arn = item?.resource.outputs.arn;
    if (item === undefined || typeof arn !== 'string') return [];
    const { account, region } = placeIn(item, arn);
    if (region === '') return [];
    const said = [...textsIn(item.resource.inputs), ...textsIn(item.resource.outputs)];
    const named = [...said, ...said.flatMap((text) => groups.get(`${region} ${text}`) ?? [])];
    const networks = new Set(named.filter((text) => /^(?:subnet|vpc)-[0-9a-f]+$/.test(text)));
    const role = roles.get(urn);
    const isEntry = led.has(urn) || (entries.has(urn) && role?.kind !== 'store');
    return [{ item, arn, account, region, role, isEntry, networks }];
  });
}

/** Where traffic goes: a bucket behind a CloudFront distribution is a store that users are led to. */
function ledTo({ estate }: Judgement): ReadonlySet<string> {
  const urns = new Set<string>();
  for (const item of estate.resources.values())
    for (const link of meaningOf(item)?.links ?? [])
      if (link.carries === 'traffic')
        fold(
          link.to,
          (to) => urns.add(to),
          () => undefined,
        );
  return urns;
}

/** A bucket's ARN names neither account nor Region: its outputs do. */
function placeIn(item: EstateResource, arn: string): { readonly account: string; readonly region: string } {
  const { at } = placeOfArn(arn);
  const { region } = item.resource.outputs;
  return { account: at.account, region: at.region === '' && typeof region === 'string' ? region : at.region };
}

function subnetGroupsOf({ estate }: Judgement): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, readonly string[]>();
  for (const { resource } of estate.resources.values()) {
    if (!resource.type.endsWith('/subnetGroup:SubnetGroup')) continue;
    const { arn } = resource.outputs;
    const region = typeof arn === 'string' ? placeOfArn(arn).at.region : '';
    for (const name of [resource.id, resource.inputs.name]) {
      if (typeof name === 'string') groups.set(`${region} ${name}`, textsIn(resource.inputs.subnetIds ?? null));
    }
  }
  return groups;
}

function textsIn(value: Value): readonly string[] {
  if (typeof value === 'string') return [value];
  if (isList(value)) return value.flatMap(textsIn);
  return isRecord(value) ? Object.values(value).flatMap(textsIn) : [];
}

export interface LiveSubnet {
  readonly id: string;
  readonly arn: string;
  readonly zone: string;
  readonly tags: Readonly<Record<string, string>>;
}

export const tagsIn = (
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): Readonly<Record<string, string>> => Object.fromEntries((tags ?? []).map((t) => [t.Key ?? '', t.Value ?? '']));

/** Every subnet, as AWS shows it now, of the VPCs that the resources are in. */
export async function subnetsOf(
  session: Session,
  standing: readonly Standing[],
  at: { readonly account: string; readonly region: string },
): Promise<readonly LiveSubnet[]> {
  const named = new Set(standing.filter((s) => s.region === at.region).flatMap((s) => [...s.networks]));
  const all = [];
  for await (const page of pagesOf(describeSubnets, {}, at, (input) => session.send(describeSubnets, input, at)))
    all.push(...(page.Subnets ?? []));
  const vpcs = new Set(all.filter((s) => named.has(s.SubnetId ?? '') || named.has(s.VpcId ?? '')).map((s) => s.VpcId));
  return all
    .filter((s) => vpcs.has(s.VpcId))
    .map(({ SubnetId: id = '', SubnetArn: arn, AvailabilityZone: zone = '', Tags }) => ({
      id,
      arn: arn ?? `arn:aws:ec2:${at.region}:${at.account}:subnet/${id}`,
      zone,
      tags: tagsIn(Tags),
    }));
}
