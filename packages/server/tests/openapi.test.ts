import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKeyhaven } from '@keyhaven/server'
import { limitsPage } from '@keyhaven/server/reference'
import type { Keyhaven } from '@keyhaven/server'
import { testLog } from '@keyhaven/stage/processes/log'
import { send } from '@keyhaven/stage/http/person'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import { databaseIn } from '@keyhaven/stage/databases/databases'

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description: string
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters: readonly { name: string; in: string; description: string; schema: object }[]
  readonly requestBody?: { required: boolean; content: unknown }
  readonly responses: Record<string, unknown>
}

interface Described {
  readonly openapi: string
  readonly info: { readonly version: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly securitySchemes: Record<string, { readonly name?: string }> }
}

const data = newFolder()
let keyhaven: Keyhaven
let described: Described
let operations: readonly (Operation & { readonly call: string })[]

beforeAll(async () => {
  keyhaven = await createKeyhaven({
    url: 'https://app.example/auth',
    emailVerification: 'off',
    cookieName: 'haven',
    data,
    folder: data,
    database: await databaseIn(data),
    environment: { NODE_ENV: 'test' },
    log: testLog(),
  })
  const response = await keyhaven.handler(new Request(`${keyhaven.issuer}/openapi.json`))
  described = (await response.json()) as Described
  operations = Object.entries(described.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({
      ...one,
      call: `${method.toUpperCase()} ${path}`,
    })),
  )
})
afterAll(async () => {
  await keyhaven.close()
  rmSync(data, { recursive: true })
})

const operation = (call: string): Operation | undefined =>
  operations.find((one) => one.call === call)

/** The limit of each row of the route table, by its call. */
const limits = new Map(
  [...limitsPage().matchAll(/^\| `([A-Z]+ \/.*?)` \| (.*) \|$/gm)].map(
    ([, call = '', limit = '']) => [call, limit],
  ),
)

describe('the route table', () => {
  it('states a limit in every row, or the reason why there is none', () => {
    for (const [call, limit] of limits) {
      expect(limit, call).toMatch(/^`\w+`( for the own account, `\w+` for others)?$|^none: .{30,}/)
    }
  })
})

describe('GET /openapi.json', () => {
  it('describes every row of the route table, itself too, and nothing else (operator 20)', () => {
    // Calls for tests exist in development only
    const calls = [...limits.keys()].filter((call) => call !== 'POST /testing/sessions')
    expect(calls.length).toBe(limits.size - 1)
    const wanted = calls.map((call) => call.replace(/:(\w+)/g, '{$1}'))
    expect(wanted.length).toBeGreaterThan(30)
    expect(operations.map(({ call }) => call).toSorted()).toEqual(wanted.toSorted())
    for (const { call, summary, description, responses } of operations) {
      expect(summary, call).toMatch(/\.$/)
      expect(description, call).toMatch(/\.$/)
      expect(Object.keys(responses), call).toContain('default')
      expect(Object.keys(responses).length, call).toBeGreaterThan(1)
    }
  })
  it('names the version, the service’s URL, and its cookies', () => {
    const manifest = join(import.meta.dirname, '../package.json')
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
    expect(described).toMatchObject({
      openapi: '3.1.0',
      info: { version },
      servers: [{ url: 'https://app.example/auth' }],
    })
    expect(described.components.securitySchemes).toMatchObject({
      accessCookie: { in: 'cookie', name: '__Host-Http-haven' },
      sessionCookie: { in: 'cookie', name: '__Host-Http-haven-session' },
      xsrfToken: { in: 'header', name: 'X-XSRF-TOKEN' },
      accessToken: { type: 'http', scheme: 'bearer' },
      guardKey: { type: 'http', scheme: 'bearer' },
    })
  })
  it('gives each operation a name of its own, which does not change, and a tag that is described', () => {
    const names = operations.map(({ operationId }) => operationId)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^(get|post|put|patch|delete)([A-Z][a-z]+)+$/)
    expect(operation('GET /accounts')?.operationId).toBe('getAccounts')
    expect(operation('GET /accounts/{id}')?.operationId).toBe('getAccount')
    expect(operation('DELETE /accounts/{id}/sessions')?.operationId).toBe('deleteAccountSessions')
    expect(operation('PUT /accounts/{id}/roles/{role}')?.operationId).toBe('putAccountRole')
    const tags = described.tags.map(({ name }) => name)
    for (const one of operations) expect(tags, one.call).toContain(one.tags[0])
    for (const tag of tags)
      expect(
        operations.some((one) => one.tags.includes(tag)),
        tag,
      ).toBe(true)
  })
  it('describes how to authenticate: by cookies, with the XSRF token for changes, or as bearer', () => {
    const schemes = Object.keys(described.components.securitySchemes)
    for (const { call, security } of operations) {
      for (const way of security) {
        for (const name of Object.keys(way)) expect(schemes, call).toContain(name)
        const byCookie = 'sessionCookie' in way || 'accessCookie' in way
        expect('xsrfToken' in way, call).toBe(byCookie && !call.startsWith('GET '))
      }
    }
    expect(operation('POST /sessions')?.security).toEqual([])
    expect(operation('GET /metrics')?.security).toEqual([{ guardKey: [] }])
    expect(operation('GET /audit')?.security).toEqual(
      ['sessionCookie', 'accessCookie', 'accessToken', 'machineKey'].map((name) => ({
        [name]: ['keyhaven:audit:read'],
      })),
    )
    expect(operation('POST /sessions/current/renew')?.security).toEqual([
      { sessionCookie: [], xsrfToken: [] },
    ])
  })
  it('names no access cookie if there is none', async () => {
    const opaque = await serve(newFolder(), { mode: 'opaque' })
    const text = await (await send(opaque, 'GET /openapi.json')).text()
    await opaque.close()
    rmSync(opaque.data, { recursive: true })
    expect(text).toContain('sessionCookie')
    expect(text).not.toContain('accessCookie')
  })
  it('describes every parameter, and which bodies must be sent', () => {
    for (const { call, parameters } of operations) {
      const inPath = [...call.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const named = parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      expect(named, call).toEqual(inPath)
      for (const one of parameters) {
        expect(one.description, call).toMatch(/\.$/)
        expect(one.schema, call).toHaveProperty('type')
      }
    }
    const audit = operation('GET /audit')?.parameters.map(({ name }) => name)
    expect(audit).toEqual(
      expect.arrayContaining(['from', 'to', 'account', 'actor', 'action', 'address']),
    )
    expect(operation('POST /sessions')?.requestBody?.required).toBe(true)
    expect(operation('DELETE /tokens/{jti}')?.requestBody?.required).toBe(false)
    expect(JSON.stringify(operation('POST /sessions')?.requestBody)).toContain(
      '"additionalProperties":false',
    )
  })
  it('refers to nothing that is not in it, so that a generator can resolve it', () => {
    const text = JSON.stringify(described)
    const refs = new Set([...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref = '']) => ref))
    expect(refs.size).toBeGreaterThan(1)
    for (const ref of refs) {
      const found = ref
        .replace('#/', '')
        .split('/')
        .reduce<unknown>((at, part) => (at as Record<string, unknown>)?.[part], described)
      expect(found, ref).toBeTypeOf('object')
    }
    expect(text).not.toContain('$defs')
  })
})
