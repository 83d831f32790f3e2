import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { errorCode } from '@keyhaven/core/errors'
import type { Ask } from './ask.ts'

/** A folder with a package.json. */
export interface FoundApp {
  readonly folder: string
  /** The packages that it names. */
  readonly packages: readonly string[]
}

/** The Express API, and the Vite page if there is one; they may be one folder. */
export interface FoundApps {
  readonly api: FoundApp
  readonly page: FoundApp | undefined
}

/** Other folders are not looked into. */
const ignored = /^(\.|node_modules$|dist$|build$)/

/** Most folders beside each other that are looked into. */
const MOST = 200

/**
 * Finds both apps: in this folder, below it, or beside it. Beside it only if Keyhaven is installed there, because it may
 * be another project. @throws Error with one sentence if there is no Express API.
 */
export async function findApps(here: string, ask: Ask): Promise<FoundApps> {
  const own = readApp(here)
  const below = appsIn(here)
  const beside = appsIn(dirname(here)).filter(({ folder }) => folder !== here)
  const withPackage = (name: string, keyhaven: string): readonly FoundApp[] => {
    const has = ({ packages }: FoundApp): boolean => packages.includes(name)
    if (own !== undefined && has(own)) return [own]
    const inside = below.filter(has)
    if (inside.length > 0) return inside
    return beside.filter((app) => has(app) && app.packages.includes(keyhaven))
  }
  const choose = async (what: string, apps: readonly FoundApp[]): Promise<FoundApp | undefined> => {
    if (apps.length < 2) return apps[0]
    const names = apps.map(({ folder }) => relative(here, folder))
    const chosen = await ask.choice(`Which folder has your ${what}?`, names)
    return apps[chosen]
  }
  const api = await choose('Express API', withPackage('express', '@keyhaven/server'))
  if (api === undefined) throw new Error(noApi(here, own))
  return { api, page: await choose('Vite page', withPackage('vite', '@keyhaven/client')) }
}

function noApi(here: string, own: FoundApp | undefined): string {
  if (own === undefined) {
    return `There is no package.json in ${here}: run keyhaven init in the folder of your Express API.`
  }
  return `${join(here, 'package.json')} does not name express: run keyhaven init in the folder of your Express API.`
}

function appsIn(folder: string): readonly FoundApp[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !ignored.test(entry.name))
    .map(({ name }) => name)
    .toSorted()
  return names.slice(0, MOST).flatMap((name) => readApp(join(folder, name)) ?? [])
}

/** @throws Error with one sentence if its package.json is no JSON. */
function readApp(folder: string): FoundApp | undefined {
  const file = join(folder, 'package.json')
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return {
      folder,
      packages: ['dependencies', 'devDependencies'].flatMap((name) => keysIn(manifest, name)),
    }
  } catch (cause) {
    if (cause instanceof SyntaxError) {
      throw new Error(`${file} is not JSON: correct it, then run keyhaven init again.`, { cause })
    }
    if (/^(ENOENT|ENOTDIR|EACCES)$/.test(errorCode(cause) ?? '')) return undefined
    throw cause
  }
}

function keysIn(value: unknown, name: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const member: unknown = Object.getOwnPropertyDescriptor(value, name)?.value
  return typeof member === 'object' && member !== null ? Object.keys(member) : []
}

/** A path as a person types it from here. */
export function shownFrom(here: string, path: string): string {
  return relative(here, path) || basename(path)
}
