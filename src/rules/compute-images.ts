/** What compute is started from: images, code and machine images, which AWS keeps Region by Region. */

import type { EstateResource } from '../estate/estate.ts';
import { meaningOf } from '../estate/estate.ts';
import { linked } from '../estate/roles.ts';
import type { Known, Truth } from '../model/known.ts';
import { all, andThen, any, because, known, no, not, together, unknown, yes } from '../model/known.ts';
import { differ } from '../services/apart.ts';
import { autoscalingGroup } from '../services/autoscaling-group.ts';
import { ec2Instance } from '../services/ec2-instance.ts';
import { ecrRepository } from '../services/ecr-repository.ts';
import { ecsService } from '../services/ecs-service.ts';
import { lambdaFunction } from '../services/lambda-function.ts';
import { launchTemplate } from '../services/launch-template.ts';
import { matesElsewhere, regionMatters, regionOf } from './places.ts';
import { some, textOr, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { on } from './rule.ts';

export const imageRules: readonly Rule[] = [
  {
    id: 'lambda-code-bucket-primary-region',
    family: 'compute',
    title: 'The function is deployed from another Region',
    severity: 'high',
    scopes: ['region'],
    why: 'Lambda keeps its own copy of deployed code, but every new deployment reads the bucket or registry. When that Region is lost, the function cannot be changed or created anew, and AWS refuses sources of another Region in the first place.',
    fix: 'Replicate the bucket or repository, and let `s3Bucket` or `imageUri` name the one in the Region of the function.',
    source: 'derived',
    checks: [
      on(lambdaFunction, (facts, item, context) =>
        regionMatters(context, facts.id)
          ? whenAny(
              [],
              [
                from(facts.codeBucket, item, 'its code', context),
                any([from(facts.image, item, 'its image', context), ofHost(item.props.text('imageUri', ''), item)]),
              ],
              's3Bucket',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'image-registry-single-region',
    family: 'compute',
    title: 'The images are in one Region',
    severity: 'critical',
    scopes: ['region'],
    why: 'Each task or node that starts pulls its image. When the Region of the registry is lost, nothing new can start in the standby, whatever capacity it has.',
    fix: 'Add an aws.ecr.ReplicationConfiguration in the Region of the registry with the standby Region as destination, push the images again, and let the standby pull from its own Region.',
    source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html',
    checks: [
      on(ecrRepository, (facts, item, context) =>
        regionMatters(context, facts.id) && isPulled(facts.id, context)
          ? whenAny(
              [],
              [
                andThen(facts.copies, (copies) =>
                  because(
                    not(some(copies, (copy) => all([copy.covers, differ(facts.region, copy.region)]), context)),
                    `images of ${facts.name} are copied to no other Region`,
                  ),
                ),
              ].map((t) => unlessPushedTwice(t, item, context)),
              'name',
            )
          : undefined,
      ),
      on(ecsService, (facts, item, context) =>
        regionMatters(context, facts.id)
          ? whenAny(
              [],
              [
                ...linked(context.estate, facts.id, 'image')
                  .filter((urn) => context.facts(ecrRepository, urn) !== undefined)
                  .map((urn) => from(known(urn), item, 'its image', context)),
                ofHost(containersOf(facts.taskDefinition, context), item),
              ],
              'taskDefinition',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'ami-not-copied',
    family: 'compute',
    title: 'The standby launches from a machine image of another Region',
    severity: 'high',
    scopes: ['region'],
    why: 'AMI ids are valid in one Region only. A launch with the id of another one fails, and nothing starts in the standby.',
    fix: 'Copy the image (aws.ec2.AmiCopy with a provider of the standby Region), or look it up there by aws.ec2.getAmi or an SSM parameter.',
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/CopyingAMIs.html',
    checks: [
      on(autoscalingGroup, (facts, item, context) =>
        regionMatters(context, facts.id)
          ? whenAny(
              [],
              foreignImage(item, (urn) => imageOfGroup(urn, context), facts.imageResource, context),
              'launchTemplate',
            )
          : undefined,
      ),
      on(ec2Instance, (facts, item, context) =>
        regionMatters(context, facts.id)
          ? whenAny(
              [],
              foreignImage(item, (urn) => context.facts(ec2Instance, urn)?.image, facts.imageResource, context),
              'ami',
            )
          : undefined,
      ),
    ],
  },
];

/** A bucket or repository of the sources that is in another Region. One that they do not hold is judged by its address. */
function from(source: Known<string | undefined>, item: EstateResource, what: string, context: RuleContext): Truth {
  const urn = textOr(source, undefined);
  if (urn === undefined) return no('it names none of the sources');
  return andThen(
    together({ own: item.resource.region, theirs: regionOf(urn, context) }),
    (r): Truth =>
      r.own === r.theirs ? no('it is of the same Region') : yes(`${item.title} in ${r.own} takes ${what} from ${r.theirs}`),
  );
}

/** Registries carry their Region in their host name. */
function ofHost(text: Known<string>, item: EstateResource): Truth {
  return andThen(together({ text, own: item.resource.region }), ({ text: names, own }): Truth => {
    const regions = [...names.matchAll(/\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/g)].map((match) => match[1]);
    const other = regions.find((region) => region !== undefined && region !== own);
    return other === undefined
      ? no('it pulls from its own Region')
      : yes(`${item.title} in ${own} pulls its image from ${other}`);
  });
}

/** What is made of other resources' outputs is judged by its links. */
function containersOf(definition: Known<string | undefined>, context: RuleContext): Known<string> {
  const urn = textOr(definition, undefined);
  const props = urn === undefined ? undefined : context.estate.resources.get(urn)?.props;
  return known(props === undefined ? '' : (textOr(props.text('containerDefinitions', ''), '') ?? ''));
}

const pulledByEstate = new WeakMap<RuleContext['estate'], ReadonlySet<string>>();

/** Does anything in the sources start from it? */
function isPulled(repository: string, context: RuleContext): boolean {
  let pulled = pulledByEstate.get(context.estate);
  if (pulled === undefined) {
    const computing = [...context.estate.resources].filter(([, item]) => meaningOf(item)?.kind === 'compute');
    pulled = new Set(computing.flatMap(([urn]) => linked(context.estate, urn, 'image')));
    pulledByEstate.set(context.estate, pulled);
  }
  return pulled.has(repository);
}

/** A repository of the same name in the other Region may be pushed to as well, which no code of the sources shows. */
function unlessPushedTwice(fires: Truth, item: EstateResource, context: RuleContext): Truth {
  const twin = matesElsewhere(item.resource.urn, context)[0];
  if (twin === undefined) return fires;
  return andThen(
    fires,
    (alone): Truth =>
      alone
        ? unknown('not-reported', `whether images are also pushed to ${twin.title} is not in the code`, {
            resource: item.resource.urn,
          })
        : no('its images are copied'),
  );
}

function imageOfGroup(urn: string, context: RuleContext): Known<string | undefined> | undefined {
  const group = context.facts(autoscalingGroup, urn);
  return group === undefined
    ? undefined
    : andThen(group.launchTemplate, (template) =>
        template === undefined ? known(undefined) : (context.facts(launchTemplate, template)?.image ?? known(undefined)),
      );
}

function foreignImage(
  item: EstateResource,
  imageOf: (urn: string) => Known<string | undefined> | undefined,
  resource: string | undefined,
  context: RuleContext,
): readonly Truth[] {
  const own = imageOf(item.resource.urn) ?? known(undefined);
  const mates = matesElsewhere(item.resource.urn, context);
  const copied = mates.map((mate) =>
    andThen(
      together({ own, theirs: imageOf(mate.resource.urn) ?? known(undefined) }),
      (images): Truth =>
        images.own?.startsWith('ami-') && images.own === images.theirs
          ? yes(`${item.title} launches ${images.own}, as ${mate.title} does in another Region`)
          : no('they launch different images'),
    ),
  );
  const elsewhere =
    resource === undefined
      ? []
      : [because(differ(item.resource.region, regionOf(resource, context)), `${item.title} launches an image of another Region`)];
  return [...elsewhere, ...copied, no('nothing stands in for it elsewhere')];
}
