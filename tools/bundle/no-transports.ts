import type { Plugin } from 'esbuild'

/** Leaves out the threads of pino's transports: the service writes its log itself. */
export const noTransports: Plugin = {
  name: 'no transports',
  setup: (building) => {
    building.onResolve({ filter: /^thread-stream$/ }, () => ({
      path: 'thread-stream',
      namespace: 'left out',
    }))
    building.onLoad({ filter: /.*/, namespace: 'left out' }, () => ({
      contents: 'module.exports = undefined',
    }))
  },
}
