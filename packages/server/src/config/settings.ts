import { isAbsolute, resolve } from 'node:path'
import { errorMessage } from '@keyhaven/core/errors'
import type { AnyAccess } from '@keyhaven/core/access'
import { isLoopback } from '@keyhaven/guard/kit'
import { breachesOf } from './passwords/breaches-of.ts'
import type { BreachSettings } from './passwords/breaches-of.ts'
import { checkedLifetimes } from './checked-lifetimes.ts'
import type { Brand, WrittenBrand } from './brand/brand.ts'
import { ConfigurationError } from './configuration-error.ts'
import { cookiesOf } from './cookies/cookie-settings.ts'
import type { CookieSettings } from './cookies/cookie-settings.ts'
import { checkExchange } from './exchange/exchange-settings.ts'
import type { ExchangeSettings } from './exchange/exchange-settings.ts'
import { factorsOf } from './factors/factor-settings.ts'
import type { FactorSettings } from './factors/factor-settings.ts'
import type { DatabasePlace } from './database-place.ts'
import type { KnownSettings } from './default-value.ts'
import { bearerOriginsOf } from './origins/bearer-origins.ts'
import type { BearerOrigins } from './origins/bearer-origins.ts'
import type { PasswordSettings } from './passwords/password-settings.ts'
import type { Lifetimes } from './lifetimes.ts'
import { checkMail } from './mail/check.ts'
import type { MailSettings } from './mail/check.ts'
import { verificationOf } from './mail/verification.ts'
import { noAccess } from './sources/access-module.ts'
import { options } from './options.ts'
import type { LogLevel, OptionValue, StructureName, StructureValue, TextName } from './options.ts'
import { secret } from './secret.ts'
import { testingOf } from './testing.ts'
import type { Secret } from './secret.ts'
import type { RawOptions } from './sources/raw-options.ts'
import { readSources } from './sources/read-sources.ts'
import { textOf } from './parse.ts'

/** The source of the master key: a file, or the value itself. */
export type MasterKeySource = { readonly file: string } | { readonly value: Secret }

/** Settings in code, by the names of the options table: as text, or as ready values. */
export interface Options
  extends Partial<Record<TextName, string | number | boolean | readonly string[]>>,
    Structures {
  readonly brand?: WrittenBrand | string
}

/** Settings with members: the object itself, or the path of a file with it. */
type Structures = {
  readonly [N in Exclude<StructureName, 'brand'>]?: StructureValue<N> | string
}

/** The checked settings. */
export interface Settings {
  /** The public URL without a slash at its end. */
  readonly issuer: string
  /** Whether no source sets the URL. Then a URL of this machine that the database has is used. */
  readonly issuerIsDefault: boolean
  readonly host: string
  readonly port: number
  /** Seconds for which an idle connection stays open. */
  readonly keepAlive: number
  readonly logLevel: LogLevel
  /** The URL is on this machine and NODE_ENV is not production. */
  readonly development: boolean
  /** NODE_ENV is test: every response is checked against the API description. */
  readonly checksAnswers: boolean
  /** An absolute path. */
  readonly data: string
  readonly database: DatabasePlace
  readonly masterKey: MasterKeySource
  /** An absolute path. */
  readonly pepperFile: string | undefined
  readonly access: AnyAccess
  readonly audiences: readonly string[]
  readonly lifetimes: Lifetimes
  /** Seconds for which a proof of identity is fresh. */
  readonly stepUp: number
  /** Seconds that a guard may use an old copy of the revocations. */
  readonly maxStaleness: number
  readonly alg: OptionValue<'alg'>
  readonly allowedOrigins: readonly string[]
  readonly bearerOrigins: BearerOrigins
  /** Addresses and networks of proxies whose `X-Forwarded-*` headers count. */
  readonly trustProxy: readonly string[]
  /** Whether https responses have Strict-Transport-Security. */
  readonly hsts: boolean
  readonly cookies: CookieSettings
  /** `opaque`: no access cookie. */
  readonly mode: OptionValue<'mode'>
  readonly emailVerification: OptionValue<'emailVerification'>
  /** Seconds from the request to erase an account until it is erased. */
  readonly eraseAfter: number
  readonly factors: FactorSettings
  readonly mail: MailSettings
  readonly passwords: PasswordSettings
  /** Where passwords are looked up among those of breaches; `undefined` if they are not. */
  readonly breaches: BreachSettings | undefined
  readonly exchange: ExchangeSettings
  /** How the service's own pages are dressed; `undefined` for the product's own look. */
  readonly brand: Brand | undefined
  /** Whether tests may open sessions; never in production. */
  readonly testing: boolean
  /** What the start says about settings that several sources set to different values. */
  readonly overridden: readonly string[]
}

/** The sources of settings; each overrides the one before: file, variables, code. */
export interface SettingsSources {
  readonly code: Options
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly folder: string
  /** The service is inside an app that gives it no log. */
  readonly silentApp?: boolean
  /** Mails are sent without the setting: by code of the app, or by another process. */
  readonly sendsMail?: boolean
}

/**
 * Reads and checks all settings.
 * @throws ConfigurationError with one sentence that states what to change.
 */
