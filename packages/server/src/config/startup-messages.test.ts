import { defineAccess } from '@keyhaven/core/access'
import { describe, expect, it } from 'vitest'
import type { Settings } from './settings.ts'
import { startupMessages } from './startup-messages.ts'

const development: Settings = {
  issuer: 'http://localhost:4000/auth',
  issuerIsDefault: true,
  host: 'localhost',
  port: 4000,
  keepAlive: 65,
  logLevel: 'info',
  development: true,
  checksAnswers: false,
  data: '/data',
  database: { file: '/data/keyhaven.sqlite' },
  masterKey: { file: '/data/master.key' },
  pepperFile: undefined,
  access: { scopes: [], roles: {}, defaultRoles: [], rules: {} },
  audiences: ['http://localhost:4000'],
  lifetimes: {
    preset: 'business',
    accessTtl: 600,
    idle: 28_800,
    absolute: 2_592_000,
    apiKeyMax: 31_536_000,
  },
  stepUp: 600,
  maxStaleness: 60,
  alg: 'ES256',
  allowedOrigins: [],
  bearerOrigins: { native: [], pages: [] },
  trustProxy: [],
  hsts: true,
  cookies: { name: 'keyhaven', domain: undefined, sameSite: 'strict', claims: false },
  mode: 'token',
  emailVerification: 'off',
  eraseAfter: 1_209_600,
  factors: { policy: 'optional', rpId: 'localhost', origins: [], anyPort: true },
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
  breaches: undefined,
  exchange: { audiences: [], trust: [], allowPrivate: [] },
  brand: undefined,
  testing: false,
  overridden: [],
}

const production: Settings = {
  ...development,
  issuer: 'https://app.example/auth',
  host: '127.0.0.1',
  development: false,
  trustProxy: ['127.0.0.0/8', '::1'],
}
const open = { host: '0.0.0.0' }

async function messages(settings: Settings, change: Partial<Settings> = {}): Promise<string> {
  return (await startupMessages({ ...settings, ...change })).join('\n')
}

describe('the start-up messages', () => {
  it('begin with the version and that of Node (operator 16)', async () => {
    expect(await messages(development)).toMatch(/^version \d+\.\d+\.\d+\S* on Node 2\d\.\d+\.\d+\n/)
  })
  it('report which accounts need a second factor', async () => {
    const staff = { ...development.factors, policy: 'staff' } as const
    expect(await messages(development)).not.toContain('second factor')
    expect(await messages(development, { factors: staff })).toContain(
      'an account with a keyhaven: scope needs a second factor: one without it sets it up at its next sign-in',
    )
  })
  it('report an https URL off loopback without a trusted proxy, or name the proxies (operator 14)', async () => {
    const warning = 'KEYHAVEN_TRUST_PROXY is not set: requests from a proxy are refused'
    expect(await messages(production, { ...open, trustProxy: [] })).toContain(warning)
    const named = await messages(production, { ...open, trustProxy: ['10.1.0.0/16', '::1'] })
    expect(named).toContain(
      'X-Forwarded-For and X-Forwarded-Proto are trusted in requests from 10.1.0.0/16, ::1\n',
    )
    expect(named).not.toContain(warning)
    expect(await messages(production)).toContain(
      'X-Forwarded-For and X-Forwarded-Proto are trusted in requests from 127.0.0.0/8, ::1\n',
    )
    expect(await messages(development)).not.toMatch(/TRUST_PROXY|from a proxy|X-Forwarded/i)
  })
  it('report that accounts get no scopes without an access module (operator 12)', async () => {
    const warning = 'no access module: accounts get no scopes'
    expect(await messages(development)).toContain(warning)
    const access = defineAccess({
      scopes: ['notes:read'],
      roles: { member: ['notes:read'] },
      defaultRoles: ['member'],
    })
    expect(await messages(development, { access })).not.toContain(warning)
  })
  it('report allowed origins that get no cookies, because their site is another (browser F11)', async () => {
    const warned = await messages(production, {
      allowedOrigins: ['https://partner.example', 'https://www.app.example'],
    })
    expect(warned).toContain('browsers send no cookies from https://partner.example, ')
    // Anyone can register a sub-domain of github.io
    const pages = {
      issuer: 'https://me.github.io/auth',
      allowedOrigins: ['https://you.github.io'],
    }
    expect(await messages(production, pages)).toContain('no cookies from https://you.github.io, ')
    const sameSite = { allowedOrigins: ['https://www.app.example'] }
    expect(await messages(production, sameSite)).not.toContain('send no cookies')
    const sameHost = { allowedOrigins: ['http://localhost:5173'] }
    expect(await messages(development, sameHost)).not.toContain('send no cookies')
  })
  it('name the pages that may call, in development those behind a proxy too', async () => {
    const forwarded =
      '; in development also pages on any port of this machine whose dev server forwards their calls\n'
    expect(await messages(development)).toContain(
      `pages of http://localhost:4000 may call${forwarded}`,
    )
    const allowedOrigins = ['https://www.app.example']
    expect(await messages(production, { allowedOrigins })).toContain(
      'pages of https://app.example, https://www.app.example may call\n',
    )
  })
  it('name the apps and pages that get bearer tokens, and what such a page risks (H25)', async () => {
    expect(await messages(production)).not.toContain('bearer')
    const bearerOrigins = { native: ['capacitor://localhost'], pages: ['https://a.example'] }
    const said = await messages(production, { bearerOrigins })
    expect(said).toContain('apps at capacitor://localhost may sign in with bearer tokens')
    expect(said).toContain('a script that runs in such a page can read and send away the tokens')
  })
  it('say when a revocation takes effect at the latest', async () => {
    expect(await messages(production)).toContain(
      'a guard that is disconnected for 1 minute answers 503',
    )
  })
  it('report plain http that the network can reach (operator 27)', async () => {
    const warning = 'KEYHAVEN_HOST is 0.0.0.0: other machines can reach this development service'
    expect(await messages(development, open)).toContain(warning)
    expect(await messages(development)).not.toContain('other machines can reach')
    expect(await messages(production, open)).not.toContain('other machines can reach')
  })
})
