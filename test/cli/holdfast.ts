/** Runs the command line in a child process, as a user does. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The built command, which `npm test` makes first: it starts ten times faster than from source. */
export const BUILT = join(ROOT, 'dist/scripts/holdfast.js');
if (!existsSync(BUILT)) throw new Error(`expected ${BUILT}: \`npm run build\` makes it, and anew after every change`);

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Setting {
  readonly cwd?: string;
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
}

export function holdfast(args: readonly string[], setting: Setting = {}): Promise<Ran> {
  return run(process.execPath, [BUILT, ...args], setting);
}

export function run(command: string, args: readonly string[], setting: Setting = {}): Promise<Ran> {
  const child = spawn(command, args, { cwd: setting.cwd ?? ROOT, env: { ...process.env, ...setting.env } });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(setting.input ?? '');
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, out: Buffer.concat(out).toString('utf8'), err: Buffer.concat(err).toString('utf8') }),
    );
  });
}

/** A folder of its own, with these files; `remove` takes it away again. */
export function scratch(files: Readonly<Record<string, string>>): {
  readonly path: (name: string) => string;
  readonly remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'));
  const path = (name: string): string => join(folder, name);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
  }
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Deployed {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly region?: string;
  readonly protect?: boolean;
}

/** The text of a stack export with these resources, in eu-west-1 unless they say otherwise. */
export function stackExport(resources: readonly Deployed[]): string {
  const urn = (type: string, name: string): string => `urn:pulumi:prod::shop::${type}::${name}`;
  return JSON.stringify({
    version: 3,
    deployment: {
      manifest: { time: '2026-01-01T00:00:00Z', magic: 'x', version: 'v3.200.0' },
      resources: [
        { urn: urn('pulumi:pulumi:Stack', 'shop-prod'), custom: false, type: 'pulumi:pulumi:Stack' },
        ...resources.map((r) => ({
          urn: urn(r.type, r.name),
          custom: true,
          type: r.type,
          id: `${r.name}-id`,
          protect: r.protect ?? true,
          inputs: { region: r.region ?? 'eu-west-1', ...r.inputs },
          outputs: { region: r.region ?? 'eu-west-1', ...r.inputs },
        })),
      ],
    },
  });
}

/** A table that keeps what it promises within its Region: an agreement on the loss of an AZ is met. */
export const TABLE: Deployed = {
  type: 'aws:dynamodb/table:Table',
  name: 'carts',
  inputs: {
    name: 'carts',
    hashKey: 'id',
    attributes: [{ name: 'id', type: 'S' }],
    billingMode: 'PAY_PER_REQUEST',
    deletionProtectionEnabled: true,
    pointInTimeRecovery: { enabled: true },
  },
};

export const SINGLE_AZ: Deployed = {
  type: 'aws:rds/instance:Instance',
  name: 'orders',
  inputs: { engine: 'postgres', instanceClass: 'db.m6g.large', allocatedStorage: 20, availabilityZone: 'eu-west-1a' },
};

export const NOBODY_KNOWS: Deployed = { type: 'aws:braket/device:Device', name: 'oracle', inputs: {} };

export interface Promised {
  readonly metrics: string;
  readonly rest?: string;
  readonly resource?: string;
}

/** A catalogue with one service over every resource, whose users come in at `resource`. */
export function catalogue({ metrics, rest = '', resource = '**' }: Promised): string {
  return `services:
  shop:
    tier: 1
    resources: [{ urn: "**" }]
    entry: [{ urn: "${resource}" }]
agreements:
  sla:
    title: Shop
    kind: SLA
    parties: { provider: Platform, customer: Retail }
    approvedBy: Head of Retail
    from: 2026-01-01
    version: "1"
    metrics:
      shop: ${metrics}
${rest}`;
}
