/** AWS Backup plans with their selections: what runs when, where copies go, and which resources were assigned. */
import type { Known, Truth, Unknown } from '../model/known.ts';
import { andThen, fold, known, map, together, unknown } from '../model/known.ts';
import type { Meaning } from '../model/protection.ts';
import { Hole, isRecord } from '../model/value.ts';
import { differ, inOtherAccount, inOtherRegion } from './apart.ts';
import type { BackupSelection } from './backup-selection.ts';
import { readSelection } from './backup-selection.ts';
import { AIR_GAPPED_VAULT, BACKUP_VAULTS } from './backup-vault.ts';
import { holds, ruledOut } from './database-parts.ts';
import { arnPart, linkTo } from './links.ts';
import { largestGap } from './schedule.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service, unaffected } from './service.ts';
import type { Props, View } from './view.ts';

export const BACKUP_PLAN = 'aws:backup/plan:Plan';
const SELECTION = 'aws:backup/selection:Selection';
const REGION_SETTINGS = 'aws:backup/regionSettings:RegionSettings';

/** What the provider sends when the inputs are unset; AWS's own defaults would be 8 hours and 7 days. */
const START_MINUTES = 60;
const COMPLETION_MINUTES = 180;
/** AWS's default schedule of a rule (botocore, backup BackupRuleInput): daily at 05:00 UTC. */
const DAILY = 'cron(0 5 ? * * *)';

export interface BackupPlanFacts extends Identity {
  readonly rules: Known<readonly BackupRule[]>;
  readonly selections: readonly BackupSelection[];
  /** Selections of which nobody knows whether they belong to this plan. */
  readonly doubts: readonly Unknown[];
  /**
   * Per resource type as AWS names it (`EFS`): may tags assign it? A type that is missing may not. Unknown as a whole where
   * the Region's settings are not in the sources.
   */
  readonly optIn: Known<Readonly<Record<string, Truth>>>;
}

export interface BackupRule {
  readonly name: Known<string>;
  /** Longest time between two runs, seconds. */
  readonly gap: Known<number>;
  /** Seconds. A job that does not start, or finish, within them is given up. */
  readonly startWindow: Known<number>;
  readonly completionWindow: Known<number>;
  readonly continuous: Truth;
  readonly vault: Known<string | undefined>;
  readonly airGappedVault: Known<string | undefined>;
  readonly lifecycle: BackupLifecycle;
  readonly copies: Known<readonly BackupCopy[]>;
}

export interface BackupLifecycle {
  /** Infinity: kept for ever. */
  readonly deleteAfterDays: Known<number>;
  readonly coldAfterDays: Known<number | undefined>;
}

export interface BackupCopy {
  readonly vault: Known<string | undefined>;
  readonly region: Known<string>;
  readonly otherRegion: Truth;
  readonly otherAccount: Truth;
  readonly airGapped: boolean;
  readonly lifecycle: BackupLifecycle;
}

export const backupPlan = service<BackupPlanFacts>({
  id: 'backup-plan',
  title: 'AWS Backup plan',
  kind: 'backup',
  types: [BACKUP_PLAN],
  parts: [{ type: SELECTION, of: 'planId' }],
  declare(props, view) {
    const attached = view.attached(props.id, SELECTION, 'planId');
    return {
      ...identityOf(props),
      rules: map(props.blocks('rules'), (rules) => rules.map((rule) => readRule(rule, props, view))),
      selections: attached.found.map((selection) => readSelection(selection, view)),
      doubts: attached.doubts,
      optIn: optInOf(props, view),
    };
  },
  mean(facts): Meaning {
    return meaning({
      kind: 'backup',
      placement: regional,
      under: { ...regionalImpacts(false), data: unaffected('a plan holds no data') },
      links: fold(
        facts.rules,
        (rules) => rules.flatMap((rule) => linkTo(rule.vault, 'backup', 'rules.targetVaultName')),
        () => [],
      ),
    });
  },
});

