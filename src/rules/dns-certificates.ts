/** The certificates that a name needs in each Region. */

import type { EstateResource } from '../estate/estate.ts';
import type { Truth } from '../model/known.ts';
import { andThen, any, because, collect, equals, fold, is, known, no, not, together, yes } from '../model/known.ts';
import type { CertificateFacts } from '../services/acm-certificate.ts';
import { ACM_CERTIFICATE, acmCertificate } from '../services/acm-certificate.ts';
import { apiGateway } from '../services/api-gateway.ts';
import { spelling } from '../services/links.ts';
import { loadBalancer } from '../services/load-balancer.ts';
import { referringTo } from '../services/pointing.ts';
import { matesElsewhere, regionMatters } from './places.ts';
import { some, textOr, whenAny } from './questions.ts';
import type { Rule, RuleContext } from './rule.ts';
import { on } from './rule.ts';

const LISTENER = 'aws:lb/listener:Listener';

export const certificateRules: readonly Rule[] = [
  {
    id: 'api-edge-cert-us-east-1-only',
    family: 'dns',
    title: 'The standby Region has no certificate for the name',
    severity: 'critical',
    scopes: ['region'],
    why: 'ACM certificates belong to one Region and cannot be copied. Without one of its own, the door in the standby Region refuses or fails every TLS connection that the failover sends it.',
    fix: 'Add an aws.acm.Certificate for the same names in the standby Region, and use it there (`certificateArn`, `regionalCertificateArn`).',
    source: 'https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html',
    checks: [
      on(loadBalancer, (facts, _item, context) =>
        regionMatters(context, facts.id)
          ? whenAny(
              [],
              [
                ...listenersOf(facts.id, context).map((l) => foreignCertificate(l, facts.name, 'certificateArn', context)),
                ...matesElsewhere(facts.id, context).map((mate) => noneOfItsOwn(facts.id, mate, context)),
                no('it has no listener'),
              ],
              'certificateArn',
            )
          : undefined,
      ),
      on(apiGateway, (facts, item, context) =>
        regionMatters(context, facts.id)
          ? whenAny(
              [not(equals(facts.endpoint, 'EDGE'))],
              [
                foreignCertificate(
                  item,
                  facts.name,
                  spelling(item.props, 'regionalCertificateArn', 'domainNameConfiguration.certificateArn'),
                  context,
                ),
              ],
              'certificateArn',
            )
          : undefined,
      ),
    ],
  },
  {
    id: 'acm-dns-validation-absent',
    family: 'dns',
    title: 'The certificate does not renew by itself',
    severity: 'medium',
    scopes: ['region'],
    why: 'A certificate validated by e-mail waits for the owner of the domain at each renewal, and an imported one is never renewed. One that expires in the standby is found out about on the day of the failover.',
    fix: 'Set `validationMethod: "DNS"` and keep the CNAME; re-issue imported certificates by ACM.',
    source: 'https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html',
    checks: [
      on(acmCertificate, (facts, _item, context) =>
        regionMatters(context, facts.id)
          ? whenAny(
              [],
              [
                because(
                  equals(facts.validation, 'EMAIL'),
                  `certificate ${certified(facts)} is validated by e-mail: somebody must confirm each renewal`,
                ),
                because(facts.imported, `certificate ${certified(facts)} is imported: ACM does not renew it`),
              ],
              'validationMethod',
            )
          : undefined,
      ),
    ],
  },
];

const certified = (facts: CertificateFacts): string => textOr(facts.domainName, facts.name) ?? facts.name;

function listenersOf(urn: string, context: RuleContext): readonly EstateResource[] {
  return referringTo(urn, context.estate.view, LISTENER, 'loadBalancerArn')
    .found.map((props) => context.estate.resources.get(props.id))
    .filter((item) => item !== undefined);
}

/** AWS refuses it at the next deployment, when the door can be needed most. */
function foreignCertificate(item: EstateResource, door: string, path: string, context: RuleContext): Truth {
  const certificate = fold<string | undefined, string | undefined>(
    context.estate.view.target(item.props, path, [ACM_CERTIFICATE]),
    (urn) => urn,
    () => undefined,
  );
  if (certificate === undefined) return no('its certificate is not in the sources');
  const theirs = context.facts(acmCertificate, certificate)?.region;
  if (theirs === undefined) return no('it is no certificate');
  return andThen(
    together({ own: item.resource.region, theirs }),
    (r): Truth =>
      r.own === r.theirs ? no('it is of the same Region') : yes(`${door} in ${r.own} uses a certificate of ${r.theirs}`),
  );
}

/** The counterpart of a door with TLS has neither a certificate on a listener nor one in its Region that covers the name. */
function noneOfItsOwn(urn: string, mate: EstateResource, context: RuleContext): Truth {
  const { view } = context.estate;
  const sets = (listener: EstateResource): boolean => listener.props.raw('certificateArn') !== undefined;
  const names = listenersOf(urn, context)
    .map((l) => textOr(view.target(l.props, 'certificateArn', [ACM_CERTIFICATE]), undefined))
    .map((c) => (c === undefined ? undefined : context.facts(acmCertificate, c)?.domainName))
    .filter((name) => name !== undefined);
  if (names.length === 0 || listenersOf(mate.resource.urn, context).some(sets)) return no('both ends have a certificate');
  const local = context.allFacts(acmCertificate).filter((c) =>
    textOr(
      is(together({ a: c.region, b: mate.resource.region }), ({ a, b }) => a === b),
      true,
    ),
  );
  return any(
    names.map((name) =>
      andThen(
        name,
        (served): Truth =>
          served === undefined
            ? no('the certificate has no name')
            : because(
                not(some(local, (c) => covers(c, served), context)),
                `${mate.title} has no certificate for ${served}, and none of ${textOr(mate.resource.region, 'its Region')} covers it`,
              ),
      ),
    ),
  );
}

function covers(certificate: CertificateFacts, name: string): Truth {
  const matches = (own: string | undefined): boolean =>
    own !== undefined && (own === name || (own.startsWith('*.') && name.slice(name.indexOf('.') + 1) === own.slice(2)));
  return any([
    is(certificate.domainName, matches),
    andThen(andThen(certificate.otherNames, collect), (others) => is(known(others), (list) => list.some(matches))),
  ]);
}
