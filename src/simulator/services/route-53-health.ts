/** Route 53 health checks: checkers in many Regions for endpoints; the other kinds follow what they name (plane/health.ts). */
import type {
  CreateHealthCheckCommandInput,
  CreateHealthCheckCommandOutput,
  DeleteHealthCheckCommandInput,
  DeleteHealthCheckCommandOutput,
  GetHealthCheckCommandInput,
  GetHealthCheckCommandOutput,
  GetHealthCheckStatusCommandInput,
  GetHealthCheckStatusCommandOutput,
  HealthCheck,
  HealthCheckConfig,
  HealthCheckRegion,
  ListHealthChecksCommandInput,
  ListHealthChecksCommandOutput,
  UpdateHealthCheckCommandInput,
  UpdateHealthCheckCommandOutput,
} from '@aws-sdk/client-route-53';
import { resolve } from '../plane/dns.ts';
import { connect } from '../plane/network.ts';
import { CHECKER_REGIONS, watch } from '../plane/watch.ts';
import { type CallContext, type Operation, page, type Reply, ServiceFault } from '../service.ts';
import type { World } from '../world/world.ts';
import { HEALTH_CHECKS, type StoredHealthCheck, TAGS, type Watch } from './route-53-model.ts';

const ENDPOINT = new Set(['HTTP', 'HTTPS', 'HTTP_STR_MATCH', 'HTTPS_STR_MATCH', 'TCP']);
/** API reference, HealthCheckConfig. */
const DEFAULTS = { RequestInterval: 30, FailureThreshold: 3 };
const LEAST_REGIONS = 3;
const MOST_CHILDREN = 256;

const invalid = (message: string): ServiceFault => new ServiceFault('InvalidInput', `Invalid parameter : ${message}`);

function checked(config: HealthCheckConfig): HealthCheckConfig {
  const endpoint = ENDPOINT.has(config.Type ?? '');
  if (endpoint && config.IPAddress === undefined && config.FullyQualifiedDomainName === undefined)
    throw invalid('one of IPAddress and FullyQualifiedDomainName must be given');
  if (config.RequestInterval !== undefined && ![10, 30].includes(config.RequestInterval))
    throw invalid('RequestInterval must be 10 or 30');
  if (config.FailureThreshold !== undefined && (config.FailureThreshold < 1 || config.FailureThreshold > 10))
    throw invalid('FailureThreshold must be between 1 and 10');
  if (config.Regions !== undefined && config.Regions.length > 0 && config.Regions.length < LEAST_REGIONS)
    throw invalid(`at least ${LEAST_REGIONS} Regions must be given`);
  if (config.Type === 'CALCULATED' && (config.ChildHealthChecks ?? []).length > MOST_CHILDREN)
    throw invalid(`at most ${MOST_CHILDREN} child health checks`);
  if (config.Type === 'CLOUDWATCH_METRIC' && config.AlarmIdentifier === undefined) throw invalid('AlarmIdentifier is missing');
  if (config.Type === 'RECOVERY_CONTROL' && config.RoutingControlArn === undefined) throw invalid('RoutingControlArn is missing');
  const common = { Inverted: false, Disabled: false };
  return endpoint
    ? { MeasureLatency: false, EnableSNI: config.Type?.startsWith('HTTPS') === true, ...common, ...DEFAULTS, ...config }
    : { ...common, ...config };
}

/**
 * An endpoint that the world has never served is outside of it: nothing that happens in the world touches it, so it answers.
 * A name that AWS gives is always inside.
 */
function watched(world: World, config: HealthCheckConfig): Watch | undefined {
  if (!ENDPOINT.has(config.Type ?? '')) return undefined;
  const host = config.IPAddress ?? config.FullyQualifiedDomainName ?? '';
  let inside = /\.(?:amazonaws\.com(?:\.cn)?|cloudfront\.net|on\.aws)\.?$/i.test(host);
  const answers = (): boolean => {
    const { values } = resolve(world, host, { region: 'us-east-1' });
    const served = values.some((value) => connect(world, value).kind === 'served');
    inside ||= served;
    return served || !inside;
  };
  const { RequestInterval = DEFAULTS.RequestInterval, FailureThreshold = DEFAULTS.FailureThreshold } = config;
  const regions = config.Regions === undefined || config.Regions.length === 0 ? CHECKER_REGIONS : config.Regions;
  answers();
  return watch(world, { regions, intervalMs: RequestInterval * 1000, threshold: FailureThreshold, answers });
}

