import { readMetrics } from '../../flows/startup/read-metrics.ts'
import { guardKeyEndpoint } from '../../http/endpoint.ts'
import { METRICS_TYPE, metricsText } from '../../telemetry/family.ts'

/** Metrics for Prometheus, of this process and its guards. */
export const getMetrics = guardKeyEndpoint({
  summary: 'Metrics of this process and its guards, in Prometheus text format.',
  answers: { 200: undefined },
  text: 'text/plain',
  handle: async ({ context, caller }) => ({
    status: 200,
    text: metricsText(await readMetrics(context, { databaseUp: !caller.remembered })),
    headers: { 'content-type': METRICS_TYPE },
  }),
})
