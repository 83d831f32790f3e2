import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { claim, defineClaims } from '@keyhaven/core/access'
import type { SessionView } from '@keyhaven/core/wire'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { forge } from '@keyhaven/stage/databases/forge'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'
import { send } from '@keyhaven/stage/http/person'
import { cookieAfter, setCookies } from '@keyhaven/stage/http/set-cookies'

const claims = defineClaims({
  plan: claim.page(z.enum(['free', 'pro'])),
  seats: claim.server(z.number()),
  note: claim.server(z.string().optional()),
  bytes: claim.server(z.bigint().optional()),
})
type Values = { plan: 'free' | 'pro'; seats: number; note?: string | undefined; bytes?: bigint }

let folder: string
let keyhaven: Keyhaven
let values: () => Values
const lines: string[] = []

async function start(): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'keyhaven-claims-'))
  keyhaven = await createKeyhaven({
    data: folder,
    folder,
    database: await databaseIn(folder),
    environment: { NODE_ENV: 'test' },
    claims,
    claimsFor: async (account) => {
      expect(account.id).toMatch(/^acc_/)
      return values()
    },
    log: pino({}, { write: (line: string) => void lines.push(line) }),
  })
}
afterEach(async () => {
  await keyhaven.close()
  rmSync(folder, { recursive: true })
})

const ask = (call: string, more: { body?: object; cookie?: string } = {}): Promise<Response> =>
  send(keyhaven, call, {
    ...(more.body && { body: more.body }),
    ...(more.cookie && { headers: { cookie: more.cookie } }),
  })

async function enrolled(email = 'a@example.com') {
  const response = await ask('POST /accounts', { body: { email, password: 'correct horse' } })
  const cookies = setCookies(response).map(({ name, value }) => `${name}=${value}`)
  return {
    response,
    session: cookies.find((one) => one.startsWith('keyhaven-session=')) ?? '',
    cookies,
  }
}

/** The payload of the access cookie among these. */
function payload(cookies: readonly string[]): Record<string, unknown> {
  const [, body = ''] = (cookies.find((one) => one.startsWith('keyhaven=')) ?? '').split('.')
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
}

describe('claimsFor', () => {
  it('fills the token; the page sees what is marked for it (R56)', async () => {
    await start()
    values = () => ({ plan: 'pro', seats: 3 })
    const { response, cookies } = await enrolled()
    const view = (await response.json()) as SessionView
    expect(payload(cookies)).toMatchObject({ plan: 'pro', seats: 3 })
    expect(view.claims['plan']).toBe('pro')
    expect(view.claims).not.toHaveProperty('seats')
  })
  it('is called again at renewal', async () => {
    await start()
    values = () => ({ plan: 'free', seats: 1 })
    const { session } = await enrolled()
    values = () => ({ plan: 'pro', seats: 1 })
    const again = await ask('GET /user/current', { cookie: session })
    expect(((await again.json()) as SessionView).claims['plan']).toBe('pro')
  })
  it.each([
    [
      'fails',
      () => {
        throw new Error('database of the application is away')
      },
    ],
    ['gives a bad value', () => ({ plan: 'gold', seats: 1 }) as unknown as Values],
    ['gives an undeclared claim', () => ({ plan: 'free', seats: 1, admin: true }) as Values],
    [
      'gives what no token can hold (source 7)',
      () => ({ plan: 'pro', seats: 1, bytes: 10n }) as const,
    ],
    ['grows too large', () => ({ plan: 'pro', seats: 1, note: 'secret'.repeat(900) }) as const],
  ])('keeps the former claims at a renewal if it %s', async (_what, broken) => {
    await start()
    values = () => ({ plan: 'free', seats: 7 })
    const { session } = await enrolled()
    lines.length = 0
    values = broken
    const again = await ask('GET /user/current', { cookie: session })
    expect(again.status).toBe(200)
    expect(payload([cookieAfter(again)])).toMatchObject({ plan: 'free', seats: 7 })
    expect(lines.join('')).toContain('renewed with the former claims')
    expect(lines.join('')).not.toContain('secretsecret')
  })
  it('writes one audit entry, not one a renewal, if a token grows too large (R99)', async () => {
    await start()
    values = () => ({ plan: 'free', seats: 7 })
    const { session } = await enrolled()
    values = () => ({ plan: 'pro', seats: 1, note: 'secret'.repeat(900) })
    const database = await databaseIn(folder)
    for (let renewal = 0; renewal < 3; renewal++) {
      // As if the five seconds had passed in which renewals share a token
      await changeIn(database, 'update sessions set renewed_at = 0')
      expect((await ask('GET /user/current', { cookie: session })).status).toBe(200)
    }
    expect(lines.filter((line) => line.includes('former claims')).length).toBeGreaterThan(2)
    const kept = await rowsIn(
      database,
      `select audit.account_id, audit.reason, audit.details from audit
       join sessions on sessions.credential_id = audit.session_id where action = 'session.claims_kept'`,
    )
    expect(kept).toMatchObject([{ reason: 'the token would be too large', details: null }])
    await forge(
      database,
      "update audit set at = at - 3600001 where action = 'session.claims_kept'",
      'update sessions set renewed_at = 0',
    )
    await ask('GET /user/current', { cookie: session })
    expect(
      await rowsIn(database, "select id from audit where action = 'session.claims_kept'"),
    ).toHaveLength(2)
  })
  it('refuses a sign-up whose token would be too large, and makes no account (R28, CK-9)', async () => {
    await start()
    values = () => ({ plan: 'pro', seats: 1, note: 'secret'.repeat(900) })
    const { response } = await enrolled()
    expect(response.status).toBe(500)
    expect(await response.json()).toMatchObject({ code: 'token_too_large' })
    expect(setCookies(response)).toEqual([])
    values = () => ({ plan: 'pro', seats: 1 })
    expect((await enrolled()).response.status).toBe(201)
  })
})

describe('createKeyhaven', () => {
  it('wants claims and claimsFor together', async () => {
    await start()
    await expect(
      createKeyhaven({ data: folder, folder, environment: { NODE_ENV: 'test' }, claims }),
    ).rejects.toThrow('belong together')
  })
  it('takes only claims as defineClaims would, and writes nothing for others (attacks 3, 4)', async () => {
    await start()
    const schema = z.string().optional()
    const wrong = [
      [{ scope: claim.server(schema) }, "'scope' is reserved"],
      [{ cnf: { visibility: 'page', schema } }, "'cnf' is reserved"],
      [{ plan: 5 }, 'must be made by claim.page or claim.server'],
      [{ plan: { visibility: 'page', schema: {} } }, 'needs a schema'],
      [{ plan: claim.page(schema) }, 'belong together', undefined],
    ] as const
    const data = join(folder, 'none')
    for (const [given, sentence, ...rest] of wrong) {
      const claimsFor = rest.length > 0 ? undefined : () => ({})
      const options = { data, folder, environment: { NODE_ENV: 'test' }, claims: given, claimsFor }
      const starting = createKeyhaven(options as never)
      await expect(starting).rejects.toMatchObject({
        name: 'ConfigurationError',
        message: expect.stringContaining(sentence) as string,
      })
      expect(existsSync(data)).toBe(false)
    }
  })
})
