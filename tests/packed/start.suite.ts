import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { freePort, root, run, until } from '@keyhaven/stage/processes/process'
import { expect } from 'vitest'

/** Lists the modules that a process loads, and those of Node. */
const spy = `
import { registerHooks } from 'node:module'
import { writeFileSync } from 'node:fs'
const urls = []
registerHooks({
  load: (url, context, next) => {
    urls.push(url)
    return next(url, context)
  },
})
process.on('exit', () => {
  const ofNode = process.moduleLoadList.filter((one) => one.startsWith('NativeModule '))
  writeFileSync('loaded.json', JSON.stringify({ urls, ofNode }))
})
`

interface Loaded {
  readonly urls: readonly string[]
  readonly ofNode: readonly string[]
}

/** What the installed `keyhaven start` loads until it is ready, in a new folder on SQLite. */
async function loadedByStart(folder: string): Promise<Loaded> {
  writeFileSync(join(folder, 'spy.mjs'), spy)
  const port = await freePort()
  const script = 'node_modules/@keyhaven/server/dist/cli/main.js'
  const service = run([process.execPath, '--import', './spy.mjs', script, 'start', '--json'], {
    folder,
    environment: {
      KEYHAVEN_URL: `http://localhost:${port}/auth`,
      KEYHAVEN_PORT: String(port),
      KEYHAVEN_DATA: join(folder, 'data'),
    },
  })
  await until('the service is ready', () => service.output().includes('ready at'))
  await service.stop()
  return JSON.parse(readFileSync(join(folder, 'loaded.json'), 'utf8')) as Loaded
}

/** A start of the packages in this folder reads few files, and nothing that its settings don't need. */
export async function startLoadsLittle(folder: string): Promise<void> {
  const { urls, ofNode } = await loadedByStart(folder)
  const files = urls.filter((url) => url.startsWith('file:'))
  const packages = files.map((url) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1])
  expect(new Set(packages)).toEqual(
    new Set([
      '@keyhaven/core',
      '@keyhaven/guard',
      '@keyhaven/server',
      '@node-rs/argon2',
      expect.stringMatching(/^@node-rs\/argon2-/),
    ]),
  )
  expect(files.length).toBeLessThan(40)
  const texts = files.map((url) => readFileSync(new URL(url), 'utf8'))
  // A script has a library's unused parts if it imports an object of all its names, such as `z` of zod
  expect(texts.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(1_300_000)
  // The list of public suffixes is data of 140 kB
  expect(texts.filter((text) => text.includes('blogspot'))).toEqual([])
  for (const costly of ['https', 'tls', 'internal/deps/undici/undici']) {
    expect(ofNode).not.toContain(`NativeModule ${costly}`)
  }
}

/** Spans of the packages in this folder reach the SDK of the application, which has its own copy of the API. */
export async function spansReachTheApp(folder: string): Promise<void> {
  const own = (name: string): string => pathToFileURL(join(root, 'node_modules', name)).href
  const app = `
import { trace } from '${own('@opentelemetry/api/dist/index.mjs')}'
const names = []
const span = { end() {}, setAttribute() {}, setStatus() {} }
const tracer = {
  startActiveSpan: (name, ...rest) => {
    names.push(name)
    return rest.at(-1)(span)
  },
}
trace.setGlobalTracerProvider({ getTracer: () => tracer })
const { createKeyhaven } = await import('@keyhaven/server')
const auth = await createKeyhaven({ folder: 'traced', environment: {}, announce() {} })
await auth.handler(new Request(auth.issuer + '/health/live'))
await auth.close()
console.log(names.join())
`
  writeFileSync(join(folder, 'traced.mjs'), app)
  const traced = run([process.execPath, 'traced.mjs'], { folder })
  expect({ code: await traced.exited, output: traced.output() }).toEqual({
    code: 0,
    output: 'GET /health/live\n',
  })
}
