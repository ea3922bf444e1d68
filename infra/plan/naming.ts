/** Physical names of the shop's resources: one pattern, short enough for the services with the tightest limits. */

/** ELB allows 32 characters for load balancers and target groups, the tightest limit among the names made here. */
export const NAME_LIMIT = 32;

/**
 * Short code of an AWS Region: `eu-central-1` → `euc1`, `ap-northeast-1` → `apne1`. Each word between area and number gives its
 * first letter, a compound of two points of the compass gives both, so that no two Regions share a code.
 */
export function regionCode(region: string): string {
  const match = /^([a-z]{2})((?:-[a-z]+)+)-(\d)$/.exec(region);
  if (match === null) throw new Error(`expected an AWS Region such as eu-west-1, found "${region}"`);
  const [, area = '', words = '', number = ''] = match;
  const letters = words.replace(/-([ns])(?:orth|outh)([ew])(?:ast|est)/, '-$1-$2').replace(/-([a-z])[a-z]*/g, '$1');
  return `${area}${letters}${number}`;
}

/** `<application>-<part>-<region code>`; throws when the name is longer than `NAME_LIMIT`. */
export function regionalName(application: string, part: string, region: string): string {
  const name = `${application}-${part}-${regionCode(region)}`;
  if (name.length > NAME_LIMIT) {
    throw new Error(`"${name}" has ${name.length} characters, ${NAME_LIMIT} are allowed: shorten "${part}"`);
  }
  return name;
}

/** The same ARN in another Region, which is its fourth part. Text that is no ARN comes back unchanged. */
export function withRegion(arn: string, region: string): string {
  return arn.replace(/^(arn:[^:]*:[^:]*:)[^:]*/, `$1${region}`);
}
