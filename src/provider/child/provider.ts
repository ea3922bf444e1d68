/** The provider process: the engine starts one for each provider of a program, and ends it. It holds no world and no state. */
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { DOOR_TOKEN, DOOR_URL } from '../questions.ts';
import { asking } from './asking.ts';
import { engineLog } from './engine-log.ts';
import { addProvider, LARGEST } from './service.ts';

const { [DOOR_URL]: url, [DOOR_TOKEN]: token, AWS_REGION, AWS_DEFAULT_REGION } = process.env;
if (url === undefined || token === undefined) {
  process.stderr.write(
    `this provider stands in for AWS in runs of holdfast alone: expected ${DOOR_URL} and ${DOOR_TOKEN} in the environment, found none\n`,
  );
  process.exit(1);
}
const log = engineLog(process.argv.slice(2).findLast((arg) => /^[^-].*:\d+$/.test(arg)));
const server = new Server(LARGEST);
addProvider(server, asking(url, token, log), { AWS_REGION, AWS_DEFAULT_REGION });
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  // The engine reads the port from the first line.
  process.stdout.write(`${port}\n`);
});