export async function readSettings({
  code,
  environment,
  folder,
  silentApp = false,
  sendsMail = false,
}: SettingsSources): Promise<Settings> {
  const { raw, overridden } = await readSources({ code, environment, folder })
  const read = reader(raw, folder, silentApp)
  const issuer = read('url')
  const url = new URL(issuer)
  const production = environment['NODE_ENV'] === 'production'
  if (production && isLoopback(url.hostname)) {
    throw new ConfigurationError(
      'NODE_ENV is production but KEYHAVEN_URL is this machine’s: set KEYHAVEN_URL to the public https URL.',
    )
  }
  const development = isLoopback(url.hostname)
  const testing = testingOf(read('testing'), development)
  const lifetimes = lifetimesOf(read)
  const mail = mailOf(read, { url, development, sendsMail, folder })
  return Object.freeze({
    issuer,
    issuerIsDefault: raw.url === undefined,
    host: read('host'),
    port: read('port'),
    keepAlive: read('keepAlive'),
    logLevel: read('logLevel'),
    development,
    checksAnswers: environment['NODE_ENV'] === 'test',
    data: absolute(folder, read('data')),
    database: databaseOf(folder, read('database')),
    masterKey: Object.freeze(masterKeySource(raw, folder, read('masterKeyFile'))),
    pepperFile: pathOf(folder, read('pepperFile')),
    access: (await structure('access', raw, folder)) ?? noAccess,
    audiences: Object.freeze(read('audience')),
    lifetimes,
    stepUp: read('stepUp'),
    maxStaleness: read('maxStaleness'),
    alg: read('alg'),
    allowedOrigins: Object.freeze(read('allowedOrigins') ?? []),
    bearerOrigins: bearerOriginsOf(read, url),
    trustProxy: Object.freeze(read('trustProxy') ?? []),
    hsts: read('hsts') === 'on',
    cookies: Object.freeze(await cookiesOf(read, url)),
    mode: read('mode'),
    emailVerification: verificationOf(
      read('emailVerification'),
      sendsMail || mail.place !== 'none',
    ),
    eraseAfter: read('eraseAfter'),
    factors: await factorsOf(read, url),
    mail,
    passwords: Object.freeze({
      minLength: read('passwordMinLength'),
      resetEndsKeys: read('resetEndsKeys') === 'on',
    }),
    breaches: breachesOf(read, development),
    exchange: checkExchange(
      {
        exchange: await structure('exchange', raw, folder),
        trust: await structure('trust', raw, folder),
        allowPrivate: read('allowPrivate'),
      },
      { issuer, development },
    ),
    brand: await structure('brand', raw, folder),
    testing,
    overridden: Object.freeze(overridden),
  })
}

type Read = <N extends TextName>(name: N) => OptionValue<N>

/** Reads settings one by one: what is set, else the default, which may depend on other settings. */
function reader(raw: RawOptions, folder: string, silentApp: boolean): Read {
  const known: KnownSettings = {
    get url() {
      return new URL(read('url'))
    },
    get port() {
      return read('port')
    },
    get host() {
      return read('host')
    },
    get preset() {
      return read('preset')
    },
    get data() {
      return absolute(folder, read('data'))
    },
    silentApp,
  }
  const read: Read = (name) => {
    const { parse, variable, otherwise } = options[name]
    const value = raw[name] === undefined ? otherwise.of(known) : raw[name]
    // Only a setting that may have no value has no default
    if (value === undefined) return undefined as OptionValue<typeof name>
    try {
      return parse(textOf(value)) as OptionValue<typeof name>
    } catch (error) {
      const why = errorMessage(error)
      throw new ConfigurationError(`${variable} (${name}) ${why.replace(/\.$/, '')}.`, {
        cause: error,
      })
    }
  }
  return read
}

/** A setting with members, or what a path names that is given in its place. */
async function structure<N extends StructureName>(
  name: N,
  raw: RawOptions,
  folder: string,
): Promise<StructureValue<N> | undefined> {
  const value = raw[name]
  if (value === undefined) return undefined
  return options[name].load(value, folder) as Promise<StructureValue<N>>
}

function lifetimesOf(read: Read): Lifetimes {
  return checkedLifetimes({
    preset: read('preset'),
    accessTtl: read('accessTtl'),
    idle: read('idle'),
    absolute: read('absolute'),
    apiKeyMax: read('apiKeyMax'),
  })
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

interface MailPlaces {
  readonly url: URL
  readonly development: boolean
  readonly sendsMail: boolean
  readonly folder: string
}

function mailOf(read: Read, { folder, ...place }: MailPlaces): MailSettings {
  const given = {
    place: read('mail'),
    from: read('mailFrom'),
    templates: pathOf(folder, read('mailTemplates')),
    perHour: read('mailPerHour'),
    pages: read('pages'),
    notices: read('notices') === 'on',
    signIn: read('emailSignIn') === 'on',
  }
  return checkMail(given, place)
}

function pathOf(folder: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : absolute(folder, path)
}

function absolute(folder: string, path: string): string {
  return isAbsolute(path) ? path : resolve(folder, path)
}
