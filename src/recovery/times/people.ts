/** Times that people, clients and checks take: hardly anybody publishes these, so own drills are worth most here. */
import type { ServiceTime } from './service-time.ts';

const SEEN = '2026-11-22';

export const peopleTimes: readonly ServiceTime[] = [
  {
    id: 'human-decision',
    title: 'A person notices, gathers and decides to invoke',
    measures: 'time',
    // Lognormal with median 15 min and p95 60 min: σ = ln 4 / z₉₅ = 0.8428, so p99 = 15 min · exp(z₉₉σ) = 106.6 min.
    expected: [0, 900, 6394],
    // Median 5 min and 30 min with the same σ.
    optimistic: [0, 300, 2131],
    pessimistic: [0, 1800, 12_787],
    confidence: 'assumed',
    source: 'our prior: lognormal with median 15 min and p95 60 min; a matter of policy, replace it by own drills',
    seen: SEEN,
  },
  {
    id: 'human-execution-step',
    title: 'A person carries out one step of a runbook',
    measures: 'time',
    expected: [60, 600, 3600],
    optimistic: [30, 300, 1200],
    pessimistic: [60, 1200, 7200],
    confidence: 'assumed',
    source: 'our assumption: signing in, finding the page, acting and checking; no published figure found',
    seen: SEEN,
  },
  {
    id: 'client-reconnect',
    title: 'Clients drop stale connections and pools after a database promotion',
    measures: 'time',
    // Between what was measured after tuning and without; the slowest of the few that were measured is not their p99.
    expected: [8, 36, 120],
    // 12 s after tuning DNS, pool and proxy; without tuning 41 s at least.
    optimistic: [8, 12, 41],
    // 78 s measured, and one report of about 6 min until clients and pools had followed.
    pessimistic: [10, 78, 360],
    confidence: 'assumed',
    source:
      'https://72technologies.com and https://divinechukwu.com (measured RDS Multi-AZ failovers: application 41–78 s after the engine, 12 s when tuned, about 6 min in another report); the tail is assumed',
    seen: SEEN,
  },
  {
    id: 'dns-client-tail',
    title: 'Clients and resolvers that keep an answer beyond its TTL',
    measures: 'time',
    // On top of a span of 0 … TTL: nothing for at least half of the clients. The fit gives p95 = 0.45 · p99, which is
    // above the mixture of 95 % none and 5 % lognormal that is often proposed, hence on the safe side.
    expected: [0, 0, 60],
    optimistic: [0, 0, 0],
    pessimistic: [0, 0, 300],
    confidence: 'assumed',
    source:
      'about 5 % of clients are taken to ignore the TTL (JVM caches, pools); https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/jvm-ttl-dns.html on the JVM; the seconds are assumed',
    seen: SEEN,
  },
  {
    id: 'validation',
    title: 'A smoke test passes before traffic is let in',
    measures: 'time',
    expected: [0, 15, 60],
    optimistic: [0, 5, 30],
    pessimistic: [0, 30, 120],
    confidence: 'assumed',
    source: 'our assumption: one or two rounds of a synthetic check, since the recovery time runs until the service is validated',
    seen: SEEN,
  },
];
