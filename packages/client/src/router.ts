/** Guards for routers with loaders, such as React Router and TanStack Router. */
export { guardRoute } from './lib/router/guard-route.ts'
export type { RouteGuard, ScopeGuard } from './lib/router/guard-route.ts'
