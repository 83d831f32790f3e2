import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeyhavenError } from '@keyhaven/core/errors'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { databaseIn } from '@keyhaven/stage/databases/databases'
import { createKeyhaven } from '@keyhaven/server'
import type { Hooks, Keyhaven } from '@keyhaven/server'
import { password, send } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'

let folder: string
let keyhaven: Keyhaven
let log: string[]

async function start(hooks: Hooks): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'keyhaven-hooks-'))
  log = []
  keyhaven = await createKeyhaven({
    data: folder,
    database: await databaseIn(folder),
    folder,
    environment: { NODE_ENV: 'test' },
    hooks,
    log: pino({}, { write: (line: string) => void log.push(line) }),
  })
}
afterEach(async () => {
  await keyhaven.close()
  rmSync(folder, { recursive: true })
})

const enrol = (email: string): Promise<Response> =>
  send(keyhaven, 'POST /accounts', { body: { email, password } })
const enter = (login: string, secret = password): Promise<Response> =>
  send(keyhaven, 'POST /sessions', { body: { login, password: secret } })

describe('hooks', () => {
  it('are called in order, with the data an application may see and never a password or token (H52)', async () => {
    const told: unknown[] = []
    await start({
      beforeSignUp: (person) => void told.push(['beforeSignUp', person]),
      afterSignUp: async (account) => void told.push(['afterSignUp', account.email]),
      beforeSignIn: async (account) => void told.push(['beforeSignIn', account.id]),
      afterSignIn: (account, session) => void told.push(['afterSignIn', account.id, session.id]),
    })
    const { account } = (await (await enrol('ada@example.com')).json()) as Json
    const entered = await enter('ada@example.com')
    const credentials = setCookies(entered).map(({ value }) => value)
    expect(credentials).toHaveLength(4)
    const { session } = (await entered.json()) as Json
    expect(told).toEqual([
      ['beforeSignUp', { email: 'ada@example.com' }],
      ['afterSignUp', 'ada@example.com'],
      ['beforeSignIn', account.id],
      ['afterSignIn', account.id, session.id],
    ])
    for (const secret of [password, ...credentials])
      expect(JSON.stringify(told)).not.toContain(secret)
  })

  it('refuse a sign-up with a code and a sentence, and nothing is written', async () => {
    let open = false
    await start({
      beforeSignUp: ({ email }) => {
        if (open || email.endsWith('@company.example')) return
        const errors = [{ path: 'email', message: 'Use your address at company.example.' }]
        throw new KeyhavenError('invalid_request', { errors })
      },
    })
    const refused = await enrol('ada@example.com')
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({
      code: 'invalid_request',
      errors: [{ path: 'email', message: 'Use your address at company.example.' }],
    })
    expect(setCookies(refused)).toEqual([])
    open = true
    expect((await enrol('ada@example.com')).status).toBe(201)
  })

  it('refuse a sign-in only to the right password', async () => {
    await start({
      beforeSignIn: () => {
        throw new KeyhavenError('account_locked', { detail: 'Your team’s plan has ended.' })
      },
    })
    await enrol('ada@example.com')
    const wrong = await enter('ada@example.com', 'wrong horse battery')
    expect(await wrong.json()).toMatchObject({ code: 'invalid_credentials' })
    const refused = await enter('ada@example.com')
    expect(refused.status).toBe(401)
    expect(await refused.json()).toMatchObject({ detail: 'Your team’s plan has ended.' })
    expect(setCookies(refused)).toEqual([])
  })

  it('answer 500 without the reason if a `before` hook fails, and only log it if an `after` hook fails (HTTP-7)', async () => {
    let fails = 'beforeSignIn'
    const broken = (name: string) => (): void => {
      if (name === fails) throw new Error(`the application's database is away (${name})`)
    }
    await start({
      afterSignUp: broken('afterSignUp'),
      beforeSignIn: broken('beforeSignIn'),
      afterSignIn: broken('afterSignIn'),
    })
    await enrol('ada@example.com')
    const refused = await enter('ada@example.com')
    const body = await refused.text()
    expect(JSON.parse(body)).toMatchObject({ status: 500, code: 'internal' })
    expect(body).not.toMatch(/database is away|\.ts\b|node_modules|stack/)
    expect(setCookies(refused)).toEqual([])
    fails = 'afterSignIn'
    const entered = await enter('ada@example.com')
    expect(entered.status).toBe(201)
    expect(log.join('')).toContain('afterSignIn failed; the change that it was notified of stays')
    fails = 'afterSignUp'
    expect((await enrol('bob@example.com')).status).toBe(201)
    expect(log.join('')).toContain('database is away (afterSignUp)')
  })
})

interface Json {
  readonly account: { readonly id: string }
  readonly session: { readonly id: string }
}
