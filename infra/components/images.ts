import * as ecr from '@pulumi/aws/ecr/index.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { type ServiceName, serviceTags } from '../plan/services.ts';
import type { SitePair } from './site.ts';

export interface ImagesArgs {
  /** Images are pushed in the primary Region and replicated to the standby. */
  readonly sites: SitePair;
  /** Account of both registries, twelve digits. */
  readonly accountId: string;
  /** Services that ship an image. */
  readonly services: readonly ServiceName[];
}

/** One repository for each service, and the replication that lets the standby Region start tasks without the primary's registry. */
export class Images extends ComponentResource {
  readonly repositoryUrls: Readonly<Record<string, Output<string>>>;

  constructor(name: string, args: ImagesArgs, opts?: ComponentResourceOptions) {
    super('shop:images:Images', name, {}, opts);
    const child = { parent: this, provider: args.sites.primary.provider };
    const repositories = args.services.map((service) => {
      const repository = new ecr.Repository(
        `${name}-${service}`,
        { name: `shop/${service}`, imageTagMutability: 'IMMUTABLE', tags: serviceTags(service) },
        child,
      );
      return [service, repository.repositoryUrl] as const;
    });
    new ecr.ReplicationConfiguration(
      name,
      {
        replicationConfiguration: {
          rules: [
            {
              destinations: [{ region: args.sites.standby.region, registryId: args.accountId }],
              repositoryFilters: [{ filter: 'shop/', filterType: 'PREFIX_MATCH' }],
            },
          ],
        },
      },
      child,
    );
    this.repositoryUrls = Object.fromEntries(repositories);
    this.registerOutputs({ repositoryUrls: this.repositoryUrls });
  }
}

/** Address of an image in the registry of the Region that runs it: the standby never pulls across Regions. */
export function imageIn(region: string, accountId: string, service: ServiceName, version: string): string {
  return `${accountId}.dkr.ecr.${region}.amazonaws.com/shop/${service}:${version}`;
}
