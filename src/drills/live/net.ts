/** The network as clients see it: names by several resolvers, and requests to what they answer. */
import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';
import { messageOf } from '../../model/errors.ts';
import type { Reached } from '../ports.ts';

export interface DnsPlace {
  readonly name: string;
  /** `1.1.1.1`, `127.0.0.1:5353`; undefined: those of this machine. */
  readonly servers: readonly string[] | undefined;
}

/** This machine's own resolver and three that everybody may ask. */
export const RESOLVERS: readonly DnsPlace[] = [
  { name: 'system', servers: undefined },
  { name: '1.1.1.1', servers: ['1.1.1.1'] },
  { name: '8.8.8.8', servers: ['8.8.8.8'] },
  { name: '9.9.9.9', servers: ['9.9.9.9'] },
];

/** The resolver says that there is no such name, or no address: an answer, unlike silence. */
const NONE: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

export interface Dns {
  /** Addresses, sorted. Undefined: no answer, or none that holds an address. */
  addresses(name: string): Promise<readonly string[] | undefined>;
}

export function dns(place: DnsPlace, timeout: number): Dns {
  const resolver = new Resolver({ timeout, tries: 1 });
  if (place.servers !== undefined) resolver.setServers([...place.servers]);
  const ask = async (work: Promise<readonly string[]>): Promise<readonly string[] | undefined> => {
    try {
      return await work;
    } catch (error) {
      return NONE.has(codeOf(error)) ? [] : undefined;
    }
  };
  return {
    async addresses(name) {
      if (isIP(name) !== 0) return [name];
      const found = await Promise.all([ask(resolver.resolve4(name)), ask(resolver.resolve6(name))]);
      const all = found.flatMap((f) => f ?? []);
      return all.length === 0 ? undefined : [...new Set(all)].sort();
    },
  };
}

interface RequestSettings {
  /** Milliseconds for the whole of it: name, connection, redirects, answer. */
  readonly timeout: number;
  /** Name of the response header that says who served; undefined: the address does. */
  readonly servedBy: string | undefined;
}

const MOST_REDIRECTS = 5;
/** Bytes of an answer that are read: it must come whole, and no page of a service is longer. */
const MOST_BYTES = 10 * 1024 * 1024;

interface Answered {
  readonly status: number;
  readonly location: string | undefined;
  readonly servedBy: string | undefined;
  readonly address: string;
  readonly body: string;
}

/**
 * One GET of a URL, or of a host by HTTPS, as a client of that resolver makes it. Redirects are followed. Served is what ends in a
 * status of 2xx: a login page or an error page is no service.
 */
export async function get(target: string, names: Dns, settings: RequestSettings): Promise<Reached> {
  const began = performance.now();
  const deadline = AbortSignal.timeout(settings.timeout);
  let url = /^https?:\/\//i.test(target) ? target : `https://${target}/`;
  try {
    for (let n = 0; n <= MOST_REDIRECTS; n += 1) {
      const answer = await fetched('GET', url, undefined, names, settings.servedBy, deadline);
      if (answer.status >= 300 && answer.status < 400 && answer.location !== undefined) {
        url = new URL(answer.location, url).href;
        continue;
      }
      if (answer.status < 200 || answer.status > 299) return { kind: 'refused', why: `${hostOf(url)} answers ${answer.status}` };
      const by = answer.servedBy ?? answer.address;
      return { kind: 'served', by, ...placeIn(answer.servedBy), took: Math.round(performance.now() - began) };
    }
    return { kind: 'refused', why: `${hostOf(target)} redirects more than ${MOST_REDIRECTS} times` };
  } catch (error) {
    return {
      kind: 'refused',
      why: deadline.aborted ? `${hostOf(url)} does not answer within ${settings.timeout} ms` : saysOf(error, url),
    };
  }
}

/** One request with a JSON body, for canary endpoints. Throws what the network throws, and `Error` for a status that is not 2xx. */
export async function send(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  body: object | undefined,
  names: Dns,
  timeout: number,
): Promise<string> {
  const answer = await fetched(method, url, body, names, undefined, AbortSignal.timeout(timeout));
  if (answer.status < 200 || answer.status > 299) throw new Error(`${hostOf(url)} answers ${answer.status}`);
  return answer.body;
}

class NoAddress extends Error {}

/** A connection of its own each time: one that is kept would not notice that the name leads elsewhere now. */
async function fetched(
  method: string,
  url: string,
  body: object | undefined,
  names: Dns,
  servedBy: string | undefined,
  signal: AbortSignal,
): Promise<Answered> {
  const target = new URL(url);
  if (target.protocol !== 'http:' && target.protocol !== 'https:') throw new Error(`${target.protocol} is not asked`);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  const addresses = await orAborted(names.addresses(host), signal);
  const [first] = addresses ?? [];
  if (first === undefined) throw new NoAddress();
  const all = (addresses ?? []).map((address): LookupAddress => ({ address, family: isIP(address) }));
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    'user-agent': 'holdfast-drill',
    accept: '*/*',
    'cache-control': 'no-cache',
    ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  };
  const lookup = (
    _: string,
    options: { readonly all?: boolean },
    done: (error: null, address: string | LookupAddress[], family?: number) => void,
  ): void => (options.all === true ? done(null, all) : done(null, first, isIP(first)));
  return new Promise((resolve, reject) => {
    const kit = target.protocol === 'https:' ? https : http;
    const request = kit.request(target, { method, headers, signal, agent: false, lookup: lookup as never }, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > MOST_BYTES) response.destroy(new Error('its answer does not end'));
        else chunks.push(chunk);
      });
      response.on('error', reject);
      response.on('end', () => {
        const header = servedBy === undefined ? undefined : response.headers[servedBy.toLowerCase()];
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location,
          servedBy: Array.isArray(header) ? header[0] : header,
          address: response.socket.remoteAddress ?? first,
          body: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    request.on('error', reject);
    request.end(text);
  });
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new Error('aborted', { cause: signal.reason }));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** `us-east-1a`, `eu-west-1/i-0123`: the Region and the AZ that a header names. */
function placeIn(header: string | undefined): { readonly region: string | undefined; readonly zone: string | undefined } {
  const [, region, letter] = /\b([a-z]{2}(?:-[a-z]+)+-\d)([a-z])?\b/.exec(header ?? '') ?? [];
  return { region, zone: letter === undefined ? undefined : `${region ?? ''}${letter}` };
}

const hostOf = (target: string): string => (URL.canParse(target) ? new URL(target).host : target);

function saysOf(error: unknown, url: string): string {
  const host = hostOf(url);
  if (error instanceof NoAddress) return `${host} has no address`;
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return `${host} refuses connections`;
  if (code === 'ECONNRESET') return `${host} breaks the connection off`;
  return `${host}: ${code === '' ? messageOf(error) : code}`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
