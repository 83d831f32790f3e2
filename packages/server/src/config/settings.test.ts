import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { describeLifetimes } from './lifetimes.ts'
import { options } from './options.ts'
import { readSettings } from './settings.ts'
import type { Options, Settings } from './settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const read = (
  environment: Record<string, string> = {},
  code: Options = {},
  place = folder,
): Promise<Settings> => readSettings({ code, environment, folder: place })
const production = {
  KEYHAVEN_URL: 'https://app.example/auth',
  KEYHAVEN_EMAIL_VERIFICATION: 'off',
  NODE_ENV: 'production',
}
const masterKey = Buffer.alloc(32, 7).toString('base64url')

describe('readSettings', () => {
  it('has defaults that serve development on this machine', async () => {
    expect(await read()).toMatchObject({
      issuer: 'http://localhost:4000/auth',
      host: '127.0.0.1',
      port: 4000,
      development: true,
      data: join(folder, 'keyhaven-data'),
      database: join(folder, 'keyhaven-data/keyhaven.sqlite'),
      masterKey: { file: join(folder, 'keyhaven-data/master.key') },
      audiences: ['http://localhost:4000'],
      lifetimes: { preset: 'business', accessTtl: 600, idle: 28_800, absolute: 2_592_000 },
      alg: 'ES256',
      emailVerification: 'off',
      passwordMinLength: 8,
    })
  })
  it.each([
    ['KEYHAVEN_URL', 'https://x.example/a/', { issuer: 'https://x.example/a', development: false }],
    [
      'KEYHAVEN_PRESET',
      'bank',
      { passwordMinLength: 15, maxStaleness: 5, lifetimes: { accessTtl: 300 } },
    ],
    ['KEYHAVEN_MAX_STALENESS', '90s', { maxStaleness: 90 }],
    ['KEYHAVEN_PRESET', 'device', { lifetimes: { absolute: undefined } }],
    ['KEYHAVEN_ABSOLUTE', '1h', { lifetimes: { idle: 28_800, absolute: 3600 } }],
    ['KEYHAVEN_PORT', '', { port: 4000 }],
    ['KEYHAVEN_ABSOLUTE', 'none', { lifetimes: { absolute: undefined } }],
    ['KEYHAVEN_IDLE', '30d', { lifetimes: { idle: 2_592_000 } }],
    ['KEYHAVEN_ACCESS_TTL', '90s', { lifetimes: { accessTtl: 90 } }],
    [
      'KEYHAVEN_AUDIENCE',
      'https://a.example, https://b.example',
      { audiences: ['https://a.example', 'https://b.example'] },
    ],
    ['KEYHAVEN_ALLOWED_ORIGINS', 'https://a.example', { allowedOrigins: ['https://a.example'] }],
    ['KEYHAVEN_DATABASE', '/x/y.sqlite', { database: '/x/y.sqlite' }],
  ])('reads %s=%s', async (variable, value, wanted) => {
    const settings = await read({ KEYHAVEN_EMAIL_VERIFICATION: 'off', [variable]: value })
    expect(settings).toMatchObject(wanted)
  })
  it.each([
    [{ KEYHAVEN_URL: 'http://app.example/auth' }, 'must begin with https'],
    [{ KEYHAVEN_URL: 'app' }, 'KEYHAVEN_URL (url) must be a URL'],
    [{ KEYHAVEN_PORT: '99999' }, 'must be a whole number from 0 to 65535'],
    [{ KEYHAVEN_IDLE: '8 hours' }, 'must be a duration such as 60s, 10m, 8h or 30d'],
    [{ KEYHAVEN_IDLE: '5m' }, 'KEYHAVEN_IDLE must not be shorter than KEYHAVEN_ACCESS_TTL'],
    [{ KEYHAVEN_ABSOLUTE: '3651d' }, 'must be at most 3650d'],
    [{ KEYHAVEN_URL: 'https://:pw@a.example/x' }, 'must have no user, password, query or fragment'],
    [{ KEYHAVEN_URL: 'https://me@a.example/x' }, 'must have no user, password, query or fragment'],
    [{ KEYHAVEN_URL: 'https://a.example/x?' }, 'must have no user, password, query or fragment'],
    [{ KEYHAVEN_URL: 'https://a.example/x#' }, 'must have no user, password, query or fragment'],
    [{ KEYHAVEN_URL: 'https://a.example/x//' }, 'without double or encoded slashes'],
    [{ KEYHAVEN_URL: 'https://a.example/x%2Fy' }, 'without double or encoded slashes'],
    [{ KEYHAVEN_URL: `https://a.example/${'x'.repeat(200)}` }, 'must be at most 200 characters'],
    [{ KEYHAVEN_HOST: ' ' }, 'KEYHAVEN_HOST (host) must not be empty'],
    [{ KEYHAVEN_ALLOWED_ORIGINS: 'http://a.example' }, 'must list https origins'],
    [{ KEYHAVEN_TRUST_PROXY: '10.0.0.0/33' }, 'must list addresses or networks'],
    [{ KEYHAVEN_COOKIE_NAME: 'a;b' }, 'must be a short name'],
    [{ KEYHAVEN_SAME_SITE: 'none' }, 'must be one of strict, lax'],
    [{ KEYHAVEN_CLAIMS_COOKIE: 'yes' }, 'must be one of on, off'],
    [{ KEYHAVEN_MODE: 'open' }, 'must be one of token, opaque'],
    [{ KEYHAVEN_COOKIE_DOMAIN: 'example' }, 'must be a domain such as app.example'],
    [{ ...production, KEYHAVEN_COOKIE_DOMAIN: 'other.example' }, 'is no parent of app.example'],
    [
      {
        ...production,
        KEYHAVEN_URL: 'https://a.co.uk/auth',
        KEYHAVEN_COOKIE_DOMAIN: 'co.uk',
      },
      'is a public suffix',
    ],
    [
      { KEYHAVEN_URL: 'http://a.b.localhost:4000/x', KEYHAVEN_COOKIE_DOMAIN: 'b.localhost' },
      'needs an https URL',
    ],
    [{ KEYHAVEN_ACCESS_TTL: '2d', KEYHAVEN_IDLE: '3d' }, 'must be at most 24h'],
    [
      { KEYHAVEN_MAX_STALENESS: '2s' },
      'KEYHAVEN_MAX_STALENESS (maxStaleness) must be from 3s to 1h',
    ],
    [{ KEYHAVEN_PRESET: 'casino' }, 'must be one of bank, business, consumer, device'],
    [{ KEYHAVEN_ALG: 'HS256' }, 'must be one of ES256, Ed25519'],
    [{ KEYHAVEN_ALLOWED_ORIGINS: '*' }, 'would let other sites in'],
    [{ KEYHAVEN_ALLOWED_ORIGINS: 'null' }, 'would let other sites in'],
    [{ KEYHAVEN_ALLOWED_ORIGINS: 'https://*.example' }, 'would let other sites in'],
    [{ KEYHAVEN_ALLOWED_ORIGINS: 'https://a.example/x' }, 'is none'],
    [{ KEYHAVEN_DATABASE: 'postgres://db/x' }, 'must be a SQLite file'],
    [{ KEYHAVEN_EMAIL_VERIFICATION: 'on' }, 'no mail is configured'],
    [{ ...production, KEYHAVEN_EMAIL_VERIFICATION: '' }, 'no mail is configured'],
    [
      { ...production, KEYHAVEN_URL: 'http://localhost:4000/auth' },
      'set KEYHAVEN_URL to the public',
    ],
    [{ KEYHAVEN_ACESS: 'x' }, 'KEYHAVEN_ACESS is not a setting'],
    [{ KEYHAVEN_ACESS: '' }, 'KEYHAVEN_ACESS is not a setting'],
    [{ KEYHAVEN_ACCESS: 'missing.ts' }, 'can’t be loaded'],
    [{ KEYHAVEN_MASTER_KEY: masterKey, KEYHAVEN_MASTER_KEY_FILE: 'x' }, 'are both set'],
    [{ KEYHAVEN_PASSWORD_MIN_LENGTH: '4' }, 'must be a whole number from 8'],
  ])('refuses %j with one sentence', async (environment, sentence) => {
    const error: unknown = await read(environment as Record<string, string>).catch((one) => one)
    expect(error).toMatchObject({ name: 'ConfigurationError' })
    expect(String(error)).toContain(sentence)
    expect(String(error)).toMatch(/\.$|: .+$/)
  })
  it('lets the file be overridden by variables, and those by code', async () => {
    const place = mkdtempSync(join(folder, 'file-'))
    writeFileSync(
      join(place, 'keyhaven.config.json'),
      '{ "port": 1, "host": "::1", "alg": "Ed25519" }',
    )
    const settings = await read(
      { KEYHAVEN_PORT: '2', KEYHAVEN_HOST: '127.0.0.2' },
      { port: 3 },
      place,
    )
    expect(settings).toMatchObject({ port: 3, host: '127.0.0.2', alg: 'Ed25519' })
    writeFileSync(join(place, 'keyhaven.config.json'), '{ "prot": 1 }')
    await expect(read({}, {}, place)).rejects.toThrow("'prot', which is not a setting")
  })
  it.each([
    [{ prot: 1 }, "The configuration in code has 'prot', which is not a setting"],
    [{ host: null }, 'KEYHAVEN_HOST (host) must be text, a number or a list of texts'],
    [{ port: {} }, 'KEYHAVEN_PORT (port) must be text, a number or a list of texts'],
    [{ allowedOrigins: [1] }, 'must be text, a number or a list of texts'],
    [{ access: {} }, 'access must export `access`, made by defineAccess'],
    [{ masterKey: 7 }, 'masterKey must be text: 32 bytes as base64url'],
  ])('refuses %j in code with one sentence', async (code, sentence) => {
    await expect(read({}, code as Options)).rejects.toThrow(sentence)
  })
  it('takes what code leaves undefined from the variables', async () => {
    const code = { port: undefined } as unknown as Options
    expect(await read({ KEYHAVEN_PORT: '2' }, code)).toMatchObject({ port: 2 })
  })
  it('quotes nothing of a JSON file that it can’t read: it may hold the master key', async () => {
    const place = mkdtempSync(join(folder, 'broken-'))
    writeFileSync(join(place, 'keyhaven.config.json'), `{ "masterKey": ${masterKey} }`)
    const error: unknown = await read({}, {}, place).catch((one) => one)
    expect(String(error)).toContain('is not valid JSON: check its quotes, commas and brackets.')
    expect(inspect(error, { depth: 9 })).not.toContain(masterKey.slice(0, 6))
  })
  it('loads settings and the access module from TypeScript files', async () => {
    const place = mkdtempSync(join(folder, 'typed-'))
    const module = `{ scopes: ['notes:read'], roles: {}, defaultRoles: [], rules: {} }`
    writeFileSync(
      join(place, 'keyhaven.config.ts'),
      `export default { access: 'access.ts' as string }`,
    )
    writeFileSync(join(place, 'access.ts'), `export const access = ${module} as const`)
    expect((await read({}, {}, place)).access.scopes).toEqual(['notes:read'])
    writeFileSync(join(place, 'other.ts'), `export default ${module}`)
    const settings = await read({ KEYHAVEN_ACCESS: 'other.ts' }, {}, place)
    expect(settings.access.scopes).toEqual(['notes:read'])
    writeFileSync(join(place, 'keyhaven.config.json'), '{}')
    await expect(read({}, {}, place)).rejects.toThrow('keep one of them')
  })
  it('can’t be changed after it was read', async () => {
    const settings = await read({ KEYHAVEN_ALLOWED_ORIGINS: 'https://a.example' })
    const { access: _, ...rest } = settings
    for (const value of [settings, ...Object.values(rest)])
      expect(Object.isFrozen(value)).toBe(true)
  })
  it('hides the master key wherever it is printed', async () => {
    const settings = await read({ KEYHAVEN_MASTER_KEY: masterKey })
    expect(inspect(settings, { depth: 9 })).not.toContain(masterKey)
    expect(JSON.stringify(settings)).not.toContain(masterKey)
  })
})

describe('options', () => {
  it('names every setting once, with a default and a sentence', () => {
    const rows = Object.values(options)
    expect(new Set(rows.map(({ variable }) => variable)).size).toBe(rows.length)
    for (const { sentence, otherwise } of rows) {
      expect(sentence).toMatch(/\.$/)
      expect(otherwise).not.toBe('')
    }
  })
})

describe('describeLifetimes', () => {
  it('says in words how long a sign-in lasts', () => {
    const lifetimes = { preset: 'device', accessTtl: 600, idle: 3600, absolute: undefined } as const
    expect(describeLifetimes(lifetimes)).toBe(
      'a sign-in lasts 1 hour without activity, with no limit beyond that; access tokens live 10 minutes',
    )
  })
})
