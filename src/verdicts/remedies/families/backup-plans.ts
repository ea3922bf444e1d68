/** AWS Backup: which stores it covers, how often, how long it keeps, and where its copies go. */
import { factsOf } from '../../../estate/estate.ts';
import { andThen, fold, is, not } from '../../../model/known.ts';
import type { Value } from '../../../model/value.ts';
import { isList } from '../../../model/value.ts';
import { holds } from '../../../recovery/standing.ts';
import { backupable, coveredBy } from '../../../services/backup-coverage.ts';
import type { BackupPlanFacts, BackupRule } from '../../../services/backup-plan.ts';
import { BACKUP_PLAN, backupPlan } from '../../../services/backup-plan.ts';
import type { Backupable } from '../../../services/backup-selection.ts';
import type { Candidate, Cost, Family, Spot } from '../candidate.ts';
import type { Change } from '../change.ts';
import { reference } from '../change.ts';
import type { Place, Site } from '../site.ts';
import { told } from '../site.ts';

const SELECTION = 'aws:backup/selection:Selection';
const VAULT = 'aws:backup/vault:Vault';
const KEPT: Cost = { class: 'low', rests: 'storage of the recovery points, by use' };
/** The least that AWS Backup runs a rule, and its shortest windows (provider docs of backup.Plan, minutes). */
const HOURLY = 'cron(0 * * * ? *)';
const MAY_ASSUME =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"backup.amazonaws.com"},"Action":"sts:AssumeRole"}]}';
const MANAGED_POLICY = 'arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup';

interface Covering {
  readonly plan: BackupPlanFacts;
  readonly rules: readonly BackupRule[];
}

export const backups: Family = (spot, site) => {
  const resource = backupable(spot.item.props, site.view);
  if (resource === undefined || spot.scope === 'instance') return [];
  const plans = site.view
    .all(BACKUP_PLAN)
    .map((props) => factsOf(backupPlan, site.item(props.id)))
    .filter((plan) => plan !== undefined);
  const covering = plans
    .filter((plan) => holds(coveredBy(plan, resource)))
    .map((plan) => ({ plan, rules: told(plan.rules) ?? [] }));
  if (covering.length === 0) return asks(spot) ? [...assigned(resource, plans, spot, site), ...planned(spot, site)] : [];
  return [...copied(covering, spot, site), ...moreOften(covering, spot), ...longer(covering, spot)];
};

/** A restore by a person is what AWS Backup gives: of use where the data is damaged, and the last resort elsewhere. */
const asks = (spot: Spot): boolean =>
  spot.lacks.has('history') || spot.lacks.has('mechanism') || spot.lacks.has('finding') || spot.lacks.has('armed');

/** The store as one more resource of a selection of a plan of its Region and account. */
function assigned(resource: Backupable, plans: readonly BackupPlanFacts[], spot: Spot, site: Site): readonly Candidate[] {
  const near = plans.find((plan) => sameText(plan.region, resource.region) && sameText(plan.account, resource.account));
  const selection = near === undefined ? undefined : site.view.attached(near.id, SELECTION, 'planId').found[0];
  if (near === undefined || selection === undefined) return [];
  const listed = selection.raw('resources');
  const arn = reference(spot.item.resource.urn, 'arn');
  const change: Change = isList(listed)
    ? { kind: 'set', resource: selection.id, property: `resources[${listed.length}]`, to: arn }
    : { kind: 'set', resource: selection.id, property: 'resources', to: [arn] };
  return [
    {
      mechanism: 'backup-restore',
      says: `assign it to the backup plan ${near.name}`,
      changes: [change],
      cost: KEPT,
      byHand: true,
    },
  ];
}

const sameText = (a: BackupPlanFacts['region'], b: BackupPlanFacts['region']): boolean =>
  holds(andThen(a, (x) => is(b, (y) => x === y)));

/** A plan of its own, with an hourly rule. */
function planned(spot: Spot, site: Site): readonly Candidate[] {
  const { resource } = spot.item;
  const { name } = resource;
  const vault = site.add(resource, { type: VAULT, name, inputs: {} });
  const role = site.add(resource, {
    type: 'aws:iam/role:Role',
    name: `${name}-backup`,
    inputs: { assumeRolePolicy: MAY_ASSUME, managedPolicyArns: [MANAGED_POLICY] },
  });
  const days = spot.metric.type === 'RETENTION' ? Math.ceil(spot.metric.target / 86_400) : 35;
  const plan = site.add(resource, {
    type: BACKUP_PLAN,
    name,
    inputs: {
      rules: [
        {
          ruleName: 'hourly',
          targetVaultName: reference(vault.resource.urn, 'name'),
          schedule: HOURLY,
          startWindow: 60,
          completionWindow: 120,
          lifecycle: { deleteAfter: days },
        },
      ],
    },
  });
  const selection = site.add(resource, {
    type: SELECTION,
    name,
    untagged: true,
    inputs: {
      planId: reference(plan.resource.urn, 'id'),
      iamRoleArn: reference(role.resource.urn, 'arn'),
      resources: [reference(resource.urn, 'arn')],
    },
  });
  return [
    {
      mechanism: 'backup-restore',
      says: 'back it up hourly with a plan of its own',
      changes: [vault, role, plan, selection],
      cost: KEPT,
      byHand: true,
    },
  ];
}

