/** What an address that an edge service or an API was given stands for, where it belongs to a part of something else. */
import type { Known } from '../model/known.ts';
import { andThen, fold, known } from '../model/known.ts';
import { Hole } from '../model/value.ts';
import { referringTo } from './pointing.ts';
import { ADDRESSED, addressed } from './route53-targets.ts';
import type { Props, View } from './view.ts';
import { only } from './view.ts';

const EIP = 'aws:ec2/eip:Eip';
const EIP_ASSOCIATION = 'aws:ec2/eipAssociation:EipAssociation';

/** Types that only lead to another resource, and the properties that name it, in order of preference. */
const LEADS_TO: Readonly<Record<string, readonly string[]>> = {
  'aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration': ['bucket'],
  'aws:lambda/functionUrl:FunctionUrl': ['functionName'],
  'aws:lambda/alias:Alias': ['functionName'],
  'aws:lb/listener:Listener': ['loadBalancerArn'],
  [EIP]: ['instance'],
  [EIP_ASSOCIATION]: ['instanceId'],
  'aws:apigateway/deployment:Deployment': ['restApi'],
  'aws:apigateway/stage:Stage': ['restApi'],
  'aws:apigatewayv2/stage:Stage': ['apiId'],
  'aws:cloudfront/vpcOrigin:VpcOrigin': ['vpcOriginEndpointConfig.arn'],
};

/** An alias of a listener's load balancer is two steps; a circle in a broken program must end. */
const MAX_STEPS = 4;

/** The resource that serves behind a part: the bucket of a website, the function of a URL, the load balancer of a listener. */
export function servedBy(urn: string, view: View, steps = 0): Known<string> {
  const props = view.get(urn);
  const paths = props === undefined || steps >= MAX_STEPS ? undefined : LEADS_TO[props.type];
  if (props === undefined || paths === undefined) return known(urn);
  for (const path of paths) {
    const to = view.target(props, path);
    const unset = fold(
      to,
      (v) => v === undefined,
      () => false,
    );
    if (!unset) return andThen(to, (next) => (next === undefined ? known(urn) : servedBy(next, view, steps + 1)));
  }
  return props.type === EIP ? associated(urn, view, steps) : known(urn);
}

/** An address may be joined to its instance by a resource between them; without one it stands for itself. */
function associated(address: string, view: View, steps: number): Known<string> {
  return andThen(only(referringTo(address, view, EIP_ASSOCIATION, 'allocationId')), (association) =>
    association === undefined ? known(address) : servedBy(association.id, view, steps + 1),
  );
}

/** What the host name, URL or reference at `path` leads to; undefined when it is not set. */
export function behind(props: Props, path: string, view: View): Known<string | undefined> {
  const direct = addressed(props, path, view);
  const raw = props.raw(path);
  const found =
    raw instanceof Hole
      ? direct
      : fold<string | undefined, Known<string | undefined>>(
          direct,
          () => direct,
          (why) =>
            fold(
              props.text(path, ''),
              (text) => byHost(text, props, view) ?? why,
              () => why,
            ),
        );
  return andThen(found, (urn) => (urn === undefined ? known(undefined) : servedBy(urn, view)));
}

function byHost(text: string, near: Props, view: View): Known<string> | undefined {
  const host = text.replace(/^[a-z]+:\/\//i, '').replace(/[/:?].*$/, '');
  const named = (name: string): Known<string> => view.named(known(name, near.origin('')), near, ADDRESSED);
  for (const candidate of [host, host.toLowerCase(), `https://${host}`, `http://${host}`]) {
    const found = named(candidate);
    if (
      fold(
        found,
        () => true,
        () => false,
      )
    )
      return found;
  }
  return undefined;
}
