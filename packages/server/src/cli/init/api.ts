import { existsSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { Ask } from './ask.ts'
import type { FoundApp } from './apps.ts'
import type { Step } from './change.ts'
import { packageFile } from '../../config/package-file.ts'
import { textOf } from './text-of.ts'

/** What is known of an Express API. */
export interface Api {
  readonly folder: string
  /** The URL of the service in it. */
  readonly url: string
  readonly port: number
  /** Its paths, such as `/users`. */
  readonly paths: readonly string[]
  /** The module that exports the app, from its folder; `undefined` if none was found. */
  readonly app: Module | undefined
}

interface Module {
  readonly path: string
  readonly text: string
  /** Whether it exports the app, as its default or by the name `app`; `undefined` if it does not. */
  readonly exported: 'default' | 'app' | undefined
  readonly listens: boolean
  /** Whether the service is in it already, by the lines that `init` prints. */
  readonly hasService: boolean
}

const places = ['app', 'src/app', 'index', 'src/index', 'server', 'src/server', 'src/main', 'main']
const endings = ['.js', '.mjs', '.cjs', '.ts', '.mts']

/** Most paths that get a scope of their own. */
const MOST_PATHS = 8

/** Reads the app's module, its paths and its port, and asks for a path if there is none. */
export async function readApi({ folder }: FoundApp, ask: Ask): Promise<Api> {
  const app = appModule(folder)
  const starter = textOf(join(folder, 'bin/www')) ?? ''
  const [, , port = '3000'] =
    /(listen\(|PORT\s*(?:\|\||\?\?)\s*)['"]?(\d{2,5})\b/.exec(starter + (app?.text ?? '')) ?? []
  const found = pathsIn(app?.text ?? '')
  const paths =
    found.length > 0
      ? found
      : [await ask.text('Which path of your API does the page call?', '/api')]
  const [wrong] = paths.filter((path) => !/^(\/[\w.-]+)+$/.test(path) || path === '/auth')
  if (wrong !== undefined) {
    throw new Error(
      `${wrong} can’t be a path of your API here: write it as in /api. /auth is the service’s own.`,
    )
  }
  return { folder, url: `http://localhost:${port}/auth`, port: Number(port), paths, app }
}

/** The first module that exports an app, or else the first that makes one. */
function appModule(folder: string): Module | undefined {
  const modules = places
    .flatMap((place) => endings.map((ending) => place + ending))
    .filter((path) => existsSync(join(folder, path)))
    .map((path) => moduleOf(path, readFileSync(join(folder, path), 'utf8')))
    .filter(({ text }) => /\bexpress\(\)/.test(text) && !isOurs(text))
  return (
    modules.find(({ hasService }) => hasService) ??
    modules.find(({ exported, listens }) => exported !== undefined && !listens) ??
    modules[0]
  )
}

/** Whether it is the file that `init` writes, which imports the app. */
function isOurs(text: string): boolean {
  return text.includes('createKeyhaven') && /^import (app|\{ app \}) from /m.test(text)
}

function moduleOf(path: string, text: string): Module {
  const isDefault = /\bmodule\.exports\s*=\s*app\b|\bexport\s+default\s+app\b/.test(text)
  const isNamed =
    /\bexports\.app\s*=|\bexport\s+(?:const|let)\s+app\b|\bexport\s*\{[^}]*\bapp\b/.test(text)
  const exported = isDefault ? 'default' : isNamed ? 'app' : undefined
  const hasService = text.includes('createKeyhaven')
  return { path, text, exported, listens: /\.listen\(/.test(text), hasService }
}

function pathsIn(text: string): readonly string[] {
  const found = text.matchAll(
    /^\s*app\.(?:use|get|post|put|patch|delete|all|route)\(\s*['"](\/[\w.-]+)/gm,
  )
  const paths = new Set([...found].map(([, path = '']) => path).filter((path) => path !== '/auth'))
  return [...paths].slice(0, MOST_PATHS)
}

/** The scope of a path: `/users` has `users:read`. */
function scopeOf(path: string): string {
  return `${path.slice(path.lastIndexOf('/') + 1)}:read`
}

const quoted = (text: string): string => `'${text}'`

/** The access module, and the file that starts the service, the guard and the app. */
export function apiSteps({ folder, url, port, paths, app }: Api): readonly Step[] {
  const scopes = [...new Set(paths.map(scopeOf))].map(quoted).join(', ')
  const access = template('access.mts').replaceAll(`['users:read']`, () => `[${scopes}]`)
  const rules = paths.map((path) => `.use('${path}', auth.require('${scopeOf(path)}'))`).join('')
  const server = template('server.mjs')
    .replace(`.use('/users', auth.require('users:read'))`, () => rules)
    .replace('http://localhost:3000/auth', () => url)
    .replace('listen(3000)', () => `listen(${port})`)
  return [
    newFile(join(folder, 'access.mts'), access, 'defineAccess'),
    serverStep(folder, server, app),
  ]
}

function serverStep(folder: string, server: string, app: Module | undefined): Step {
  if (app?.hasService) {
    const file = join(folder, app.path)
    return { file, before: app.text, after: app.text }
  }
  const isTyped = app !== undefined && extname(app.path).endsWith('ts')
  if (app?.exported === undefined || app.listens) {
    const name = app?.path ?? 'app.js'
    const rest = server.split('\n').filter((line) => line !== '' && !line.startsWith('//'))
    return {
      file: join(folder, app?.path ?? 'app.js'),
      why: `${name} does not export your app, or starts it itself. Export it without calling listen, and run keyhaven init again; or write these lines where you make it.`,
      lines: rest.flatMap((line) => appLine(line)),
    }
  }
  const named = app.exported === 'app' ? '{ app }' : 'app'
  const text = server.replace(`app from './app.js'`, () => `${named} from './${app.path}'`)
  return newFile(join(folder, isTyped ? 'server.mts' : 'server.mjs'), text, 'createKeyhaven')
}

/** The lines of `server.mjs`, for a module that makes the app itself. */
function appLine(line: string): readonly string[] {
  if (/^import (app|express) /.test(line)) return []
  const rules = /^express\(\)(.*?)\.use\(app\)/.exec(line)?.[1]
  if (rules === undefined) return [line]
  return rules.split(/(?<=\))(?=\.use\()/).map((rule) => `app${rule}`)
}

/** A new file. One that is there already stays as it is, and must have `sign`. */
function newFile(file: string, text: string, sign: string): Step {
  const before = textOf(file)
  if (before === undefined) return { file, before, after: text }
  if (before.includes(sign)) return { file, before, after: before }
  const why =
    'The file exists, and is another one. Move it away and run keyhaven init again, or write these lines in it.'
  return { file, why, lines: text.trimEnd().split('\n') }
}

/** The text of a file that `init` writes, as the quickstart has it. */
function template(name: string): string {
  return readFileSync(packageFile(`data/init/${name}.txt`), 'utf8')
}
