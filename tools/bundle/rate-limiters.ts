import type { Plugin } from 'esbuild'

const PACKAGE = 'rate-limiter-flexible'

/** The limiters that the server uses. */
const used = ['RateLimiterPostgres', 'RateLimiterRes', 'RateLimiterSQLite']

/** Takes each limiter from its own file: the package's index requires the limiters of all its databases. */
export const rateLimiters: Plugin = {
  name: 'rate limiters',
  setup: (building) => {
    building.onResolve({ filter: /^rate-limiter-flexible$/ }, ({ resolveDir }) => ({
      path: PACKAGE,
      namespace: 'limiters',
      sideEffects: false,
      pluginData: resolveDir,
    }))
    building.onLoad({ filter: /.*/, namespace: 'limiters' }, ({ pluginData }) => ({
      contents: used
        .map((name) => `export { default as ${name} } from '${PACKAGE}/lib/${name}.js'`)
        .join('\n'),
      resolveDir: pluginData as string,
    }))
  },
}
