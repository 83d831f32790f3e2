import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { root } from './root.ts'

/** The arrows of ARCHITECTURE.md: which package may import which, and which room which. */
const packages: Readonly<Record<string, readonly RegExp[]>> = {
  core: [],
  guard: [/^@keyhaven\/core/],
  client: [/^@keyhaven\/core\/(wire|access|errors)$/],
  server: [/^@keyhaven\/core/, /^@keyhaven\/guard/],
}

/** Rooms of the server by floor, lowest first; imports go down, or stay inside a room. */
const floors: readonly (readonly string[])[] = [
  ['config'],
  ['database', 'secrets', 'mail'],
  ['stores'],
  ['events', 'feed', 'telemetry'],
  ['flows'],
  ['http'],
  ['endpoints'],
  ['routes', 'jobs'],
  ['index'],
  ['cli'],
]

const forbidden = /(^|\/)(utils|helpers|common|shared|types|misc|manager|service)s?(\.tsx?$|\/)/
const MAX_LINES = 300

/** What a room may not touch, where a word gives it away. */
const touches: readonly { where: RegExp; never: RegExp; rule: string }[] = [
  {
    where: /^packages\/server\/src\/(?!index\.ts|cli\/|config\/)/,
    never: /process\.env/,
    rule: 'only config reads the environment; rooms get values',
  },
  {
    where: /^packages\/(core\/src|client\/src|server\/src\/(flows|stores))\//,
    never: /Date\.now|new Date\(\)/,
    rule: 'reads the clock; take the time as an argument',
  },
  {
    where: /^packages\/server\/src\/(endpoints|flows|http)\//,
    never: /from 'kysely'|node:sqlite/,
    rule: 'only stores and the database speak SQL',
  },
  {
    where: /^packages\/client\/src\/(?!lib\/tabs\/wish\.ts$)/,
    never: /localStorage|sessionStorage|indexedDB/,
    rule: 'the client stores nothing but an unanswered sign-out, in lib/tabs/wish.ts',
  },
  {
    where: /^packages\/client\/src\//,
    never: /import \{[^}]*\} from '@keyhaven\/core\/errors'/,
    rule: 'takes only types from core/errors',
  },
]
const faults: string[] = []
const files = globSync(
  '{packages/*/src,packages/*/tests,examples,tools,tests,bench}/**/*.{ts,tsx}',
  {
    cwd: root,
    exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path),
  },
).toSorted()

const graph = new Map<string, string[]>()
for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8')
  const isTest = /\.(test|suite)\.tsx?$/.test(file)
  if (forbidden.test(file)) {
    faults.push(`${file}: its name says nothing; name what is in it`)
  }
  if (!isTest && text.split('\n').length > MAX_LINES)
    faults.push(`${file}: over ${MAX_LINES} lines`)
  if (/(:|<|as) ?any\b(?!\w)/.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^']*'|`[^`]*`/g, ''))) {
    faults.push(`${file}: uses any`)
  }
  if (/\/[/*] ?((oxlint|eslint)-disable|biome-ignore|@ts-(ignore|nocheck))/.test(text)) {
    faults.push(`${file}: silences a check; mend what it found`)
  }
  if (!isTest) {
    for (const { where, never, rule } of touches) {
      if (where.test(file) && never.test(text)) faults.push(`${file}: ${rule}`)
    }
  }
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, from = '']) => from,
  )
  graph.set(
    file,
    imports
      .filter((from) => from.startsWith('.'))
      .map((from) => normalize(join(dirname(file), from))),
  )
  if (!isTest) for (const from of imports) checkImport(file, from)
  if (!file.startsWith('packages/')) checkDoors(file, imports)
}
checkCycles()
for (const fault of faults) console.error(fault)
process.exitCode = faults.length === 0 ? 0 : 1

function checkImport(file: string, from: string): void {
  const [, name = '', inner = ''] = /^packages\/(\w+)\/src\/(.+)$/.exec(file) ?? []
  const allowed = packages[name]
  if (allowed === undefined) return
  if (from.startsWith('@keyhaven/') && !allowed.some((one) => one.test(from))) {
    faults.push(`${file}: ${name} must not import ${from}`)
  }
  if (!from.startsWith('.')) return
  const target = normalize(join(dirname(inner), from))
  if (target.startsWith('..')) faults.push(`${file}: reaches out of its package to ${from}`)
  if (name === 'server') checkFloor(file, inner, target)
}

/** Outside the packages, a package is what its doors give: never a path into its sources. */
function checkDoors(file: string, imports: readonly string[]): void {
  for (const from of imports) {
    const inside =
      from.startsWith('.') && normalize(join(dirname(file), from)).startsWith('packages/')
    if (inside) faults.push(`${file}: imports ${from} past the doors of its package`)
  }
}

function checkFloor(file: string, inner: string, target: string): void {
  const [mine, theirs] = [roomOf(inner), roomOf(target)]
  if (mine === theirs) return
  const [from, to] = [floorOf(mine), floorOf(theirs)]
  if (from < 0) faults.push(`${file}: ${mine} is no room of the server`)
  else if (from <= to)
    faults.push(`${file}: ${mine} must not import ${theirs}, which is not below it`)
}

function roomOf(path: string): string {
  return path.split('/')[0]?.replace(/\.ts$/, '') ?? ''
}

function floorOf(room: string): number {
  return floors.findIndex((floor) => floor.includes(room))
}

function checkCycles(): void {
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
}
