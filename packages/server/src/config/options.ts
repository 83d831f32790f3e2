import { duration } from '@keyhaven/core/errors'
import { allowedPlaces } from './passwords/allowed-places.ts'
import { accessModule } from './sources/access-module.ts'
import { brandOptions } from './brand/brand-option.ts'
import { databasePlace } from './database-place.ts'
import { exchangeOptions } from './exchange/exchange-options.ts'
import {
  behindLoopback,
  belowData,
  byLog,
  byPlace,
  byPreset,
  hostnameOfUrl,
  hostOfUrl,
  noDefault,
  originOfUrl,
  pagesOfUrl,
  withPort,
} from './default-value.ts'
import { optionalRow, row, structureRow } from './option-row.ts'
import type { StructureRow } from './option-row.ts'
import { nativeOrigins } from './origins/bearer-origins.ts'
import { rangeUrl } from './passwords/range-url.ts'
import { testingOptions } from './testing.ts'
import { presetNames } from './lifetimes.ts'
import { mailPlace, mailSender } from './mail/place.ts'
import {
  cookieName,
  domain,
  durationOrNone,
  graceTime,
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

/**
 * Every setting. The reference page, the start-up checks and the error messages are made from it. A default is
 * written here and nowhere else.
 */
export const options = {
  url: row('KEYHAVEN_URL', withPort('http://localhost:4000/auth'), {
    parse: issuerUrl,
    sentence:
      'The public URL of the service as the browser sees it: the issuer. Fixed at first start; when left out, it has the port of KEYHAVEN_PORT.',
  }),
  host: row('KEYHAVEN_HOST', hostOfUrl('127.0.0.1'), {
    parse: host,
    sentence: 'The address to listen on. `localhost` is both 127.0.0.1 and ::1.',
  }),
  port: row('KEYHAVEN_PORT', '4000', {
    parse: port,
    sentence: 'The port to listen on.',
  }),
  keepAlive: row('KEYHAVEN_KEEP_ALIVE', '65s', {
    parse: keepAlive,
    sentence: 'How long an idle connection stays open: longer than the proxy in front keeps it.',
  }),
  logLevel: row('KEYHAVEN_LOG_LEVEL', byLog('info', 'warn'), {
    parse: oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    sentence: 'What is logged: each level with those before it, and from debug on every answer.',
  }),
  data: row('KEYHAVEN_DATA', './keyhaven-data', {
    parse: nonEmpty,
    sentence: 'The folder for the database and the master key, mode 0700.',
  }),
  database: row('KEYHAVEN_DATABASE', belowData('keyhaven.sqlite'), {
    parse: databasePlace,
    sentence:
      'The SQLite file, or postgres://user:password@host:5432/name. Several hosts are separated by commas. A host on another machine needs sslmode.',
  }),
  masterKeyFile: row('KEYHAVEN_MASTER_KEY_FILE', belowData('master.key'), {
    parse: nonEmpty,
    sentence:
      'The file with the key that decrypts the keys in the database; created at first start, mode 0600. No other user may read it.',
  }),
  masterKey: optionalRow('KEYHAVEN_MASTER_KEY', noDefault, {
    parse: nonEmpty,
    sentence: 'The master key itself, instead of a file: 32 bytes as base64url.',
  }),
  pepperFile: optionalRow('KEYHAVEN_PEPPER_FILE', noDefault, {
    parse: nonEmpty,
    sentence:
      'The file with the key that passwords go through before they are hashed; former ones may follow, one a line. No other user may read it.',
  }),
  access: structureRow('KEYHAVEN_ACCESS', noDefault, {
    load: accessModule,
    sentence:
      'The path of the access module, which exports `access`; in code also the module itself.',
  }),
  audience: row('KEYHAVEN_AUDIENCE', originOfUrl, {
    parse: list,
    sentence:
      'Identifiers of the APIs that accept a cookie’s token, besides the issuer; separated by commas.',
  }),
  preset: row('KEYHAVEN_PRESET', 'business', {
    parse: oneOf(...presetNames),
    sentence: 'The kind of your app, which decides how long a sign-in lasts.',
  }),
  accessTtl: row('KEYHAVEN_ACCESS_TTL', byPreset('5m', '10m', '10m', '10m'), {
    parse: duration,
    sentence: 'The life of an access token.',
  }),
  idle: row('KEYHAVEN_IDLE', byPreset('15m', '8h', '14d', '90d'), {
    parse: duration,
    sentence: 'How long a session lives without activity.',
  }),
  absolute: row('KEYHAVEN_ABSOLUTE', byPreset('8h', '30d', '180d', 'none'), {
    parse: durationOrNone,
    sentence: 'How long a session lives at most; none for no limit.',
  }),
  apiKeyMax: row('KEYHAVEN_API_KEY_MAX', '365d', {
    parse: duration,
    sentence: 'How long an API key lives at most, and if its user names no time.',
  }),
  stepUp: row('KEYHAVEN_STEP_UP', '10m', {
    parse: duration,
    sentence:
      'How old the last proof of identity may be for calls that need a fresh one: a sign-in or a step-up.',
  }),
  maxStaleness: row('KEYHAVEN_MAX_STALENESS', byPreset('5s', '60s', '60s', '60s'), {
    parse: staleness,
    sentence:
      'How old a guard’s copy of the revocations may be before the guard answers 503: the longest time that a revocation can take.',
  }),
  alg: row('KEYHAVEN_ALG', 'ES256', {
    parse: oneOf('ES256', 'Ed25519'),
    sentence: 'The signature algorithm of new keys.',
  }),
  allowedOrigins: optionalRow('KEYHAVEN_ALLOWED_ORIGINS', noDefault, {
    parse: origins,
    sentence: 'Origins, besides the URL’s own, whose pages may call; separated by commas.',
  }),
  nativeOrigins: optionalRow('KEYHAVEN_NATIVE_ORIGINS', noDefault, {
    parse: nativeOrigins,
    sentence:
      'Origins of the web views of your apps, which sign in with bearer tokens: capacitor://localhost, https://localhost, http://localhost, ionic://localhost or app://name; separated by commas.',
  }),
  bearerOrigins: optionalRow('KEYHAVEN_BEARER_ORIGINS', noDefault, {
    parse: origins,
    sentence:
      'Origins of pages on another site that get bearer tokens instead of cookies; separated by commas. Scripts of such a page can read the tokens.',
  }),
  trustProxy: optionalRow('KEYHAVEN_TRUST_PROXY', behindLoopback('127.0.0.0/8, ::1'), {
    parse: networks,
    sentence:
      'Addresses or networks of proxies whose X-Forwarded-* headers count; separated by commas.',
  }),
  hsts: row('KEYHAVEN_HSTS', 'on', {
    parse: oneOf('on', 'off'),
    sentence:
      'Whether answers have Strict-Transport-Security if the URL is https; off leaves it to the proxy.',
  }),
  cookieName: row('KEYHAVEN_COOKIE_NAME', 'keyhaven', {
    parse: cookieName,
    sentence: 'The name that replaces keyhaven in every cookie.',
  }),
  cookieDomain: optionalRow('KEYHAVEN_COOKIE_DOMAIN', noDefault, {
    parse: domain,
    sentence:
      'A parent of the URL’s host whose sub-domains get the access cookie too; other cookies stay on the host.',
  }),
  sameSite: row('KEYHAVEN_SAME_SITE', 'strict', {
    parse: oneOf('strict', 'lax'),
    sentence: 'SameSite of the cookies; lax if links from mail lead to server-rendered pages.',
  }),
  claimsCookie: row('KEYHAVEN_CLAIMS_COOKIE', 'off', {
    parse: oneOf('on', 'off'),
    sentence:
      'Whether a readable cookie with the page’s claims is set together with the access cookie.',
  }),
  mode: row('KEYHAVEN_MODE', 'token', {
    parse: oneOf('token', 'opaque'),
    sentence:
      'opaque: no access cookie; the service and an API in its process use the session cookie.',
  }),
  emailVerification: row('KEYHAVEN_EMAIL_VERIFICATION', byPlace('off', 'on'), {
    parse: oneOf('on', 'off'),
    sentence: 'Whether an address must be verified before the account may sign in.',
  }),
  resetEndsKeys: row('KEYHAVEN_RESET_ENDS_KEYS', 'on', {
    parse: oneOf('on', 'off'),
    sentence:
      'Whether a reset of the password by mail ends API keys and everything else issued, besides the sessions.',
  }),
  eraseAfter: row('KEYHAVEN_ERASE_AFTER', '14d', {
    parse: graceTime,
    sentence:
      'How long an account that is to be erased can still be kept: the link to undo the erasure lives as long. 0s erases at once.',
  }),
  mail: row('KEYHAVEN_MAIL', byPlace('mailbox', 'none'), {
    parse: mailPlace,
    sentence:
      'Where mails go: smtp://user:password@host:587, smtps://user:password@host, mailbox for a page in development, or none. smtp: to another machine needs STARTTLS, unless the URL ends with ?tls=off.',
  }),
  mailFrom: optionalRow('KEYHAVEN_MAIL_FROM', noDefault, {
    parse: mailSender,
    sentence:
      'The sender of mails: Example <no-reply@app.example>. A mail server needs it. Mails call your product by its name.',
  }),
  mailTemplates: optionalRow('KEYHAVEN_MAIL_TEMPLATES', noDefault, {
    parse: nonEmpty,
    sentence:
      'The folder of your own texts of mails, which replace the built-in ones file by file.',
  }),
  mailPerHour: row('KEYHAVEN_MAIL_PER_HOUR', '1000', {
    parse: wholeNumber(20, 10_000_000),
    sentence: 'How many mails are sent in an hour at most, notices of changes not counted.',
  }),
  notices: row('KEYHAVEN_NOTICES', 'on', {
    parse: oneOf('on', 'off'),
    sentence:
      'Whether a sign-in from a new device is mailed. Notices of other changes are always mailed.',
  }),
  pages: row('KEYHAVEN_PAGES', pagesOfUrl, {
    parse: issuerUrl,
    sentence: 'The URL below which the links in mails lead.',
  }),
  breachCheck: row('KEYHAVEN_BREACH_CHECK', 'off', {
    parse: oneOf('on', 'off'),
    sentence:
      'Whether new passwords are looked up among those of known breaches. The range service gets five digits of a hash.',
  }),
  breachUrl: row('KEYHAVEN_BREACH_URL', 'https://api.pwnedpasswords.com/range/', {
    parse: rangeUrl,
    sentence:
      'The range service of the look-up: a URL that the first five digits of the SHA-1 are appended to.',
  }),
  allowPrivate: optionalRow('KEYHAVEN_ALLOW_PRIVATE', noDefault, {
    parse: allowedPlaces,
    sentence:
      'Private places that the service may call in production, such as ranges.internal:8443 or 10.0.0.0/8; separated by commas.',
  }),
  secondFactor: row('KEYHAVEN_SECOND_FACTOR', 'optional', {
    parse: oneOf('optional', 'staff', 'required'),
    sentence:
      'Which accounts need a second factor: none, those with a scope of the service (keyhaven:…), or all.',
  }),
  rpId: row('KEYHAVEN_RP_ID', hostnameOfUrl, {
    parse: nonEmpty,
    sentence:
      'The domain that passkeys belong to: the host of the URL, or a parent domain that it shares with other hosts of yours. After a change former passkeys no longer work.',
  }),
  emailSignIn: row('KEYHAVEN_EMAIL_SIGN_IN', 'off', {
    parse: oneOf('on', 'off'),
    sentence:
      'Whether a person may sign in by a link or a code that is mailed, without a password.',
  }),
  passwordMinLength: row('KEYHAVEN_PASSWORD_MIN_LENGTH', byPreset('15', '8', '8', '8'), {
    parse: wholeNumber(8, 128),
    sentence: 'The least number of characters in a password.',
  }),
  ...brandOptions,
  ...exchangeOptions,
  ...testingOptions,
} as const

/** The name of a setting in code and in configuration files. */
export type OptionName = keyof typeof options

/** The name of a setting that has members. */
export type StructureName = {
  [N in OptionName]: (typeof options)[N] extends StructureRow<unknown> ? N : never
}[OptionName]

/** The name of a setting that is one text. */
export type TextName = Exclude<OptionName, StructureName>

/** The type that a setting is parsed to. */
export type OptionValue<N extends TextName> = ReturnType<(typeof options)[N]['parse']>

/** The type of a setting with members. */
export type StructureValue<N extends StructureName> = Awaited<
  ReturnType<(typeof options)[N]['load']>
>

/** What is logged: each level with all levels before it. */
export type LogLevel = OptionValue<'logLevel'>

/** What a setting means, and the words that it accepts, for the reference page and the help. */
export function meaningOf(name: OptionName): string {
  const row = options[name]
  const words = 'parse' in row ? row.parse.words : undefined
  return words === undefined ? row.sentence : `${row.sentence} One of ${words.join(', ')}.`
}
