/** Which subnets a VPC route table is for: those associated with it and, of the main table of a VPC, all that are with no other. */
import type { Known } from '../model/known.ts';
import { andThen, fold, known, unknown } from '../model/known.ts';
import { pointingAt, referringTo } from './pointing.ts';
import { SUBNET } from './subnets.ts';
import type { Attached, Props, View } from './view.ts';

const TABLE = 'aws:ec2/routeTable:RouteTable';
const DEFAULT_TABLE = 'aws:ec2/defaultRouteTable:DefaultRouteTable';
export const ROUTE_TABLES: readonly string[] = [TABLE, DEFAULT_TABLE];
const ASSOCIATION = 'aws:ec2/routeTableAssociation:RouteTableAssociation';
const MAIN_ASSOCIATION = 'aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation';
const VPCS = ['aws:ec2/vpc:Vpc', 'aws:ec2/defaultVpc:DefaultVpc'];

/**
 * The table that a property names: its URN, or the URN of the VPC for the default table of a VPC (`vpc.mainRouteTableId`,
 * `vpc.defaultRouteTableId`) that no resource of the sources stands for.
 */
export function tableNamed(props: Props, path: string, view: View): Known<string> {
  return andThen(view.target(props, path, [...ROUTE_TABLES, ...VPCS]), (urn) => {
    if (urn === undefined) return unknown('dangling', 'no route table', props.origin(path));
    if (!isVpc(urn, view)) return known(urn);
    const adopted = view.all(DEFAULT_TABLE).find((table) => isAt(vpcOf(table, view), urn));
    return known(adopted?.id ?? urn);
  });
}

/**
 * Subnets of the table. A subnet with no association of its own goes by the main table of its VPC, which is the default one
 * until an association makes another one main (VPC user guide, "Subnet route tables").
 */
export function subnetsOf(table: string, view: View): readonly Known<string>[] {
  const explicit = joining(ASSOCIATION, table, view);
  const named = explicit.found.flatMap((association) => joined(association, view));
  const vpc = mainOf(table, view);
  const own = named.length === 0 ? [...named, ...explicit.doubts] : named;
  return [
    ...own,
    ...fold<string | undefined, readonly Known<string>[]>(
      vpc,
      (urn) => (urn === undefined ? [] : unassociated(urn, view)),
      (why) => [why],
    ),
  ];
}

/** Associations of the table, whichever of its names they use. */
const joining = (type: string, table: string, view: View): Attached =>
  pointingAt(table, view, `table of ${type}`, [type], (association) => [tableNamed(association, 'routeTableId', view)]);

/** The subnet of an association; one that joins a gateway joins none. */
function joined(association: Props, view: View): readonly Known<string>[] {
  return fold<string | undefined, readonly Known<string>[]>(
    view.target(association, 'subnetId', [SUBNET]),
    (urn) => (urn === undefined ? [] : [known(urn)]),
    (why) => [why],
  );
}

/** The VPC whose main table this is; undefined: of none. */
function mainOf(table: string, view: View): Known<string | undefined> {
  const made = joining(MAIN_ASSOCIATION, table, view).found[0];
  if (made !== undefined) return view.target(made, 'vpcId', VPCS);
  const props = view.get(table);
  if (props?.type === TABLE) return known(undefined);
  return andThen(isVpc(table, view) || props === undefined ? known(table) : vpcOf(props, view), (vpc) => {
    const other = vpc === undefined ? undefined : referringTo(vpc, view, MAIN_ASSOCIATION, 'vpcId').found[0];
    return known(other === undefined ? vpc : undefined);
  });
}

/** VPC of a default route table: whose output names the table or, in state and in AWS, what the table itself says. */
function vpcOf(table: Props, view: View): Known<string | undefined> {
  return andThen(table.computed('vpcId'), (id) =>
    typeof id === 'string' ? view.named(known(id), table, VPCS) : view.target(table, 'defaultRouteTableId', VPCS),
  );
}

/** Subnets of the VPC that no association takes out of its main table. What may be an association of one is a doubt about it. */
function unassociated(vpc: string, view: View): readonly Known<string>[] {
  return view.all(SUBNET).flatMap((subnet): readonly Known<string>[] =>
    fold<string | undefined, readonly Known<string>[]>(
      view.target(subnet, 'vpcId', VPCS),
      (urn) => {
        if (urn !== vpc) return [];
        const { found, doubts } = referringTo(subnet.id, view, ASSOCIATION, 'subnetId');
        return found.length > 0 ? [] : [doubts[0] ?? known(subnet.id)];
      },
      (why) => (why.reason === 'dangling' ? [] : [why]),
    ),
  );
}

const isVpc = (urn: string, view: View): boolean => VPCS.includes(view.get(urn)?.type ?? '');

const isAt = (vpc: Known<string | undefined>, urn: string): boolean =>
  fold(
    vpc,
    (v) => v === urn,
    () => false,
  );