const create: Operation<CreateHealthCheckCommandInput, Reply<CreateHealthCheckCommandOutput>> = (input, context) => {
  if (context.list(HEALTH_CHECKS).some((h) => h.callerReference === input.CallerReference))
    throw new ServiceFault('HealthCheckAlreadyExists', 'A health check with this caller reference exists already', 409);
  const config = checked(input.HealthCheckConfig ?? { Type: undefined });
  const id = context.world.random.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const check: StoredHealthCheck = {
    id,
    callerReference: input.CallerReference ?? '',
    config,
    version: 1,
    watch: watched(context.world, config),
  };
  context.put(HEALTH_CHECKS, id, check);
  return { HealthCheck: shown(check), Location: `https://route53.amazonaws.com/2013-04-01/healthcheck/${id}` };
};

const shown = (check: StoredHealthCheck): HealthCheck => ({
  Id: check.id,
  CallerReference: check.callerReference,
  HealthCheckConfig: check.config,
  HealthCheckVersion: check.version,
});

function found(context: CallContext, id: string | undefined): StoredHealthCheck {
  const check = context.get(HEALTH_CHECKS, id ?? '');
  if (check === undefined)
    throw new ServiceFault('NoSuchHealthCheck', `No health check exists with the specified ID: ${id}`, 404);
  return check;
}

/** Members that are given replace the ones there were; the checkers begin anew. */
const update: Operation<UpdateHealthCheckCommandInput, Reply<UpdateHealthCheckCommandOutput>> = (input, context) => {
  const old = found(context, input.HealthCheckId);
  const { HealthCheckId, HealthCheckVersion, ResetElements, ...members } = input;
  if (HealthCheckVersion !== undefined && HealthCheckVersion !== old.version)
    throw new ServiceFault('HealthCheckVersionMismatch', 'the version given is not the version there is', 409);
  const reset = new Set<string>(ResetElements ?? []);
  const kept = Object.fromEntries(Object.entries(old.config).filter(([member]) => !reset.has(member)));
  const config = checked({ Type: old.config.Type, ...kept, ...members });
  if (old.watch !== undefined) old.watch.stopped = true;
  const check = { ...old, config, version: old.version + 1, watch: watched(context.world, config) };
  context.put(HEALTH_CHECKS, old.id, check);
  return { HealthCheck: shown(check) };
};

const get: Operation<GetHealthCheckCommandInput, Reply<GetHealthCheckCommandOutput>> = (input, context) => ({
  HealthCheck: shown(found(context, input.HealthCheckId)),
});

const PAGE = 100;

const list: Operation<ListHealthChecksCommandInput, Reply<ListHealthChecksCommandOutput>> = (input, context) => {
  const size = Math.min(Number(input.MaxItems ?? PAGE), PAGE);
  const { items, next } = page(context.list(HEALTH_CHECKS), input.Marker, size);
  return {
    HealthChecks: items.map(shown),
    Marker: input.Marker,
    IsTruncated: next !== undefined,
    MaxItems: size,
    ...(next === undefined ? {} : { NextMarker: next }),
  };
};

const remove: Operation<DeleteHealthCheckCommandInput, Reply<DeleteHealthCheckCommandOutput>> = (input, context) => {
  const check = found(context, input.HealthCheckId);
  if (check.watch !== undefined) check.watch.stopped = true;
  context.remove(HEALTH_CHECKS, check.id);
  context.remove(TAGS, `healthcheck/${check.id}`);
  return {};
};

/** What each checker last saw; only endpoint checks have checkers (API reference, GetHealthCheckStatus). */
const status: Operation<GetHealthCheckStatusCommandInput, Reply<GetHealthCheckStatusCommandOutput>> = (input, context) => {
  const check = found(context, input.HealthCheckId);
  if (check.watch === undefined) throw invalid(`a health check of type ${check.config.Type} has no checkers`);
  return {
    HealthCheckObservations: check.watch.checkers
      .filter((c) => !context.world.regionIsLost(c.region))
      .map((c) => ({
        Region: CHECKER_REGIONS.find((r): r is HealthCheckRegion => r === c.region),
        IPAddress: c.address,
        StatusReport: {
          Status: c.last === 'answers' ? 'Success: HTTP Status Code 200, OK' : 'Failure: Connection timed out.',
          CheckedTime: new Date(c.checkedAt),
        },
      })),
  };
};

export const healthCheckOperations = {
  CreateHealthCheck: create,
  UpdateHealthCheck: update,
  GetHealthCheck: get,
  ListHealthChecks: list,
  DeleteHealthCheck: remove,
  GetHealthCheckStatus: status,
};
