import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { root } from '../root.ts'
import { enforce } from '../sources.ts'
import type { Rule, Source } from '../sources.ts'
import { domains, ownWords } from './layers.ts'

/** Files of one folder, tests beside them included. */
const MOST_FILES = 25

/** What stands at the top of the server's `src` beside its entry points. */
const topOfServer = ['routes', 'jobs']

/** Folders stay small, one word names a domain in every layer, and the top of `src` is what can be imported. */
export const foldersHold: Rule = (sources) => [
  ...tooLarge(sources),
  ...sources.flatMap(({ path }) => [...atTheTop(path), ...notADomain(path)]),
]

function tooLarge(sources: readonly Source[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const { path } of sources) {
    if (!/^packages\/\w+\/src\//.test(path)) continue
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
  }
  return [...counts]
    .filter(([, count]) => count > MOST_FILES)
    .map(([folder, count]) => `${folder}: ${count} files, more than ${MOST_FILES}; group them`)
}

function atTheTop(path: string): readonly string[] {
  const [, name = '', file] =
    /^packages\/(core|guard|client|server)\/src\/([^/]+)$/.exec(path) ?? []
  if (file === undefined) return []
  const entries = [...entriesOf(name), ...(name === 'server' ? topOfServer : [])]
  return entries.includes(file.replace(/\.tsx?$/, ''))
    ? []
    : [`${path}: is no entry point; only those stand at the top of src`]
}

/** Names of what `exports` gives. */
function entriesOf(name: string): readonly string[] {
  const { exports } = JSON.parse(readFileSync(`${root}/packages/${name}/package.json`, 'utf8')) as {
    exports: Record<string, Readonly<Record<string, string>>>
  }
  return Object.values(exports).flatMap(({ 'keyhaven-source': source = '' }) => {
    const [, entry] = /^\.\/src\/([^/]+)\.tsx?$/.exec(source) ?? []
    return entry === undefined ? [] : [entry]
  })
}

function notADomain(path: string): readonly string[] {
  const [, layer = '', inner = ''] =
    /^packages\/server\/src\/(flows|endpoints|routes|views|cli)\/(.+)$/.exec(path) ?? []
  if (inner === '') return []
  const [word = '', ...rest] = inner.split('/')
  if (rest.length === 0) {
    if (layer === 'flows' && !['context.ts', 'acts.ts'].includes(word))
      return [`${path}: only context.ts and acts.ts are loose in flows`]
    if (layer === 'endpoints') return [`${path}: an endpoint lies in the folder of its domain`]
    if (layer !== 'routes') return []
  }
  const name = word.replace(/\.ts$/, '')
  return domains.includes(name) || ownWords[layer]?.includes(name) === true
    ? []
    : [`${path}: ${name} is no domain; tools/check/layers.ts lists them`]
}

if (import.meta.main) enforce(foldersHold)
