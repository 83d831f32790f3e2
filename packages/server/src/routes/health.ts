import { none } from '../config/limits.ts'
import { getHealthLive } from '../endpoints/health/get-health-live.ts'
import { getHealthReady } from '../endpoints/health/get-health-ready.ts'
import { getMetrics } from '../endpoints/health/get-metrics.ts'
import { route } from '../http/route.ts'
import { made } from './terms.ts'

const ready = none(
  'It is one small read, and a small write every 3 s at most. With a limit a load balancer could drop a healthy process.',
)

/** Routes of health checks and metrics: method and path, who may call and how often, endpoint. */
export const healthRoutes = [
  route('GET /metrics', { who: 'guard', limit: 'read' }, getMetrics),
  route('GET /health/live', { who: 'any', limit: made }, getHealthLive),
  route('GET /health/ready', { who: 'any', limit: ready }, getHealthReady),
]