function readRule(rule: Props, plan: Props, view: View): BackupRule {
  const lifecycle = readLifecycle(rule, undefined);
  return {
    name: rule.text('ruleName', ''),
    gap: gapOf(rule),
    startWindow: map(rule.number('startWindow', START_MINUTES), (minutes) => minutes * 60),
    completionWindow: map(rule.number('completionWindow', COMPLETION_MINUTES), (minutes) => minutes * 60),
    continuous: rule.flag('enableContinuousBackup', false),
    vault: view.target(rule, 'targetVaultName', BACKUP_VAULTS),
    airGappedVault: view.target(rule, 'targetLogicallyAirGappedBackupVaultArn', [AIR_GAPPED_VAULT]),
    lifecycle,
    copies: map(rule.blocks('copyActions'), (copies) => copies.map((copy) => readCopy(copy, plan, lifecycle, view))),
  };
}

/** In a time zone with summer time, one night a year is an hour longer. */
function gapOf(rule: Props): Known<number> {
  return andThen(
    together({ schedule: rule.text('schedule', DAILY), zone: rule.text('scheduleExpressionTimezone', 'Etc/UTC') }),
    ({ schedule, zone }) => {
      const gap = largestGap(schedule);
      if (gap === undefined) return unknown('error', `the schedule ${schedule} is not understood`, rule.origin('schedule'));
      return known(/^(Etc\/)?(UTC|GMT|UCT|Universal|Zulu)$/.test(zone) ? gap : gap + 3600, rule.origin('schedule'));
    },
  );
}

/** A copy without a lifecycle of its own keeps that of the rule; an unset or -1 `deleteAfter` keeps for ever. */
function readLifecycle(block: Props, inherited: BackupLifecycle | undefined): BackupLifecycle {
  const lifecycle = block.raw('lifecycle');
  if ((lifecycle === undefined || lifecycle === null) && inherited !== undefined) return inherited;
  return {
    deleteAfterDays: map(block.number('lifecycle.deleteAfter'), (days) =>
      days === undefined || days <= 0 ? Number.POSITIVE_INFINITY : days,
    ),
    coldAfterDays: block.number('lifecycle.coldStorageAfter'),
  };
}

function readCopy(copy: Props, plan: Props, inherited: BackupLifecycle, view: View): BackupCopy {
  const vault = view.target(copy, 'destinationVaultArn', BACKUP_VAULTS);
  const here = fold<string | undefined, Props | undefined>(
    vault,
    (urn) => (urn === undefined ? undefined : view.get(urn)),
    () => undefined,
  );
  const region = here?.region ?? arnField(copy, 'destinationVaultArn', 'region');
  return {
    vault,
    region,
    otherRegion: here === undefined ? differ(plan.region, region) : inOtherRegion(plan, here),
    otherAccount:
      here === undefined ? differ(plan.account, arnField(copy, 'destinationVaultArn', 'account')) : inOtherAccount(plan, here),
    airGapped: here?.type === AIR_GAPPED_VAULT,
    lifecycle: readLifecycle(copy, inherited),
  };
}

/** A field of an ARN, even when other fields of it are not known yet. */
function arnField(props: Props, path: string, part: 'region' | 'account'): Known<string> {
  const value = props.raw(path);
  const text = value instanceof Hole ? value.template : value;
  const found = typeof text === 'string' ? arnPart(text.replaceAll(/\$\{\d+\}/g, '\u0000'), part) : undefined;
  if (found !== undefined && !found.includes('\u0000')) return known(found, props.origin(path));
  return andThen(props.text(path), () => unknown('not-reported', `the ARN names no ${part}`, props.origin(path)));
}

/** Tags assign only types that the Region's settings opt in; the settings are one per account and Region. */
function optInOf(plan: Props, view: View): BackupPlanFacts['optIn'] {
  const [settings, ...others] = view
    .all(REGION_SETTINGS)
    .filter((candidate) => ruledOut(inOtherRegion(plan, candidate)) && !holds(inOtherAccount(plan, candidate)));
  if (settings === undefined || others.length > 0) {
    return unknown(
      'not-reported',
      "tags assign only types that the Region's AWS Backup settings opt in, and aws:backup/regionSettings:RegionSettings is not in the sources",
      { resource: plan.id },
    );
  }
  const preferences = settings.raw('resourceTypeOptInPreference');
  if (!isRecord(preferences))
    return andThen(settings.blocks('resourceTypeOptInPreference'), () => known({}, { resource: settings.id }));
  return known(
    Object.fromEntries(
      Object.keys(preferences).map((type): [string, Truth] => [
        type,
        settings.flag(`resourceTypeOptInPreference.${type}`, false),
      ]),
    ),
    settings.origin('resourceTypeOptInPreference'),
  );
}
