import { enforce, importsOf } from '../sources.ts'
import type { Rule } from '../sources.ts'

/** No file imports itself, however far the way is; imports of types count. */
export const noCycles: Rule = (sources) => {
  const graph = new Map(
    sources.map((source) => [
      source.path,
      importsOf(source).flatMap(({ target }) => (target === undefined ? [] : [target])),
    ]),
  )
  const faults: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const walk = (file: string, trail: readonly string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      faults.push(`import cycle: ${[...trail.slice(trail.indexOf(file)), file].join(' → ')}`)
      return
    }
    state.set(file, 'open')
    for (const next of graph.get(file) ?? []) if (graph.has(next)) walk(next, [...trail, file])
    state.set(file, 'done')
  }
  for (const file of graph.keys()) walk(file, [])
  return faults
}

if (import.meta.main) enforce(noCycles)
