/** Data Lifecycle Manager policies: when they take snapshots of which volumes, and where they copy them. */

import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, equals, fold, known, map, no, not, unknown, yes } from '../model/known.ts';
import { isRegionName } from '../model/scope.ts';
import type { Values } from '../model/value.ts';
import { Hole, isRecord } from '../model/value.ts';
import { inOtherRegion } from './apart.ts';
import { spelling } from './links.ts';
import { largestGap } from './schedule.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service, unaffected } from './service.ts';
import type { Attached, Props, View } from './view.ts';

export const DLM_POLICY = 'aws:dlm/lifecyclePolicy:LifecyclePolicy';

export interface DlmFacts extends Identity {
  readonly enabled: Truth;
  readonly schedules: Known<readonly DlmSchedule[]>;
}

export interface DlmSchedule {
  /** Longest time between two runs, seconds. */
  readonly gap: Known<number>;
  readonly copyRegions: Known<readonly Known<string>[]>;
}

export const dlmPolicy = service<DlmFacts>({
  id: 'dlm-policy',
  title: 'Data Lifecycle Manager policy',
  kind: 'backup',
  types: [DLM_POLICY],
  parts: [],
  declare: (props) => ({ ...identityOf(props), enabled: enabled(props), schedules: schedulesOf(props) }),
  mean: () =>
    meaning({
      kind: 'backup',
      placement: regional,
      under: { ...regionalImpacts(false), data: unaffected('a policy holds no data') },
    }),
});

function enabled(policy: Props): Truth {
  return equals(policy.text('state', 'ENABLED'), 'ENABLED');
}

/** Policies of the volume's Region that may take its snapshots, by its own tags or those of the instances it is attached to. */
export function policiesFor(
  volume: Props,
  attachments: Attached,
  view: View,
): readonly { readonly covers: Truth; readonly schedule: DlmSchedule }[] {
  return view.all(DLM_POLICY).flatMap((policy) => {
    const covers = all([enabled(policy), not(inOtherRegion(volume, policy)), targets(policy, volume, attachments, view)]);
    const certainlyNot = fold(
      covers,
      (value) => !value,
      () => false,
    );
    if (certainlyNot) return [];
    return fold<readonly DlmSchedule[], readonly { covers: Truth; schedule: DlmSchedule }[]>(
      schedulesOf(policy),
      (schedules) => schedules.map((schedule) => ({ covers, schedule })),
      (why) => [{ covers: all([covers, why]), schedule: { gap: why, copyRegions: known([]) } }],
    );
  });
}

/** Only snapshot policies with a schedule count: AMIs and copies of shared snapshots do not restore a volume. */
function targets(policy: Props, volume: Props, attachments: Attached, view: View): Truth {
  return andThen(policy.text('policyDetails.policyType', 'EBS_SNAPSHOT_MANAGEMENT'), (type): Truth => {
    if (type !== 'EBS_SNAPSHOT_MANAGEMENT' && type !== 'IMAGE_MANAGEMENT') return no('the policy only copies shared snapshots');
    return andThen(
      policy.text('policyDetails.policyLanguage', 'STANDARD'),
      (language): Truth => (language === 'SIMPLIFIED' ? byDefault(policy) : byTags(policy, volume, attachments, view)),
    );
  });
}

/** A default policy takes every volume of the Region that has no recent snapshot, less its exclusions. */
function byDefault(policy: Props): Truth {
  const exclusions = policy.raw('policyDetails.exclusions');
  if (exclusions !== undefined && exclusions !== null) {
    return unknown('not-modelled', 'the default policy has exclusions', policy.origin('policyDetails.exclusions'));
  }
  return andThen(
    policy.text('policyDetails.resourceType', 'VOLUME'),
    (type): Truth =>
      type === 'VOLUME' ? yes('a default policy takes every volume') : unknown('not-modelled', 'a default policy for instances'),
  );
}

function byTags(policy: Props, volume: Props, attachments: Attached, view: View): Truth {
  const wanted = policy.raw('policyDetails.targetTags');
  return andThen(policy.texts('policyDetails.resourceTypes'), (types): Truth => {
    const takes = (type: string): Truth => (types.length === 0 ? no() : any(types.map((t) => equals(t, type))));
    const instances: Truth[] = attachments.found.map((attachment) =>
      andThen(view.target(attachment, 'instanceId'), (urn): Truth => {
        const instance = urn === undefined ? undefined : view.get(urn);
        return instance === undefined ? unknown('dangling', 'the instance is not in the sources') : tagged(wanted, instance);
      }),
    );
    return any([
      all([takes('VOLUME'), tagged(wanted, volume)]),
      all([takes('INSTANCE'), any([no(), ...instances, ...attachments.doubts])]),
    ]);
  });
}

/** Any of the target tags is enough. */
function tagged(wanted: Values[string] | undefined, resource: Props): Truth {
  if (wanted instanceof Hole) return unknown(wanted.reason, wanted.detail);
  if (!isRecord(wanted)) return no('the policy names no tags');
  return andThen(
    resource.tags,
    (tags): Truth =>
      any([
        no(),
        ...Object.entries(wanted).map(
          ([key, value]): Truth =>
            value instanceof Hole && Object.hasOwn(tags, key)
              ? unknown(value.reason, value.detail)
              : known(Object.hasOwn(tags, key) && tags[key] === value),
        ),
      ]),
  );
}

function schedulesOf(policy: Props): Known<readonly DlmSchedule[]> {
  return andThen(policy.text('policyDetails.policyLanguage', 'STANDARD'), (language) =>
    language === 'SIMPLIFIED'
      ? known([
          {
            // Default policies run every 1 … 7 days, daily unless set (provider docs, createInterval).
            gap: map(policy.number('policyDetails.createInterval', 1), (days) => days * 86_400),
            copyRegions: map(policy.blocks('policyDetails.crossRegionCopyTargets'), (copies) =>
              copies.map((c) => regionAt(c, 'targetRegion')),
            ),
          },
        ])
      : map(policy.blocks('policyDetails.schedules'), (schedules) => schedules.map(readSchedule)),
  );
}

function readSchedule(schedule: Props): DlmSchedule {
  const cron = schedule.text('createRule.cronExpression');
  return {
    gap: andThen(cron, (expression) => {
      if (expression === undefined || expression === '') {
        // Hours are the only unit.
        return andThen(schedule.number('createRule.interval'), (hours) =>
          hours === undefined
            ? unknown('error', 'the schedule names no interval', schedule.origin('createRule'))
            : known(hours * 3600),
        );
      }
      const gap = largestGap(expression);
      return gap === undefined
        ? unknown('error', `the schedule ${expression} is not understood`, schedule.origin('createRule.cronExpression'))
        : known(gap);
    }),
    copyRegions: map(schedule.blocks('crossRegionCopyRules'), (rules) =>
      rules.map((rule) => regionAt(rule, spelling(rule, 'targetRegion', 'target'))),
    ),
  };
}

function regionAt(block: Props, path: string): Known<string> {
  return andThen(block.text(path), (region) =>
    region === undefined || !isRegionName(region)
      ? unknown('not-reported', 'the copy names no Region', block.origin(path))
      : known(region, block.origin(path)),
  );
}
