import { enforce, importsOf, isTest } from '../sources.ts'
import type { Rule } from '../sources.ts'

// Which layer of the server may import which, and which folder of `flows` which.

/** Layers from the top; an import goes down, or stays in its layer. */
const layers: readonly (readonly string[])[] = [
  ['reference', 'contrast'],
  ['cli'],
  ['index'],
  ['embedded'],
  ['routes', 'jobs'],
  ['endpoints', 'provider'],
  ['http'],
  ['flows'],
  ['events'],
  ['feed', 'telemetry'],
  ['views'],
  ['model'],
  ['stores'],
  ['mail', 'outgoing', 'importers', 'database', 'secrets'],
  ['config'],
]

/** What everything goes through, lowest first. */
const spine = [
  'application',
  'revocation',
  'credentials',
  'attempts',
  'tokens',
  'sessions',
  'accounts',
]
/** One way of proving something, or one thing that is kept. */
const leaves = [
  'passwords',
  'links',
  'factors',
  'api-keys',
  'federation',
  'clients',
  'guards',
  'keys',
  'audit',
  'devices',
  'refresh',
  'machines',
  'tickets',
]
/** What a person or an operator goes through. */
const journeys = [
  'sign-in',
  'recovery',
  'personal-data',
  'exchange',
  'oauth',
  'impersonation',
  'transfer',
  'delivery',
]

/** One word per domain, the same in every layer. */
export const domains: readonly string[] = [...spine, ...leaves, ...journeys]

/** Words that are one layer's own. */
export const ownWords: Readonly<Record<string, readonly string[]>> = {
  flows: ['startup'],
  endpoints: ['oauth', 'health'],
  routes: ['oauth', 'health', 'terms', 'late', 'rare'],
  cli: ['data', 'doctor', 'init', 'mail'],
}

/** Narrower than the order of layers: what a folder may take of those below it. */
const only: readonly { readonly from: RegExp; readonly to: RegExp; readonly may: RegExp }[] = [
  {
    from: /^http\//,
    to: /^flows\//,
    may: /^flows\/(context\.ts$|acts\.ts$|application\/|sessions\/|tokens\/|guards\/|api-keys\/|machines\/)/,
  },
  { from: /^(views|model)\//, to: /^secrets\//, may: /^secrets\/(hashes\/|random\.ts$)/ },
  { from: /^(views|model)\//, to: /^(database|mail|outgoing|importers)\//, may: /(?!)/ },
  { from: /^stores\//, to: /^secrets\//, may: /^secrets\/random\.ts$/ },
]

/** Row types of these are known above `stores`, their queries are not. */
const rowTypes = /^(views|model|feed|telemetry)\//

/** Every import of the server goes down the layers, and down the order of `flows`. */
export const layersHold: Rule = (sources) =>
  sources
    .filter(({ path }) => path.startsWith('packages/server/src/') && !isTest(path))
    .flatMap((source) => {
      const mine = inner(source.path)
      if (rankOf(mine) < 0) return [`${source.path}: ${layerOf(mine)} is no layer of the server`]
      return importsOf(source).flatMap(({ target, typeOnly }) => {
        if (target === undefined || !target.startsWith('packages/server/src/')) return []
        const fault = faultOf(mine, inner(target), typeOnly)
        return fault === undefined
          ? []
          : [`${source.path}: must not import ${inner(target)}, ${fault}`]
      })
    })

function faultOf(mine: string, theirs: string, typeOnly: boolean): string | undefined {
  const [from, to] = [layerOf(mine), layerOf(theirs)]
  if (from !== to && rankOf(mine) >= rankOf(theirs)) return 'which is not below it'
  if (only.some((one) => one.from.test(mine) && one.to.test(theirs) && !one.may.test(theirs))) {
    return 'which is below it, but not for this layer'
  }
  if (rowTypes.test(mine) && to === 'stores' && !typeOnly) return 'of which it may take types only'
  if (from === 'endpoints' && to === 'endpoints' && domainOf(mine) !== domainOf(theirs)) {
    return 'another endpoint’s folder: what both take belongs to http'
  }
  return from === 'flows' && to === 'flows' ? flowFault(mine, theirs) : undefined
}

function flowFault(mine: string, theirs: string): string | undefined {
  const [from, to] = [domainOf(mine), domainOf(theirs)]
  if (from === to || to === 'context.ts' || from === 'startup') return undefined
  // It takes types; the rule against cycles keeps it from what imports it
  if (from === 'context.ts' || from === 'acts.ts') return undefined
  if (to === 'startup') return 'because only startup imports startup'
  if (spine.includes(from)) {
    return spine.indexOf(to) >= 0 && spine.indexOf(to) < spine.indexOf(from)
      ? undefined
      : `because ${from} is spine, and ${to} is not below it`
  }
  if (spine.includes(to)) return undefined
  if (leaves.includes(from))
    return `because no leaf imports ${leaves.includes(to) ? 'a leaf' : 'a journey'}`
  return leaves.includes(to) ? undefined : 'because no journey imports a journey'
}

function inner(path: string): string {
  return path.slice('packages/server/src/'.length)
}

function layerOf(path: string): string {
  return path.split('/')[0]?.replace(/\.ts$/, '') ?? ''
}

function domainOf(path: string): string {
  return path.split('/')[1] ?? ''
}

function rankOf(path: string): number {
  return layers.findIndex((layer) => layer.includes(layerOf(path)))
}

if (import.meta.main) enforce(layersHold)
