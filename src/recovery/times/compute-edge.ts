/** Service times of edge services and of compute that others reach through them. */
import type { ServiceTime } from './service-time.ts';

/** Day on which the sources below were read. */
const SEEN = '2026-11-23';

export const computeEdgeTimes: readonly ServiceTime[] = [
  {
    id: 'cloudfront-deploy',
    title: 'a person changes a CloudFront distribution and the change reaches the edge locations',
    measures: 'time',
    optimistic: [60, 180, 600],
    expected: [180, 300, 900],
    pessimistic: [300, 600, 3600],
    confidence: 'assumed',
    source: 'CloudFront developer guide, "Update a distribution": changes spread to all edge locations; no time is promised',
    seen: SEEN,
  },
  {
    id: 'global-accelerator-update',
    title: 'a person turns a traffic dial of Global Accelerator and new connections follow',
    measures: 'time',
    optimistic: [5, 30, 60],
    expected: [30, 60, 300],
    pessimistic: [60, 300, 900],
    confidence: 'assumed',
    source: 'Global Accelerator developer guide, "Adjusting traffic flow with traffic dials": no time is published',
    seen: SEEN,
  },
];