/** Copies to the other Region, or to another account that the sources show a vault of. */
function copied(covering: readonly Covering[], spot: Spot, site: Site): readonly Candidate[] {
  if (spot.scope !== 'region' && spot.scope !== 'account') return [];
  const elsewhere = (rule: BackupRule): boolean =>
    fold(
      rule.copies,
      (copies) => copies.some((c) => !holds(not(spot.scope === 'region' ? c.otherRegion : c.otherAccount))),
      () => true,
    );
  const found = firstRule(covering, (rule) => !elsewhere(rule));
  if (found === undefined || covering.some(({ rules }) => rules.some(elsewhere))) return [];
  const to = site.otherRegion(spot.item, spot.metric.serviceId);
  const other = spot.scope === 'account' ? otherAccountsVault(spot, site) : vaultIn(to, spot, site);
  if (other === undefined) return [];
  const rules = site.view.get(found.plan)?.raw('rules');
  const copies = isList(rules) ? listedCopies(rules[found.index]) : 0;
  const path = `rules[${found.index}].copyActions`;
  const action: Value = { destinationVaultArn: reference(other.urn, 'arn') };
  const change: Change =
    copies === 0
      ? { kind: 'set', resource: found.plan, property: path, to: [action] }
      : { kind: 'set', resource: found.plan, property: `${path}[${copies}]`, to: action };
  return [
    {
      mechanism: 'backup-copy-restore',
      says:
        spot.scope === 'account' ? 'copy its recovery points to another account' : `copy its recovery points to ${to?.region}`,
      changes: [...other.changes, change],
      cost: { class: 'low', rests: 'a second copy of the recovery points and its transfer, by use' },
      byHand: true,
    },
  ];
}

const listedCopies = (rule: Value | undefined): number =>
  typeof rule === 'object' && rule !== null && 'copyActions' in rule && isList(rule.copyActions) ? rule.copyActions.length : 0;

function vaultIn(to: Place | undefined, spot: Spot, site: Site): { urn: string; changes: readonly Change[] } | undefined {
  if (to === undefined) return undefined;
  const present = site.view
    .all(VAULT)
    .find((v) => told(v.region) === to.region && sameText(v.account, spot.item.resource.account));
  if (present !== undefined) return { urn: present.id, changes: [] };
  const added = site.add(spot.item.resource, { type: VAULT, name: `backups-${to.region}`, place: to, inputs: {} });
  return { urn: added.resource.urn, changes: [added] };
}

function otherAccountsVault(spot: Spot, site: Site): { urn: string; changes: readonly Change[] } | undefined {
  const present = site.view
    .all(VAULT)
    .find((v) => holds(andThen(v.account, (a) => is(spot.item.resource.account, (b) => a !== b))));
  return present === undefined ? undefined : { urn: present.id, changes: [] };
}

function firstRule(
  covering: readonly Covering[],
  test: (rule: BackupRule) => boolean,
): { readonly plan: string; readonly index: number } | undefined {
  for (const { plan, rules } of covering) {
    const index = rules.findIndex(test);
    if (index >= 0) return { plan: plan.id, index };
  }
  return undefined;
}

/** Every hour, within the shortest windows. */
function moreOften(covering: readonly Covering[], spot: Spot): readonly Candidate[] {
  const late = spot.lacks.has('point') || spot.finding?.rule === 'backup-rpo-exceeded';
  if (!late) return [];
  return covering.flatMap(({ plan, rules }) =>
    rules.flatMap((rule, i): readonly Candidate[] => {
      const counts = spot.scope === 'region' ? copiesOut(rule) : true;
      const hourly = fold(
        rule.gap,
        (gap) => gap <= 3600,
        () => true,
      );
      return !counts || hourly
        ? []
        : [
            {
              mechanism: 'backup-restore',
              says: `run the rule ${told(rule.name) ?? i} every hour`,
              changes: [{ kind: 'set', resource: plan.id, property: `rules[${i}].schedule`, to: HOURLY }],
              cost: KEPT,
              byHand: true,
            },
          ];
    }),
  );
}

const copiesOut = (rule: BackupRule): boolean =>
  fold(
    rule.copies,
    (copies) => copies.some((c) => holds(c.otherRegion)),
    () => false,
  );

/** Kept as long as agreed. */
function longer(covering: readonly Covering[], spot: Spot): readonly Candidate[] {
  if (!spot.lacks.has('history')) return [];
  const wanted = Math.ceil(spot.metric.target / 86_400);
  const found = firstRule(covering, (rule) => holds(is(rule.lifecycle.deleteAfterDays, (days) => days < wanted)));
  if (found === undefined) return [];
  const change: Change = {
    kind: 'set',
    resource: found.plan,
    property: `rules[${found.index}].lifecycle.deleteAfter`,
    to: wanted,
  };
  return [
    {
      mechanism: 'backup-restore',
      says: `keep its recovery points for ${wanted} days`,
      changes: [change],
      cost: KEPT,
      byHand: true,
    },
  ];
}
