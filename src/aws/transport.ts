/** The wire: sends one request by AWS's SDK and returns its output. It knows of no retry, limit or permission: see session.ts. */
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { ARC_CLIENTS, sendArc } from './arc.ts';
import type { ClientId, Place } from './call.ts';
import { type ClientKit, loadClient, type SdkClient } from './clients.ts';
import { elsewhere, isOfAws } from './hosts.ts';

export interface Transport {
  /** One attempt. Throws whatever the SDK throws; `failureOf` (failure.ts) makes sense of it. */
  send(client: ClientId, operation: string, input: object, at: Place, signal?: AbortSignal): Promise<object>;
}

/** As the SDK's `AwsCredentialIdentity`. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}
export type CredentialsProvider = () => Promise<Credentials>;

/** What an HTTP request comes to, as Smithy's handlers see it. */
export interface HttpHandler {
  handle(request: never, options?: { readonly abortSignal?: AbortSignal }): Promise<{ readonly response: unknown }>;
}

export interface SdkTransportOptions {
  /** Credentials for calls in an account. */
  readonly credentials: (account: string) => CredentialsProvider;
  /** URL for every client: simulated AWS over HTTP, moto. Without it the SDK's own endpoints. */
  readonly endpoint?: string | undefined;
  /** Takes the place of the network: simulated AWS in this process. */
  readonly requestHandler?: HttpHandler;
}

/** Clients kept at a time. One costs about 0.3 MB; an organisation would need thousands, and uses few at once. */
const MAX_CLIENTS = 256;
/** A healthy AWS endpoint connects in well under a second and answers a read in a few. */
const CONNECT_TIMEOUT = 5_000;
const REQUEST_TIMEOUT = 60_000;

function network(isAws: boolean): HttpHandler {
  const http = new NodeHttpHandler({
    connectionTimeout: CONNECT_TIMEOUT,
    requestTimeout: REQUEST_TIMEOUT,
    throwOnRequestTimeout: true,
    httpsAgent: { keepAlive: true, maxSockets: 100 },
    httpAgent: { keepAlive: true, maxSockets: 100 },
  });
  return isAws ? onlyAws(http) : http;
}

/** The SDK takes an endpoint out of the environment and out of profiles without asking anybody. Throws `UsageError` then. */
const onlyAws = (http: HttpHandler): HttpHandler => ({
  handle: async (request: Addressed, options) => {
    if (!isOfAws(request.hostname)) throw elsewhere('an endpoint_url of the AWS configuration', urlOf(request));
    return http.handle(request as never, options);
  },
});

interface Addressed {
  readonly protocol?: string;
  readonly hostname: string;
  readonly port?: number;
}

const urlOf = ({ protocol = 'https:', hostname, port }: Addressed): string =>
  `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;

export function sdkTransport(options: SdkTransportOptions): Transport {
  const { credentials, endpoint } = options;
  let shared = options.requestHandler;
  /** One handler for all clients, so that all share its connections. */
  const handler = (): HttpHandler => {
    shared ??= network(endpoint === undefined);
    return shared;
  };
  const kits = new Map<ClientId, Promise<ClientKit>>();
  const clients = new Map<string, SdkClient>();

  const kitOf = (id: ClientId): Promise<ClientKit> => {
    let kit = kits.get(id);
    if (kit === undefined) {
      kit = loadClient(id);
      kits.set(id, kit);
    }
    return kit;
  };

  const clientOf = (kit: ClientKit, id: ClientId, at: Place): SdkClient => {
    const key = `${id} ${at.account} ${at.region} ${at.endpoint ?? ''}`;
    let client = clients.get(key);
    if (client === undefined) {
      client = kit.client(configOf(id, at));
    } else {
      clients.delete(key);
    }
    // The map keeps its order of insertion: the client used longest ago is the first.
    clients.set(key, client);
    if (clients.size > MAX_CLIENTS) clients.delete(clients.keys().next().value ?? key);
    return client;
  };

  const configOf = (id: ClientId, at: Place): object => {
    const url = endpoint ?? at.endpoint;
    return {
      region: at.region,
      credentials: credentials(at.account),
      requestHandler: handler(),
      // Retries are ours (retry.ts). `adaptive`, which a user's configuration may ask for, would wait on the real clock.
      maxAttempts: 1,
      retryMode: 'standard',
      ...(url === undefined ? {} : { endpoint: url }),
      ...(id === 's3' ? { followRegionRedirects: true, forcePathStyle: endpoint !== undefined } : {}),
    };
  };

  return {
    async send(id, operation, input, at, signal) {
      if (ARC_CLIENTS.has(id))
        return sendArc(id, operation, input, { at, endpoint, handler: handler(), credentials: credentials(at.account), signal });
      const kit = await kitOf(id);
      const command = kit.command(operation, input);
      return clientOf(kit, id, at).send(command, signal === undefined ? {} : { abortSignal: signal });
    },
  };
}
