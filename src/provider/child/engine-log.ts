/** Lines for the engine's own log, shown beside the resource that they are about. */
import { credentials } from '@grpc/grpc-js';
import engineGrpc from '@pulumi/pulumi/proto/engine_grpc_pb.js';
import engine from '@pulumi/pulumi/proto/engine_pb.js';
import type { Line } from '../questions.ts';

/** Without an address nobody hears. */
export function engineLog(address: string | undefined): (line: Line) => void {
  if (address === undefined) return () => undefined;
  const client = new engineGrpc.EngineClient(address, credentials.createInsecure());
  return ({ severity, urn, message }) => {
    const line = new engine.LogRequest();
    line.setSeverity(severity === 'warning' ? engine.LogSeverity.WARNING : engine.LogSeverity.INFO);
    line.setUrn(urn);
    line.setMessage(message);
    // A line that is lost changes nothing.
    client.log(line, () => undefined);
  };
}
