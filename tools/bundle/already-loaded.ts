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
      const isLater = kind === 'dynamic-import' || wanted === `${src}/reference.ts`
      if (!isLater || pluginData === RESOLVING) return undefined
      const found = await building.resolve(wanted, { ...more, kind, pluginData: RESOLVING })
      if (found.external || found.errors.length > 0 || isApart(found.path)) return found
      return { path: found.path, namespace: 'later' }
    })
    building.onLoad({ filter: /^/, namespace: 'later' }, ({ path }) => {
      const loaded = loadedBefore(path.slice(src.length + 1))
      return {
        contents: [
          ...loaded.map((one, at) => `import * as loaded${at} from ${quoted(`${src}/${one}`)}`),
          `export * from ${quoted(path)}`,
        ].join('\n'),
        resolveDir: src,
      }
    })
  },
})

/** What a process has loaded when it comes to a module: `start`, or the parser and then what a start needs. */
function loadedBefore(path: string): readonly string[] {
  if (!path.startsWith('cli/')) return ['index.ts']
  return path === 'cli/commands.ts' ? ['cli/start.ts', 'cli/program.ts'] : ['cli/start.ts']
}

/**
 * `start` is the first that is loaded. PostgreSQL needs little more than the query builder, and keeps that in a script of
 * its own. With one script of 1 MB the service rests 1 MB higher: glibc returns less memory to the system after it freed
 * a block of that size.
 */
const isApart = (path: string): boolean =>
  path.includes('/database/postgres/') || path.endsWith('/cli/start.ts')

const quoted = (path: string): string => JSON.stringify(path)

const RESOLVING = Symbol('resolving')
