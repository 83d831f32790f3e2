import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { ConfigurationError, createKeyhaven } from '@keyhaven/server'
import { testLog } from '@keyhaven/stage/processes/log'

const folder = mkdtempSync(join(tmpdir(), 'keyhaven-wrong-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Environment = Readonly<Record<string, string>>

/** Starts the service as `keyhaven start` does, and returns the error with which it ends. */
async function start(environment: Environment, place: string): Promise<unknown> {
  const log = testLog()
  try {
    const keyhaven = await createKeyhaven({ environment, folder: place, log, announce: () => {} })
    await keyhaven.close()
    return undefined
  } catch (error) {
    return error
  }
}

/** The file `name` of the folder with a text; the answer is its path. */
function file(place: string, name: string, text: string | Uint8Array, mode = 0o600): string {
  const path = join(place, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

const key = randomBytes(32).toString('base64url')
const production = {
  KEYHAVEN_URL: 'https://app.example/auth',
  KEYHAVEN_EMAIL_VERIFICATION: 'off',
}

/** A mistake, made in a folder of its own, and what the sentence must contain. */
type Row = readonly [string, (place: string) => Environment, string]

/** Values that are wrong by themselves. */
const values: readonly (readonly [Environment, string])[] = [
  [{ KEYHAVEN_URL: '' }, 'KEYHAVEN_URL (url) must not be empty'],
  [{ KEYHAVEN_URL: 'localhost:4000/auth' }, 'KEYHAVEN_URL (url) must be a URL such as https://'],
  [{ KEYHAVEN_URL: 'app.example/auth' }, 'must be a URL such as'],
  [{ KEYHAVEN_URL: 'http://app.example/auth' }, 'must begin with https'],
  [{ KEYHAVEN_URL: 'https://app.example/auth?x=1' }, 'must have no user, password, query'],
  [{ KEYHAVEN_URL: 'https://me:pw@app.example/auth' }, 'must have no user, password, query'],
  [{ KEYHAVEN_URL: 'https://app.example//auth' }, 'must have a plain path'],
  [{ KEYHAVEN_URL: 'http://localhost:6000/auth' }, 'must not use port 6000'],
  [{ KEYHAVEN_URL: 'http://localhost/auth', NODE_ENV: 'production' }, 'NODE_ENV is production'],
  [{ KEYHAVEN_HOST: '' }, 'KEYHAVEN_HOST (host) must not be empty'],
  [{ KEYHAVEN_HOST: '[localhost]' }, 'must have an IPv6 address in its brackets'],
  [{ KEYHAVEN_PORT: 'http' }, 'must be a whole number from 0 to 65535'],
  [{ KEYHAVEN_PORT: '70000' }, 'must be a whole number from 0 to 65535'],
  [{ KEYHAVEN_PORT: '6000' }, 'must not use port 6000'],
  [{ KEYHAVEN_MAIL: 'mail.example' }, 'KEYHAVEN_MAIL (mail) must be none, mailbox, or a URL'],
  [{ KEYHAVEN_MAIL: 'smtp://mail.example' }, 'KEYHAVEN_MAIL_FROM is not set: set it to the sender'],
  [{ KEYHAVEN_MAIL_FROM: 'a@b.c, d@e.f' }, 'KEYHAVEN_MAIL_FROM (mailFrom) must be an address'],
  [{ KEYHAVEN_MAIL_PER_HOUR: '0' }, 'must be a whole number from 20'],
  [{ KEYHAVEN_NOTICES: 'no' }, 'KEYHAVEN_NOTICES (notices) must be one of on, off'],
  [{ KEYHAVEN_PAGES: 'http://app.example' }, 'KEYHAVEN_PAGES (pages) must begin with https'],
  [{ KEYHAVEN_PAGES: 'https://app.example/#/in' }, 'must have no user, password, query'],
  [{ ...production, KEYHAVEN_TESTING: 'on' }, 'KEYHAVEN_TESTING is on, which is for development'],
  [{ KEYHAVEN_TESTING: 'yes' }, 'KEYHAVEN_TESTING (testing) must be one of on, off'],
  [{ ...production, KEYHAVEN_MAIL: 'mailbox' }, 'is mailbox, which is for development only'],
  [
    { ...production, KEYHAVEN_PAGES: 'http://localhost:3000' },
    'KEYHAVEN_PAGES is a URL of this machine',
  ],
  [{ KEYHAVEN_KEEP_ALIVE: '2h' }, 'must be from 1s to 1h'],
  [{ KEYHAVEN_LOG_LEVEL: 'verbose' }, 'must be one of fatal, error, warn, info, debug'],
  [{ KEYHAVEN_DATABASE: ':memory:' }, 'stores nothing'],
  [{ KEYHAVEN_DATABASE: 'file:keyhaven.sqlite' }, 'write the path without file:'],
  [{ KEYHAVEN_DATABASE: 'mysql://me@localhost/x' }, 'begin with postgres://'],
  [{ KEYHAVEN_DATABASE: 'postgres://localhost/x' }, 'must name a user'],
  [{ KEYHAVEN_DATABASE: 'postgres://me@localhost' }, 'must name a database'],
  [{ KEYHAVEN_DATABASE: 'postgres://me@db.example/x' }, 'must set sslmode=verify-full'],
  [{ KEYHAVEN_DATABASE: 'postgres://me:100%@localhost/x' }, 'written as %25'],
  [{ KEYHAVEN_DATABASE: 'postgres://me@db/x?sslrootcert=/no/ca.pem' }, 'can’t be read: /no/ca.pem'],
  [{ KEYHAVEN_MASTER_KEY: 'too short' }, 'KEYHAVEN_MASTER_KEY'],
  [{ KEYHAVEN_MASTER_KEY: `${key}==` }, 'KEYHAVEN_MASTER_KEY'],
  [{ KEYHAVEN_MASTER_KEY: 'A'.repeat(43) }, 'make one with `openssl rand 32'],
  [{ KEYHAVEN_MASTER_KEY: key, KEYHAVEN_MASTER_KEY_FILE: 'x' }, 'are both set: keep one'],
  [{ KEYHAVEN_ACCESS: 'missing.ts' }, 'correct the module, or set KEYHAVEN_ACCESS'],
  [{ KEYHAVEN_PRESET: 'casino' }, 'must be one of bank, business, consumer, device'],
  [{ KEYHAVEN_ACCESS_TTL: '10' }, 'must be a duration such as 60s'],
  [{ KEYHAVEN_ACCESS_TTL: '2d', KEYHAVEN_IDLE: '3d' }, 'must be at most 24h'],
  [{ KEYHAVEN_IDLE: '8 hours' }, 'must be a duration such as 60s'],
  [{ KEYHAVEN_IDLE: '5m' }, 'must not be shorter than KEYHAVEN_ACCESS_TTL'],
  [{ KEYHAVEN_ABSOLUTE: 'never' }, 'must be a duration such as'],
  [{ KEYHAVEN_MAX_STALENESS: '1s' }, 'must be from 3s to 1h'],
  [{ KEYHAVEN_ALG: 'HS256' }, 'must be one of ES256, Ed25519'],
  [{ KEYHAVEN_ALLOWED_ORIGINS: '*' }, 'would allow other sites'],
  [{ KEYHAVEN_ALLOWED_ORIGINS: 'https://a.example/' }, "'https://a.example/' is not one"],
  [{ KEYHAVEN_ALLOWED_ORIGINS: 'http://a.example' }, "'http://a.example' is not"],
  [{ KEYHAVEN_TRUST_PROXY: 'proxy.internal' }, "'proxy.internal' is not one"],
  [{ KEYHAVEN_TRUST_PROXY: '10.0.0.0/33' }, "'10.0.0.0/33' is not one"],
  [{ KEYHAVEN_COOKIE_NAME: 'my cookie' }, 'must be a short name'],
  [{ KEYHAVEN_COOKIE_DOMAIN: '.app.example', ...production }, 'must be a domain such as'],
  [{ KEYHAVEN_COOKIE_DOMAIN: 'b.example', ...production }, 'is not a parent domain of app.example'],
  [{ KEYHAVEN_SAME_SITE: 'none' }, 'must be one of strict, lax'],
  [{ KEYHAVEN_CLAIMS_COOKIE: 'yes' }, 'must be one of on, off'],
  [{ KEYHAVEN_HSTS: 'no' }, 'must be one of on, off'],
  [{ KEYHAVEN_MODE: 'jwt' }, 'must be one of token, opaque'],
  [{ KEYHAVEN_EMAIL_VERIFICATION: 'on', KEYHAVEN_MAIL: 'none' }, 'but KEYHAVEN_MAIL is none: set'],
  [{ KEYHAVEN_EMAIL_SIGN_IN: 'on', KEYHAVEN_MAIL: 'none' }, 'or KEYHAVEN_EMAIL_SIGN_IN to off'],
  [{ KEYHAVEN_RESET_ENDS_KEYS: 'never' }, 'must be one of on, off'],
  [{ KEYHAVEN_URL: 'https://app.example/auth' }, 'but KEYHAVEN_MAIL is none: set'],
  [{ KEYHAVEN_PASSWORD_MIN_LENGTH: '4' }, 'must be a whole number from 8 to 128'],
  [{ KEYHAVEN_ACESS: 'access.ts' }, 'write KEYHAVEN_ACCESS, or remove it'],
  [{ KEYHAVEN_DEBUG_MODE: '1' }, 'KEYHAVEN_DEBUG_MODE is not a setting'],
]

/** Places that are wrong, and files. */
const places: readonly Row[] = [
  [
    'data in /proc',
    () => ({ KEYHAVEN_DATA: '/proc/x' }),
    'The data folder /proc/x can’t be written',
  ],
  ['data below a file', () => ({ KEYHAVEN_DATA: '/dev/null/x' }), 'can’t be written: create it'],
  [
    'a file in place of the data folder',
    (place) => ({ KEYHAVEN_DATA: file(place, 'data', '') }),
    'can’t be written: create it',
  ],
  [
    'a folder in place of the database',
    (place) => ({ KEYHAVEN_DATABASE: place }),
    'is a folder: set KEYHAVEN_DATABASE to a file in it',
  ],
  ['a device', () => ({ KEYHAVEN_DATABASE: '/dev/null' }), 'is a device, a pipe or a socket'],
  [
    'a database below a folder that is not there',
    (place) => ({ KEYHAVEN_DATABASE: join(place, 'no/keyhaven.sqlite') }),
    'can’t be created: create its folder',
  ],
  [
    'notes in place of a database',
    (place) => ({ KEYHAVEN_DATABASE: file(place, 'x.sqlite', 'not a database\n'.repeat(99)) }),
    'it is not a SQLite file',
  ],
  [
    'a master key that others can read',
    (place) => ({ KEYHAVEN_MASTER_KEY_FILE: file(place, 'open.key', key, 0o644) }),
    'is open to every user of this machine',
  ],
  [
    'a master key that is none',
    (place) => ({ KEYHAVEN_MASTER_KEY_FILE: file(place, 'bad.key', 'secret\n') }),
    'bad.key',
  ],
  [
    'a folder in place of the master key',
    (place) => ({ KEYHAVEN_MASTER_KEY_FILE: place }),
    'KEYHAVEN_MASTER_KEY_FILE',
  ],
  [
    'an access module without access',
    (place) => ({ KEYHAVEN_ACCESS: file(place, 'a.mjs', 'export const rules = {}') }),
    'must export `access`, made by defineAccess',
  ],
  [
    'an access module with a fault',
    (place) => ({ KEYHAVEN_ACCESS: file(place, 'b.mjs', 'export const access = {') }),
    'correct the module, or set KEYHAVEN_ACCESS',
  ],
  [
    'an access module that throws several lines',
    (place) => ({
      KEYHAVEN_ACCESS: file(place, 'c.mjs', 'throw new Error("There is no .env.\\nMake it.")'),
    }),
    'correct the module, or set KEYHAVEN_ACCESS',
  ],
  [
    'a role with a scope that is not declared',
    (place) => ({
      KEYHAVEN_ACCESS: file(
        place,
        'd.mjs',
        "export const access = { scopes: ['a:read'], roles: { r: ['a:raed'] }, defaultRoles: [], rules: {} }",
      ),
    }),
    'a:raed',
  ],
  ['JSON with a fault', (place) => config(place, 'json', '{ "port": 1, }'), 'is not valid JSON'],
  ['a misspelt member', (place) => config(place, 'json', '{ "prot": 1 }'), 'write port, or remove'],
  ['a list in place of settings', (place) => config(place, 'json', '[]'), 'must hold an object'],
  [
    'a value of another kind',
    (place) => config(place, 'json', '{ "host": {} }'),
    'must be text, a number or a list',
  ],
  [
    'nothing exported',
    (place) => config(place, 'ts', 'export const port = 1'),
    'must hold an object with settings',
  ],
  [
    'a configuration that throws',
    (place) => config(place, 'ts', 'throw new Error("No vault.\\nLog in.")'),
    'can’t be read',
  ],
  [
    'two configurations',
    (place) => {
      config(place, 'json', '{}')
      return config(place, 'ts', 'export default {}')
    },
    'keep one of them',
  ],
]

function config(place: string, kind: string, text: string): Environment {
  file(place, `keyhaven.config.${kind}`, text)
  return {}
}

describe('a start with a wrong setting ends with one sentence that names it (operator 27)', () => {
  let installed: Environment
  let number = 0
  beforeAll(async () => {
    const data = mkdtempSync(join(folder, 'installed-'))
    const settings = { KEYHAVEN_DATA: data, KEYHAVEN_DATABASE: await databaseIn(data) }
    installed = { ...settings, KEYHAVEN_PORT: '0', KEYHAVEN_URL: 'http://localhost:4000/auth' }
    expect(await start(installed, data)).toBeUndefined()
  })

  const expectRefused = async (
    environment: (place: string) => Environment,
    sentence: string,
  ): Promise<void> => {
    const place = join(folder, `place-${number++}`)
    mkdirSync(place)
    const own = { KEYHAVEN_PORT: '0', ...environment(place) }
    const error = await start(own, place)
    expect(String(error)).toContain(sentence)
    // The command line ends with 78 for this class (command-line.test.ts)
    expect(error).toBeInstanceOf(ConfigurationError)
    const { message } = error as Error
    // One sentence, and one line
    expect(message).toMatch(/^[^\n]+[^.]\.$/)
    expect(message).not.toMatch(/[a-z]\. [A-Z]/)
  }

  it('has more than the 43 that were tried', () => {
    expect(values.length + places.length).toBeGreaterThan(70)
  })
  it.each(
    values.map(([environment, sentence]) => ({
      names: Object.keys(environment).join(', '),
      environment,
      sentence,
    })),
  )('$names: $sentence', ({ environment, sentence }) => expectRefused(() => environment, sentence))
  it.each(places)('%s', (_, environment, sentence) => expectRefused(environment, sentence))
  it.each<readonly [string, Environment, string]>([
    ['another URL', { KEYHAVEN_URL: 'http://localhost:4001/auth' }, 'http://localhost:4000/auth'],
    ['another master key', { KEYHAVEN_MASTER_KEY: key }, 'master key'],
    ['no master key', { KEYHAVEN_MASTER_KEY_FILE: join(folder, 'gone.key') }, 'gone.key'],
  ])('%s than the installation has', (_, change, sentence) =>
    expectRefused(() => ({ ...installed, ...change }), sentence),
  )
})
