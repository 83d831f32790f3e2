import { isBuiltin } from 'node:module'
import type { Plugin } from 'esbuild'

/**
 * Modules of Node that must not be imported as a whole. An import reads every name of a module, and some names load
 * much: one of node:http loads all of fetch (35 ms and 13 MB), one of node:process opens the standard streams.
 */
const costly = ['child_process', 'fs', 'http', 'process', 'util']

/** Reads from these modules only the names that are used, and lets bundled CommonJS files require any module. */
export const builtins: Plugin = {
  name: 'builtins',
  setup: (building) => {
    building.onResolve({ filter: /^[\w:/]+$/ }, ({ path: from, kind }) => {
      if (!isBuiltin(from)) return undefined
      const name = from.replace('node:', '')
      const path = `node:${name}`
      if (kind === 'require-call') return { path, namespace: 'required' }
      return costly.includes(name) ? { path, namespace: 'picked', sideEffects: false } : undefined
    })
    building.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = ${moduleOf(path)}`,
    }))
    building.onLoad({ filter: /.*/, namespace: 'picked' }, ({ path }) => ({
      contents: namesOf(path),
    }))
  },
}

const moduleOf = (path: string): string => `process.getBuiltinModule('${path}')`

function namesOf(path: string): string {
  const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((one) => one !== 'default')
  return [
    `const builtin = /* @__PURE__ */ ${moduleOf(path)}`,
    'export default builtin',
    // Marked as pure, so that a name is left out if nothing uses it
    ...names.map((one) => `export const ${one} = /* @__PURE__ */ (() => builtin.${one})()`),
  ].join('\n')
}
