/** EC2 launch templates and the older launch configurations: what an instance is made from. */
import type { Known } from '../model/known.ts';
import { fold, known } from '../model/known.ts';
import type { Link } from '../model/protection.ts';
import { spelling } from './links.ts';
import type { Identity } from './service.ts';
import { identityOf, meaning, regional, regionalImpacts, service } from './service.ts';
import type { Props, View } from './view.ts';

export const LAUNCH_TEMPLATE = 'aws:ec2/launchTemplate:LaunchTemplate';
export const LAUNCH_CONFIGURATION = 'aws:ec2/launchConfiguration:LaunchConfiguration';
const AMIS = ['aws:ec2/ami:Ami', 'aws:ec2/amiCopy:AmiCopy', 'aws:ec2/amiFromInstance:AmiFromInstance'];

export interface LaunchTemplateFacts extends Identity {
  /** AMI id, which is valid in one Region only, or `resolve:ssm:…`. */
  readonly image: Known<string | undefined>;
  /** The AMI among the sources, when it is. */
  readonly imageResource: string | undefined;
  readonly instanceType: Known<string | undefined>;
  /** A request for spot instances. */
  readonly spot: Known<boolean>;
}

/** The AMI that a property names, if the sources hold it: most AMIs are made elsewhere, and their ids are all there is. */
export function imageResource(props: Props, path: string, view: View): string | undefined {
  return fold(
    view.target(props, path, AMIS),
    (urn) => urn,
    () => undefined,
  );
}

export function imageLinks(resource: string | undefined, property: string): readonly Link[] {
  return resource === undefined ? [] : [{ to: known(resource), carries: 'image', property }];
}

export const launchTemplate = service<LaunchTemplateFacts>({
  id: 'launch-template',
  title: 'EC2 launch template',
  kind: 'config',
  types: [LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION],
  parts: [],
  declare: (props, view) => ({
    ...identityOf(props),
    image: props.text('imageId'),
    imageResource: imageResource(props, 'imageId', view),
    instanceType: props.text('instanceType'),
    // A launch template asks by market type, a launch configuration by naming a price.
    spot: fold(
      props.text(spelling(props, 'instanceMarketOptions.marketType', 'spotPrice')),
      (v): Known<boolean> => known(v !== undefined && v !== ''),
      (why) => why,
    ),
  }),
  mean: (facts) =>
    meaning({
      kind: 'config',
      placement: regional,
      under: regionalImpacts(false),
      links: imageLinks(facts.imageResource, 'imageId'),
    }),
});
