import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import type { PostgresServer } from './database-place.ts'
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
  it('has defaults that serve development on this machine: tokens of ten minutes for its own origin (AT-10)', async () => {
    expect(await read()).toMatchObject({
      issuer: 'http://localhost:4000/auth',
      host: 'localhost',
      port: 4000,
      keepAlive: 65,
      development: true,
      data: join(folder, 'keyhaven-data'),
      database: { file: join(folder, 'keyhaven-data/keyhaven.sqlite') },
      masterKey: { file: join(folder, 'keyhaven-data/master.key') },
      audiences: ['http://localhost:4000'],
      lifetimes: {
        preset: 'business',
        accessTtl: 600,
        idle: 28_800,
        absolute: 2_592_000,
        apiKeyMax: 31_536_000,
      },
      alg: 'ES256',
      emailVerification: 'off',
      eraseAfter: 1_209_600,
      factors: { policy: 'optional', rpId: 'localhost' },
      mail: {
        place: 'mailbox',
        from: { name: '', address: 'no-reply@localhost' },
        templates: undefined,
        pages: 'http://localhost:4000/auth/pages',
        perHour: 1000,
        notices: true,
        signIn: false,
      },
      passwords: { minLength: 8, resetEndsKeys: true },
    })
  })
  it('sends no mail in production until a server is named, and lets links lead to pages of the app', async () => {
    const pages = { KEYHAVEN_PAGES: 'https://app.example/account/' }
    expect(await read({ ...production, ...pages })).toMatchObject({
      mail: { place: 'none', pages: 'https://app.example/account' },
    })
  })
  it('confirms addresses if mail is sent: in production by default, and in development if it is on', async () => {
    const { KEYHAVEN_EMAIL_VERIFICATION: _off, ...real } = production
    const mail = {
      KEYHAVEN_MAIL: 'smtps://mail.example',
      KEYHAVEN_MAIL_FROM: 'Example <no-reply@app.example>',
    }
    expect(await read({ ...real, ...mail })).toMatchObject({ emailVerification: 'on' })
    const inCode = { code: {}, environment: real, folder, sendsMail: true }
    expect(await readSettings(inCode)).toMatchObject({ emailVerification: 'on' })
    const here = await read({ KEYHAVEN_EMAIL_VERIFICATION: 'on', KEYHAVEN_RESET_ENDS_KEYS: 'off' })
    expect(here).toMatchObject({ emailVerification: 'on', passwords: { resetEndsKeys: false } })
  })
  it.each([
    ['http://127.0.0.1:4000/auth', '127.0.0.1'],
    ['http://[::1]:4000/auth', '::1'],
    ['http://app.localhost:4000/auth', 'localhost'],
    ['https://app.example/auth', '127.0.0.1'],
  ])('listens on the host of a URL on this machine: %s (reports F21)', async (url, host) => {
    expect(await read({ ...production, NODE_ENV: '', KEYHAVEN_URL: url })).toMatchObject({ host })
  })
  it.each([
    [{ KEYHAVEN_TRUST_PROXY: '10.0.0.7, 10.1.0.0/16' }, ['10.0.0.7', '10.1.0.0/16']],
    [{}, ['127.0.0.0/8', '::1']],
    [{ KEYHAVEN_HOST: '0.0.0.0' }, []],
  ])(
    'trusts the proxies that are named, or those on this machine: %j (operator 14)',
    async (environment, trustProxy) => {
      expect(await read({ ...production, ...environment })).toMatchObject({ trustProxy })
      expect((await read()).trustProxy).toEqual([])
    },
  )
  it.each([
    ['KEYHAVEN_URL', 'https://x.example/a/', { issuer: 'https://x.example/a', development: false }],
    [
      'KEYHAVEN_PRESET',
      'bank',
      { passwords: { minLength: 15 }, maxStaleness: 5, lifetimes: { accessTtl: 300 } },
    ],
    ['KEYHAVEN_MAX_STALENESS', '90s', { maxStaleness: 90 }],
    ['KEYHAVEN_STEP_UP', '5m', { stepUp: 300 }],
    ['KEYHAVEN_ERASE_AFTER', '0s', { eraseAfter: 0 }],
    ['KEYHAVEN_PRESET', 'device', { lifetimes: { absolute: undefined } }],
    ['KEYHAVEN_ABSOLUTE', '1h', { lifetimes: { idle: 28_800, absolute: 3600 } }],
    ['KEYHAVEN_KEEP_ALIVE', '2m', { keepAlive: 120 }],
    ['KEYHAVEN_HOST', '[::1]', { host: '::1' }],
    ['KEYHAVEN_IDLE', '30d\n', { lifetimes: { idle: 2_592_000 } }],
    ['KEYHAVEN_ABSOLUTE', 'none', { lifetimes: { absolute: undefined } }],
    ['KEYHAVEN_IDLE', '30d', { lifetimes: { idle: 2_592_000 } }],
    ['KEYHAVEN_ACCESS_TTL', '90s', { lifetimes: { accessTtl: 90 } }],
    [
      'KEYHAVEN_AUDIENCE',
      'https://a.example, https://b.example',
      { audiences: ['https://a.example', 'https://b.example'] },
    ],
    ['KEYHAVEN_ALLOWED_ORIGINS', 'https://a.example', { allowedOrigins: ['https://a.example'] }],
    [
      'KEYHAVEN_NATIVE_ORIGINS',
      'capacitor://localhost, http://localhost, app://notes',
      {
        bearerOrigins: {
          native: ['capacitor://localhost', 'http://localhost', 'app://notes'],
          pages: [],
        },
      },
    ],
    [
      'KEYHAVEN_BEARER_ORIGINS',
      'https://a.example',
      { bearerOrigins: { native: [], pages: ['https://a.example'] } },
    ],
    ['KEYHAVEN_DATABASE', '/x/y.sqlite', { database: { file: '/x/y.sqlite' } }],
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
    [{ KEYHAVEN_URL: '' }, 'KEYHAVEN_URL (url) must not be empty: give it a value, or remove'],
    [{ KEYHAVEN_HOST: '[localhost]' }, 'must have an IPv6 address in its brackets'],
    [{ KEYHAVEN_PORT: '6000' }, 'must not use port 6000: browsers block it'],
    [{ KEYHAVEN_PORT: '10080' }, 'must not use port 10080: browsers block it'],
    [{ KEYHAVEN_URL: 'https://a.example:6667/x' }, 'must not use port 6667: browsers block it'],
    [{ KEYHAVEN_URL: 'http://localhost:0/x' }, 'must not use port 0: browsers block it'],
    [{ KEYHAVEN_ALLOWED_ORIGINS: 'https://a.example:4190' }, 'must not use port 4190: browsers'],
    [{ KEYHAVEN_URL: 'http://localhost:6000/x' }, 'must not use port 6000: browsers block it'],
    [{ KEYHAVEN_KEEP_ALIVE: '2h' }, 'KEYHAVEN_KEEP_ALIVE (keepAlive) must be from 1s to 1h'],
    [{ KEYHAVEN_DATABASE: ':memory:' }, 'a name such as :memory: stores nothing'],
    [{ KEYHAVEN_DATABASE: 'file:kh.sqlite?mode=memory' }, 'write the path without file:'],
    [{ KEYHAVEN_DATABASE: 'sqlite:kh.sqlite' }, 'begin with postgres://, and not with sqlite:'],
    [{ KEYHAVEN_ALLOWED_ORIGINS: 'http://a.example' }, 'must list https origins'],
    [{ KEYHAVEN_TRUST_PROXY: '10.0.0.0/33' }, 'must list addresses or networks'],
    [{ KEYHAVEN_COOKIE_NAME: 'a;b' }, 'must be a short name'],
    [{ KEYHAVEN_COOKIE_NAME: 'XSRF-TOKEN' }, 'is the name of another cookie'],
    [{ KEYHAVEN_SAME_SITE: 'none' }, 'must be one of strict, lax'],
    [{ KEYHAVEN_CLAIMS_COOKIE: 'yes' }, 'must be one of on, off'],
    [{ KEYHAVEN_MODE: 'open' }, 'must be one of token, opaque'],
    [{ KEYHAVEN_COOKIE_DOMAIN: 'example' }, 'must be a domain such as app.example'],
    [
      { ...production, KEYHAVEN_COOKIE_DOMAIN: 'other.example' },
      'is not a parent domain of app.example',
    ],
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
    [{ KEYHAVEN_ALLOWED_ORIGINS: '*' }, 'would allow other sites'],
    [{ KEYHAVEN_ALLOWED_ORIGINS: 'null' }, 'would allow other sites'],
    [{ KEYHAVEN_ALLOWED_ORIGINS: 'https://*.example' }, 'would allow other sites'],
    [{ KEYHAVEN_ALLOWED_ORIGINS: 'https://a.example/x' }, 'is not one'],
    [{ KEYHAVEN_NATIVE_ORIGINS: 'https://a.example' }, "'https://a.example' is none of them"],
    [{ KEYHAVEN_NATIVE_ORIGINS: 'capacitor://*' }, "'capacitor://*' is none of them"],
    [{ KEYHAVEN_BEARER_ORIGINS: '*' }, 'would allow other sites'],
    [
      {
        KEYHAVEN_BEARER_ORIGINS: 'https://a.example',
        KEYHAVEN_ALLOWED_ORIGINS: 'https://a.example',
      },
      'KEYHAVEN_BEARER_ORIGINS lists https://a.example, whose pages sign in with cookies',
    ],
    [
      { KEYHAVEN_NATIVE_ORIGINS: 'http://localhost', KEYHAVEN_URL: 'http://localhost/auth' },
      'KEYHAVEN_NATIVE_ORIGINS lists http://localhost, whose pages sign in with cookies',
    ],
    [{ KEYHAVEN_DATABASE: 'mysql://u@localhost/x' }, 'must be a file or begin with postgres://'],
    [{ KEYHAVEN_DATABASE: 'postgres://localhost/x' }, 'must name a user'],
    [{ KEYHAVEN_DATABASE: 'postgres://u@localhost' }, 'must name a database after the host'],
    [{ KEYHAVEN_DATABASE: 'postgres:///x' }, 'must name a host'],
    [{ KEYHAVEN_DATABASE: 'postgres://u@localhost:x/y' }, 'must be a URL such as postgres://user'],
    [{ KEYHAVEN_DATABASE: 'postgres://u:100%@localhost/y' }, 'written as %25'],
    [{ KEYHAVEN_DATABASE: 'postgres://u@db.example/x' }, 'must set sslmode=verify-full'],
    [
      { KEYHAVEN_DATABASE: 'postgres://u@localhost/x?sslmod=verify-full' },
      'must not have a parameter sslmod, which the service does not know: write sslmode, or remove it',
    ],
    [
      { KEYHAVEN_DATABASE: 'postgres://u@localhost/x?pgbouncer=true&sslmode=disable' },
      'must not have a parameter pgbouncer, which the service does not know: remove it',
    ],
    [
      { KEYHAVEN_DATABASE: 'postgres://u@localhost/x?sslmode=disable&sslmode=require' },
      'must have the parameter sslmode only once',
    ],
    [
      { KEYHAVEN_DATABASE: 'postgres://u@localhost/x?channel_binding=require' },
      'has channel_binding=require, which only a TLS connection has',
    ],
    [
      { KEYHAVEN_DATABASE: 'postgres://u@localhost/x?channel_binding=yes' },
      'must have a channel_binding of disable, prefer, require',
    ],
    [
      { KEYHAVEN_DATABASE: 'postgres://u@localhost/x?connect_timeout=0' },
      'must have a connect_timeout from 1 to 30 (seconds)',
    ],
    [
      { KEYHAVEN_DATABASE: 'postgres://u@localhost/x?application_name=' },
      'must have an application_name of 1 to 63 ASCII characters',
    ],
    [
      { KEYHAVEN_DATABASE: 'postgres://u@localhost/x?target_session_attrs=any' },
      'must not have that target_session_attrs: write read-write',
    ],
    [{ KEYHAVEN_DATABASE: 'postgres://u@localhost,/x' }, 'must name a host'],
    [
      { KEYHAVEN_DATABASE: 'postgres://u@/x?host=127.0.0.1,::1&port=1,2,3' },
      'must have one port for all hosts, or as many ports as hosts',
    ],
    [{ KEYHAVEN_DATABASE: 'postgres://u@localhost,db/x' }, 'must set sslmode=verify-full'],
    [{ KEYHAVEN_DATABASE: 'postgres://u@localhost/x?sslmode=prefer' }, 'sslmode of verify-full'],
    [
      { KEYHAVEN_DATABASE: 'postgres://u@db/x?sslrootcert=/no/ca.pem' },
      'can’t be read: /no/ca.pem',
    ],
    [
      { KEYHAVEN_DATABASE: 'postgres://u@db/x?sslmode=disable&sslkey=/no/key' },
      'names certificates, but sslmode is disable',
    ],
    [
      { KEYHAVEN_EMAIL_VERIFICATION: 'on', KEYHAVEN_MAIL: 'none' },
      'is on, but KEYHAVEN_MAIL is none: set KEYHAVEN_MAIL to the URL of your mail server, or',
    ],
    [
      { ...production, KEYHAVEN_URL: 'http://localhost:4000/auth' },
      'set KEYHAVEN_URL to the public',
    ],
    [{ KEYHAVEN_ACESS: 'x' }, 'KEYHAVEN_ACESS is not a setting: write KEYHAVEN_ACCESS, or remove'],
    [{ KEYHAVEN_ACESS: '' }, 'KEYHAVEN_ACESS is not a setting'],
    [{ KEYHAVEN_NONSENSE_OF_ANY_KIND: 'x' }, 'is not a setting: remove it'],
    // What a platform writes has these forms and no others
    [{ KEYHAVEN_SERVICE_HOSTS: '10.0.0.1' }, 'KEYHAVEN_SERVICE_HOSTS is not a setting'],
    [{ KEYHAVEN_DB_PORT: '5432' }, 'KEYHAVEN_DB_PORT is not a setting'],
    [{ KEYHAVEN_PORT: 'http://10.0.0.1:4000' }, 'must be a whole number'],
    [{ KEYHAVEN_ACCESS: 'missing.ts' }, 'correct the module, or set KEYHAVEN_ACCESS to its path.'],
    [{ KEYHAVEN_MASTER_KEY: masterKey, KEYHAVEN_MASTER_KEY_FILE: 'x' }, 'are both set'],
    [{ KEYHAVEN_PASSWORD_MIN_LENGTH: '4' }, 'must be a whole number from 8'],
  ])('refuses %j with one sentence', async (environment, sentence) => {
    const error: unknown = await read(environment as Record<string, string>).catch((one) => one)
    expect(error).toMatchObject({ name: 'ConfigurationError' })
    // Node prints the stack of an error that ends an app's process (browser F10)
    expect((error as Error).stack).toBe(`ConfigurationError: ${(error as Error).message}`)
    expect(String(error)).toContain(sentence)
    expect(String(error)).toMatch(/\.$|: .+$/)
  })
  it('ignores what Kubernetes injects for Services named like the settings (reports F4, source 12)', async () => {
    const injected = {
      KEYHAVEN_SERVICE_HOST: '10.0.0.12',
      KEYHAVEN_SERVICE_PORT: '4000',
      KEYHAVEN_SERVICE_PORT_HTTP: '4000',
      KEYHAVEN_PORT: 'tcp://10.0.0.12:4000',
      KEYHAVEN_PORT_4000_TCP: 'tcp://10.0.0.12:4000',
      KEYHAVEN_PORT_4000_TCP_PROTO: 'tcp',
      KEYHAVEN_PORT_4000_TCP_PORT: '4000',
      KEYHAVEN_PORT_4000_TCP_ADDR: '10.0.0.12',
      KEYHAVEN_DB_SERVICE_HOST: '10.0.0.13',
      KEYHAVEN_DB_SERVICE_PORT: '5432',
      KEYHAVEN_DB_PORT: 'tcp://10.0.0.13:5432',
      KEYHAVEN_DB_PORT_5432_TCP_ADDR: '10.0.0.13',
      KEYHAVEN_DNS_PORT: 'udp://10.0.0.14:53',
      KEYHAVEN_DNS_PORT_53_UDP: 'udp://10.0.0.14:53',
      KEYHAVEN_URL_SERVICE_HOST: '10.0.0.15',
    }
    expect(await read(injected)).toEqual(await read())
    expect(await read({ ...injected, KEYHAVEN_PORT: '4001' })).toMatchObject({ port: 4001 })
  })
  it('trusts proxies on this machine behind [::1] too (operator 27)', async () => {
    const settings = await read({ ...production, KEYHAVEN_HOST: '[::1]' })
    expect(settings).toMatchObject({ host: '::1', trustProxy: ['127.0.0.0/8', '::1'] })
  })
  it('accepts true and false for on and off, as in a JSON file (operator 27)', async () => {
    const off = await read({}, { emailVerification: false, claimsCookie: true })
    expect(off).toMatchObject({ emailVerification: 'off', cookies: { claims: true } })
  })
  it('refuses a file with the master key that others can read (H55)', async () => {
    const place = mkdtempSync(join(folder, 'open-'))
    const file = join(place, 'keyhaven.config.json')
    writeFileSync(file, JSON.stringify({ masterKey }), { mode: 0o644 })
    await expect(read({}, {}, place)).rejects.toThrow('is open to every user of this machine')
    chmodSync(file, 0o600)
    expect((await read({}, {}, place)).masterKey).toHaveProperty('value')
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
    expect(settings.overridden).toEqual([
      'KEYHAVEN_HOST counts, and host in keyhaven.config.json differs from it: remove what does not count',
      'port in code counts, and port in keyhaven.config.json and KEYHAVEN_PORT differ from it: remove what does not count',
    ])
    writeFileSync(join(place, 'keyhaven.config.json'), '{ "prot": 1 }')
    await expect(read({}, {}, place)).rejects.toThrow(
      "'prot', which is not a setting: write port, or remove it.",
    )
  })
  it('says nothing about sources that agree, in whatever form, and repeats no value', async () => {
    const place = mkdtempSync(join(folder, 'same-'))
    const file = join(place, 'keyhaven.config.json')
    const written = { port: 2, hsts: true, allowedOrigins: ['https://a.example'], masterKey }
    writeFileSync(file, JSON.stringify(written), { mode: 0o600 })
    const variables = {
      KEYHAVEN_PORT: '2',
      KEYHAVEN_HSTS: 'on',
      KEYHAVEN_ALLOWED_ORIGINS: 'https://a.example',
    }
    expect((await read(variables, { port: '2' }, place)).overridden).toEqual([])
    const other = { KEYHAVEN_MASTER_KEY: masterKey.replace('B', 'C') }
    const { overridden } = await read(other, {}, place)
    expect(overridden).toEqual([
      'KEYHAVEN_MASTER_KEY counts, and masterKey in keyhaven.config.json differs from it: remove what does not count',
    ])
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
  it('uses the variables for what code leaves undefined', async () => {
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
  it('parses a PostgreSQL URL, and hides its password wherever it is printed', async () => {
    const hidden = 'p@ss/word'
    const settings = await read({
      KEYHAVEN_DATABASE: `postgresql://ada:${encodeURIComponent(hidden)}@[::1]/keyhaven?sslmode=no-verify`,
    })
    expect(settings.database).toMatchObject({
      server: {
        hosts: [{ host: '::1', port: 5432 }],
        name: 'keyhaven',
        user: 'ada',
        tls: { verified: false },
        connectTimeout: 2,
        applicationName: undefined,
        channelBinding: 'disable',
      },
    })
    const { server } = settings.database as { server: { password: { reveal(): string } } }
    expect(server.password.reveal()).toBe(hidden)
    for (const text of [inspect(settings, { depth: 9 }), JSON.stringify(settings)]) {
      expect(text).not.toContain(hidden)
      expect(text).not.toContain(encodeURIComponent(hidden))
    }
  })
  it.each([
    [
      'postgres://ada@[::1]:5433,localhost,127.0.0.1:5434/x',
      ['::1:5433', 'localhost:5432', '127.0.0.1:5434'],
    ],
    [
      'postgres://ada@/x?host=localhost,127.0.0.1&port=5433,5434',
      ['localhost:5433', '127.0.0.1:5434'],
    ],
    ['postgres:///x?user=ada&host=/run/postgresql&port=5433', ['/run/postgresql:5433']],
    ['postgres://ada@localhost:5433/x?host=/run/postgresql', ['/run/postgresql:5433']],
    [
      'postgres://ada@localhost/x?host=localhost,127.0.0.1&port=5433',
      ['localhost:5433', '127.0.0.1:5433'],
    ],
  ])('reads hosts and ports as libpq does (operator 19): %s', async (url, places) => {
    const settings = await read({
      KEYHAVEN_DATABASE: `${url}&target_session_attrs=read-write`.replace(/^([^?]*)&/, '$1?'),
    })
    const { server } = settings.database as { server: PostgresServer }
    expect(server.hosts.map(({ host, port }) => `${host}:${port}`)).toEqual(places)
    expect(server.user).toBe('ada')
  })
  it('accepts a connection string as a hoster prints it (reports F10)', async () => {
    const settings = await read({
      KEYHAVEN_DATABASE:
        'postgresql://app:pw@db.example/app?sslmode=require&channel_binding=require&connect_timeout=10&application_name=auth',
    })
    expect(settings.database).toMatchObject({
      server: { channelBinding: 'require', connectTimeout: 10, applicationName: 'auth' },
    })
  })
  it.each(['postgres://u:hunter2@localhost:x/y', 'postgres://u:hunter2%@localhost/y'])(
    'repeats nothing of a PostgreSQL URL that it can’t read',
    async (url) => {
      const error: unknown = await read({ KEYHAVEN_DATABASE: url }).catch((one: unknown) => one)
      expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
    },
  )
})
