/** Reading a program of 2,000 resources, positions included, beside the SDK's own mocks running the same program. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Check, type Cost, node, ROOT, show, typical } from './measure.ts';

const RESOURCES = 2000;
const ROUNDS = 5;
const MOCKS = fileURLToPath(new URL('program-mocks.mjs', import.meta.url));
const READ = fileURLToPath(new URL('program-read.mjs', import.meta.url));

/** Five resources a turn, twenty turns a component, with references between them as programs have them. */
const PROGRAM = `
import * as pulumi from '@pulumi/pulumi';
import { Bucket, BucketVersioning } from '@pulumi/aws/s3/index.js';
import { Topic, TopicSubscription } from '@pulumi/aws/sns/index.js';
import { Queue } from '@pulumi/aws/sqs/index.js';

class Part extends pulumi.ComponentResource {
  constructor(name: string, turns: number) {
    super('bench:index:Part', name);
    for (let i = 0; i < turns; i += 1) {
      const own = { parent: this };
      const bucket = new Bucket(\`\${name}-media-\${i}\`, { tags: { part: name } }, own);
      new BucketVersioning(\`\${name}-media-\${i}\`, { bucket: bucket.id, versioningConfiguration: { status: 'Enabled' } }, own);
      const queue = new Queue(\`\${name}-orders-\${i}\`, { messageRetentionSeconds: 86_400, tags: { part: name } }, own);
      const topic = new Topic(\`\${name}-events-\${i}\`, { displayName: pulumi.interpolate\`events of \${bucket.arn}\` }, own);
      new TopicSubscription(\`\${name}-events-\${i}\`, { topic: topic.arn, protocol: 'sqs', endpoint: queue.arn }, own);
    }
    this.registerOutputs();
  }
}

for (let i = 0; i < ${RESOURCES / 100}; i += 1) new Part(\`part-\${i}\`, 20);
`;

export async function benchProgram(): Promise<readonly Check[]> {
  // Inside the project folder, so that the program finds the SDK.
  const folder = join(ROOT, 'out', 'bench-program');
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'Pulumi.yaml'), 'name: bench\nruntime: nodejs\nmain: index.ts\n');
    writeFileSync(join(folder, 'Pulumi.bench.yaml'), 'config:\n  aws:region: eu-west-1\n');
    writeFileSync(join(folder, 'package.json'), '{ "name": "bench", "type": "module" }\n');
    writeFileSync(join(folder, 'index.ts'), PROGRAM);
    const entry = pathToFileURL(join(folder, 'index.ts')).href;
    const mocks: Cost[] = [];
    const reads: Cost[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      mocks.push(await node(['--import', 'tsx', MOCKS, entry], ROOT));
      reads.push(await node([READ, folder, String(RESOURCES)], ROOT));
    }
    show(`SDK mocks, ${RESOURCES} resources`, typical(mocks));
    show(`readProgram, ${RESOURCES} resources, with positions`, typical(reads));
    const value = typical(reads).seconds / typical(mocks).seconds;
    return [{ what: 'readProgram beside the SDK’s own mocks', value, unit: '×', limit: 1.3 }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
