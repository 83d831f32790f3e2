import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { errorMessage } from '@keyhaven/core/errors'
import { checkAccess } from '@keyhaven/core/access'
import type { AnyAccess } from '@keyhaven/core/access'
import { isLoopback } from '@keyhaven/guard'
import { ConfigurationError, whyOf } from './configuration-error.ts'
import type { DatabasePlace } from './database-place.ts'
import { presets } from './lifetimes.ts'
import type { Lifetimes } from './lifetimes.ts'
import type { LogLevel } from './log-levels.ts'
import { isLoopbackHost } from './loopback-host.ts'
import { options } from './options.ts'
import type { OptionName, OptionValue } from './options.ts'
import { secret } from './secret.ts'
import type { Secret } from './secret.ts'
import { isPublicSuffix } from './public-suffix.ts'
import { fileOptions, knownOptions, variableOptions } from './raw-options.ts'
import type { RawOptions } from './raw-options.ts'

/** The source of the master key: a file, or the value itself. */
export type MasterKeySource = { readonly file: string } | { readonly value: Secret }

/** Settings in code, by the names of the options table: as text, or as ready values. */
export interface Options
  extends Partial<
    Record<Exclude<OptionName, 'access'>, string | number | boolean | readonly string[]>
  > {
  /** The access module itself, or its path. */
  readonly access?: AnyAccess | string
}

/** The checked settings. */
export interface Settings {
  /** The public URL without a slash at its end. */
  readonly issuer: string
  readonly host: string
  readonly port: number
  /** Seconds for which an idle connection stays open. */
  readonly keepAlive: number
  readonly logLevel: LogLevel | undefined
  /** The URL is on this machine and NODE_ENV is not production. */
  readonly development: boolean
  /** NODE_ENV is test: every response is checked against the API description. */
  readonly checksAnswers: boolean
  /** An absolute path. */
  readonly data: string
  readonly database: DatabasePlace
  readonly masterKey: MasterKeySource
  readonly access: AnyAccess
  readonly audiences: readonly string[]
  readonly lifetimes: Lifetimes
  /** Seconds that a guard may use an old copy of the revocations. */
  readonly maxStaleness: number
  readonly alg: 'ES256' | 'Ed25519'
  readonly allowedOrigins: readonly string[]
  /** Addresses and networks of proxies whose `X-Forwarded-*` headers count. */
  readonly trustProxy: readonly string[]
  /** Whether https responses have Strict-Transport-Security. */
  readonly hsts: boolean
  readonly cookies: CookieSettings
  /** `opaque`: no access cookie. */
  readonly mode: 'token' | 'opaque'
  readonly emailVerification: 'off'
  readonly passwordMinLength: number
}

/** Names and scope of the cookies. */
export interface CookieSettings {
  readonly name: string
  /** Widens the access cookie to the sub-domains of this parent. */
  readonly domain: string | undefined
  readonly sameSite: 'strict' | 'lax'
  /** Whether the readable cookie with the page's claims is set. */
  readonly claims: boolean
}

/** The sources of settings; each overrides the one before: file, variables, code. */
export interface SettingsSources {
  readonly code: Options
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly folder: string
}

/**
 * Reads and checks all settings.
 * @throws ConfigurationError with one sentence that states what to change.
 */
export async function readSettings({
  code,
  environment,
  folder,
}: SettingsSources): Promise<Settings> {
  const raw: RawOptions = {
    ...(await fileOptions(folder)),
    ...variableOptions(environment),
    ...knownOptions(code, 'The configuration in code'),
  }
  const read = reader(raw)
  const issuer = read('url', 'http://localhost:4000/auth')
  const url = new URL(issuer)
  const production = environment['NODE_ENV'] === 'production'
  if (production && isLoopback(url.hostname)) {
    throw new ConfigurationError(
      'NODE_ENV is production but KEYHAVEN_URL is this machine’s: set KEYHAVEN_URL to the public https URL.',
    )
  }
  const development = isLoopback(url.hostname)
  const host = read('host', hostOf(url))
  const data = absolute(folder, read('data', 'keyhaven-data'))
  const lifetimes = lifetimesOf(read)
  return Object.freeze({
    issuer,
    host,
    port: read('port', 4000),
    keepAlive: read('keepAlive', 65),
    logLevel: read('logLevel', undefined),
    development,
    checksAnswers: environment['NODE_ENV'] === 'test',
    data,
    database: databaseOf(folder, read('database', { file: `${data}/keyhaven.sqlite` })),
    masterKey: Object.freeze(
      masterKeySource(raw, folder, read('masterKeyFile', `${data}/master.key`)),
    ),
    access: await accessOf(raw.access, folder),
    audiences: Object.freeze(read('audience', [url.origin])),
    lifetimes: Object.freeze(lifetimes),
    maxStaleness: read('maxStaleness', lifetimes.preset === 'bank' ? 5 : 60),
    alg: read('alg', 'ES256'),
    allowedOrigins: Object.freeze(read('allowedOrigins', [])),
    trustProxy: Object.freeze(read('trustProxy', trustedByDefault(url, host))),
    hsts: read('hsts', 'on') === 'on',
    cookies: Object.freeze(cookiesOf(read, url)),
    mode: read('mode', 'token'),
    emailVerification: verificationOf(read('emailVerification', development ? 'off' : 'on')),
    passwordMinLength: read('passwordMinLength', lifetimes.preset === 'bank' ? 15 : 8),
  })
}

/**
 * For a URL on this machine clients connect to its host; otherwise a proxy connects to the loopback
 * address.
 */
