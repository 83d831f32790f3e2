import { databasePlace } from './database-place.ts'
import { logLevels } from './log-levels.ts'
import {
  cookieName,
  domain,
  duration,
  durationOrNone,
  host,
  issuerUrl,
  keepAlive,
  list,
  networks,
  nonEmpty,
  oneOf,
  origins,
  port,
  staleness,
  wholeNumber,
} from './parse.ts'
import type { Parse } from './parse.ts'

/** One setting: its variable, parser, default and meaning. */
export interface OptionRow<T> {
  readonly variable: `KEYHAVEN_${string}`
  readonly parse: Parse<T>
  /** The default as text. */
  readonly otherwise: string
  readonly sentence: string
}

const row = <T>(
  variable: OptionRow<T>['variable'],
  parse: Parse<T>,
  [otherwise, sentence]: readonly [string, string],
): OptionRow<T> => ({ variable, parse, otherwise, sentence })

/**
 * Every setting. The reference page, the start-up checks and the error messages are made from it.
 */
export const options = {
  url: row('KEYHAVEN_URL', issuerUrl, [
    'http://localhost:4000/auth',
    'The public URL of the service as the browser sees it: the issuer. Fixed at first start.',
  ]),
  host: row('KEYHAVEN_HOST', host, [
    'the host of a URL on this machine, else 127.0.0.1',
    'The address to listen on. `localhost` is both 127.0.0.1 and ::1.',
  ]),
  port: row('KEYHAVEN_PORT', port, ['4000', 'The port to listen on.']),
  keepAlive: row('KEYHAVEN_KEEP_ALIVE', keepAlive, [
    '65s',
    'How long an idle connection stays open: longer than the proxy in front keeps it.',
  ]),
  logLevel: row('KEYHAVEN_LOG_LEVEL', oneOf(...logLevels), [
    'info; warn for a service inside an app without a log',
    'What is logged: fatal, error, warn, info, debug (every answer too), trace or silent.',
  ]),
  data: row('KEYHAVEN_DATA', nonEmpty, [
    './keyhaven-data',
    'The folder for the database and the master key, mode 0700.',
  ]),
  database: row('KEYHAVEN_DATABASE', databasePlace, [
    '<data>/keyhaven.sqlite',
    'The SQLite file, or postgres://user:password@host:5432/name. Several hosts are separated by commas. A host on another machine needs sslmode.',
  ]),
  masterKeyFile: row('KEYHAVEN_MASTER_KEY_FILE', nonEmpty, [
    '<data>/master.key',
    'The file with the key that decrypts the keys in the database; created at first start, mode 0600. No other user may read it.',
  ]),
  masterKey: row('KEYHAVEN_MASTER_KEY', nonEmpty, [
    'none',
    'The master key itself, instead of a file: 32 bytes as base64url.',
  ]),
  access: row('KEYHAVEN_ACCESS', nonEmpty, [
    'none',
    'The path of the access module, which exports `access`.',
  ]),
  audience: row('KEYHAVEN_AUDIENCE', list, [
    'the origin of the URL',
    'Identifiers of the APIs that accept a cookie’s token, besides the issuer; separated by commas.',
  ]),
  preset: row('KEYHAVEN_PRESET', oneOf('bank', 'business', 'consumer', 'device'), [
    'business',
    'How long a sign-in lasts: bank, business, consumer or device.',
  ]),
  accessTtl: row('KEYHAVEN_ACCESS_TTL', duration, ['the preset’s', 'The life of an access token.']),
  idle: row('KEYHAVEN_IDLE', duration, [
    'the preset’s',
    'How long a session lives without activity.',
  ]),
  absolute: row('KEYHAVEN_ABSOLUTE', durationOrNone, [
    'the preset’s',
    'How long a session lives at most; none for no limit.',
  ]),
  maxStaleness: row('KEYHAVEN_MAX_STALENESS', staleness, [
    'bank 5s, others 60s',
    'How old a guard’s copy of the revocations may be before the guard answers 503: the longest time that a revocation can take.',
  ]),
  alg: row('KEYHAVEN_ALG', oneOf('ES256', 'Ed25519'), [
    'ES256',
    'The signature algorithm of new keys.',
  ]),
  allowedOrigins: row('KEYHAVEN_ALLOWED_ORIGINS', origins, [
    'none',
    'Origins, besides the URL’s own, whose pages may call; separated by commas.',
  ]),
  trustProxy: row('KEYHAVEN_TRUST_PROXY', networks, [
    'loopback peers, if the URL is https and the service listens on loopback',
    'Addresses or networks of proxies whose X-Forwarded-* headers count; separated by commas.',
  ]),
  hsts: row('KEYHAVEN_HSTS', oneOf('on', 'off'), [
    'on',
    'Whether answers have Strict-Transport-Security if the URL is https; off leaves it to the proxy.',
  ]),
  cookieName: row('KEYHAVEN_COOKIE_NAME', cookieName, [
    'keyhaven',
    'The name that replaces keyhaven in every cookie.',
  ]),
  cookieDomain: row('KEYHAVEN_COOKIE_DOMAIN', domain, [
    'none',
    'A parent of the URL’s host whose sub-domains get the access cookie too; other cookies stay on the host.',
  ]),
  sameSite: row('KEYHAVEN_SAME_SITE', oneOf('strict', 'lax'), [
    'strict',
    'SameSite of the cookies; lax if links from mail lead to server-rendered pages.',
  ]),
  claimsCookie: row('KEYHAVEN_CLAIMS_COOKIE', oneOf('on', 'off'), [
    'off',
    'Whether a readable cookie with the page’s claims is set together with the access cookie.',
  ]),
  mode: row('KEYHAVEN_MODE', oneOf('token', 'opaque'), [
    'token',
    'opaque: no access cookie; the service and an API in its process use the session cookie.',
  ]),
  emailVerification: row('KEYHAVEN_EMAIL_VERIFICATION', oneOf('on', 'off'), [
    'off in development, else on',
    'Whether an address must be confirmed before the account may sign in.',
  ]),
  passwordMinLength: row('KEYHAVEN_PASSWORD_MIN_LENGTH', wholeNumber(8, 128), [
    'bank 15, others 8',
    'The least number of characters in a password.',
  ]),
} as const

/** The name of a setting in code and in configuration files. */
export type OptionName = keyof typeof options

/** The type that a setting is parsed to. */
export type OptionValue<N extends OptionName> = ReturnType<(typeof options)[N]['parse']>
