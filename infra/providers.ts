import { Provider } from '@pulumi/aws/provider.js';
import type { Settings } from './config.ts';

/** Tags of everything in the shop, whichever service it belongs to. */
const DEFAULT_TAGS = { tags: { application: 'shop', 'managed-by': 'pulumi' } };

/** One provider for each Region and account, each refusing to work in any account but its own. */
export function makeProviders(settings: Pick<Settings, 'accountId' | 'backupAccountId'>) {
  const regional = (name: string, region: 'eu-west-1' | 'eu-central-1') =>
    new Provider(name, { region, allowedAccountIds: [settings.accountId], defaultTags: DEFAULT_TAGS });
  return {
    primary: regional('primary', 'eu-west-1'),
    standby: regional('standby', 'eu-central-1'),
    backupAccount: new Provider('backup-account', {
      region: 'eu-central-1',
      allowedAccountIds: [settings.backupAccountId],
      assumeRoles: [{ roleArn: `arn:aws:iam::${settings.backupAccountId}:role/shop-backup-deployer` }],
      defaultTags: DEFAULT_TAGS,
    }),
  };
}
