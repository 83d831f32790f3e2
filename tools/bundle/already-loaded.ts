import type { Plugin } from 'esbuild'

/**
 * A dynamic import shares what a start has loaded before it. esbuild cuts a chunk for each set of entry points that use
 * a module, and a dynamic import is to it an entry point that starts with nothing loaded: every new one would split the
 * scripts of a start again. Node resolves each import between two files, and normalizes the file's path twice for it.
 */
export const alreadyLoaded = (src: string): Plugin => ({
  name: 'already loaded',
  setup: (building) => {
    building.onResolve({ filter: /^/ }, async ({ path: wanted, kind, pluginData, ...more }) => {
      if (kind !== 'dynamic-import' || pluginData === RESOLVING) return undefined
      const found = await building.resolve(wanted, { ...more, kind, pluginData: RESOLVING })
      if (found.external || found.errors.length > 0 || isApart(found.path)) return found
      return { path: found.path, namespace: 'later' }
    })
    building.onLoad({ filter: /^/, namespace: 'later' }, ({ path }) => {
      const loaded = `${src}/${path.startsWith(`${src}/cli/`) ? 'cli/program.ts' : 'index.ts'}`
      return {
        contents: `import * as loaded from ${quoted(loaded)}\nexport * from ${quoted(path)}`,
        resolveDir: src,
      }
    })
  },
})

/**
 * PostgreSQL needs little more than the query builder, and keeps that in a script of its own. With one script of 1 MB
 * the service rests 1 MB higher: glibc returns less memory to the system after it freed a block of that size.
 */
const isApart = (path: string): boolean => path.includes('/database/postgres/')

const quoted = (path: string): string => JSON.stringify(path)

const RESOLVING = Symbol('resolving')