function hostOf({ hostname }: URL): string {
  if (!isLoopback(hostname)) return '127.0.0.1'
  return /(?:^|\.)localhost$/.test(hostname) ? 'localhost' : hostname.replace(/^\[(.*)\]$/, '$1')
}

type Read = <N extends OptionName, D>(name: N, otherwise: D) => OptionValue<N> | D

function reader(raw: RawOptions): Read {
  return (name, otherwise) => {
    const value = raw[name]
    if (value === undefined) return otherwise
    const { parse, variable } = options[name]
    try {
      return parse(textOf(value)) as OptionValue<typeof name>
    } catch (error) {
      const why = errorMessage(error)
      throw new ConfigurationError(`${variable} (${name}) ${why.replace(/\.$/, '')}.`, {
        cause: error,
      })
    }
  }
}

/**
 * Files and code may give ready values: a number, a list of texts, or `true` and `false` for on and
 * off.
 */
function textOf(value: unknown): string {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(',')
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'number') return String(value)
  throw new Error('must be text, a number or a list of texts')
}

function lifetimesOf(read: Read): Lifetimes {
  const preset = presets[read('preset', 'business')]
  const lifetimes = {
    preset: preset.preset,
    accessTtl: read('accessTtl', preset.accessTtl),
    idle: read('idle', preset.idle),
    absolute: read('absolute', preset.absolute),
  }
  if (lifetimes.accessTtl > 86_400) {
    throw new ConfigurationError(
      'KEYHAVEN_ACCESS_TTL must be at most 24h: APIs reject tokens with longer lives.',
    )
  }
  if (lifetimes.idle < lifetimes.accessTtl) {
    throw new ConfigurationError(
      'KEYHAVEN_IDLE must not be shorter than KEYHAVEN_ACCESS_TTL: raise one or lower the other.',
    )
  }
  return lifetimes
}

/** Only a proxy on this machine can connect to a service that listens on loopback. */
function trustedByDefault(url: URL, host: string): readonly string[] {
  return url.protocol === 'https:' && isLoopbackHost(host) ? ['127.0.0.0/8', '::1'] : []
}

function cookiesOf(read: Read, url: URL): CookieSettings {
  const domain = read('cookieDomain', undefined)
  if (domain !== undefined) checkDomain(domain, url)
  return {
    name: read('cookieName', 'keyhaven'),
    domain,
    sameSite: read('sameSite', 'strict'),
    claims: read('claimsCookie', 'off') === 'on',
  }
}

function checkDomain(domain: string, { hostname, protocol }: URL): void {
  if (hostname !== domain && !hostname.endsWith(`.${domain}`)) {
    throw new ConfigurationError(
      `KEYHAVEN_COOKIE_DOMAIN ${domain} is not a parent domain of ${hostname}: set it to a parent domain of the URL's host.`,
    )
  }
  if (protocol !== 'https:') {
    throw new ConfigurationError(
      'KEYHAVEN_COOKIE_DOMAIN needs an https URL: set KEYHAVEN_URL to one, or leave it out.',
    )
  }
  if (isPublicSuffix(domain)) {
    throw new ConfigurationError(
      `KEYHAVEN_COOKIE_DOMAIN ${domain} is a public suffix, below which others can register domains: set it to a domain of your own.`,
    )
  }
}

function databaseOf(folder: string, place: DatabasePlace): DatabasePlace {
  return Object.freeze('file' in place ? { file: absolute(folder, place.file) } : place)
}

function masterKeySource(raw: RawOptions, folder: string, file: string): MasterKeySource {
  if (raw.masterKey === undefined) return { file: absolute(folder, file) }
  if (raw.masterKeyFile !== undefined) {
    throw new ConfigurationError(
      'KEYHAVEN_MASTER_KEY and KEYHAVEN_MASTER_KEY_FILE are both set: keep one of them.',
    )
  }
  if (typeof raw.masterKey === 'string') return { value: secret(raw.masterKey) }
  throw new ConfigurationError('masterKey must be text: 32 bytes as base64url.')
}

function verificationOf(choice: 'on' | 'off'): 'off' {
  if (choice === 'off') return choice
  throw new ConfigurationError(
    'KEYHAVEN_EMAIL_VERIFICATION is on but no mail is configured: set it to off to accept that sign-up reveals whether an address has an account.',
  )
}

const noAccess: AnyAccess = { scopes: [], roles: {}, defaultRoles: [], rules: {} }

async function accessOf(value: unknown, folder: string): Promise<AnyAccess> {
  if (value === undefined) return noAccess
  if (typeof value !== 'string') return checkedAccess(value, 'access')
  const path = absolute(folder, value)
  try {
    const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>
    return checkedAccess(module['access'] ?? module['default'], path)
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause
    throw new ConfigurationError(
      `The access module ${path} can’t be loaded (${whyOf(cause)}): correct the module, or set KEYHAVEN_ACCESS to its path.`,
      { cause },
    )
  }
}

function checkedAccess(value: unknown, place: string): AnyAccess {
  const module = value as Partial<AnyAccess> | null | undefined
  if (!(Array.isArray(module?.scopes) && module.roles && module.defaultRoles && module.rules)) {
    throw new ConfigurationError(`${place} must export \`access\`, made by defineAccess.`)
  }
  try {
    checkAccess(module)
  } catch (cause) {
    throw new ConfigurationError(errorMessage(cause), { cause })
  }
  return module as AnyAccess
}

function absolute(folder: string, path: string): string {
  return isAbsolute(path) ? path : resolve(folder, path)
}
