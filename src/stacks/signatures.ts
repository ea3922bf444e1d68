/**
 * How Pulumi writes values that JSON has no notion of: signatures and sentinels of the SDK (`@pulumi/pulumi` 3.248,
 * `runtime/rpc.js`, the same in every SDK 3.x) and of the engine (`sdk/go/common/resource/properties.go` and
 * `sdk/go/common/resource/plugin/rpc.go` in github.com/pulumi/pulumi). Imports nothing: every provider process loads it.
 */

/** The key under which a record says that it is a special value, and of which kind. */
export const SIGNATURE = '4dabf18193072939515e22adb298388d';

export const SECRET = '1b47061264138c4ac30d75fd1eb44270';
export const ASSET = 'c44067f5952c0a294b673a41bacd8c17';
export const ARCHIVE = '0def7320c3a5731c473e5ecbe6d01bc7';
export const RESOURCE = '5cf8f73096256a8f31e491e813e4eb8e';
export const OUTPUT = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';

/** Stands for a text that nobody knows before the update has run; the SDK writes it for a value of any type. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** Strings that stand for an unknown text, boolean, number, list, asset, archive and object. */
export const UNKNOWNS: ReadonlySet<string> = new Set([
  UNKNOWN,
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
]);
