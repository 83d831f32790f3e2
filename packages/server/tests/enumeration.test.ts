import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { doses } from '../../../tests/doses.ts'
import { changeIn, countStatements, databaseIn } from '@keyhaven/stage/databases/databases'
import { unreachable } from '@keyhaven/stage/databases/queued-mails'
import { password, signIn } from '@keyhaven/stage/http/person'
import { setCookies } from '@keyhaven/stage/http/set-cookies'
import { testLog } from '@keyhaven/stage/processes/log'
import { createKeyhaven } from '@keyhaven/server'
import type { Keyhaven } from '@keyhaven/server'

const data = mkdtempSync(join(tmpdir(), 'keyhaven-'))
/** Each gets fewer mails than its limit of an hour. */
const ACCOUNTS = doses.enumerationTries / 10
let keyhaven: Keyhaven
let database: string
/** Statements of the service's own jobs, which run meanwhile. */
let own: ReadonlySet<string>
const statements = countStatements()
const hashes = vi.spyOn(Worker.prototype, 'postMessage')

beforeAll(async () => {
  database = await databaseIn(data)
  keyhaven = await createKeyhaven({
    data,
    folder: data,
    database,
    environment: { NODE_ENV: 'test', ...unreachable },
    log: testLog(),
    emailVerification: 'on',
    emailSignIn: 'on',
  })
  for (let at = 0; at < ACCOUNTS; at++) {
    await keyhaven.accounts.create({ email: addressOf('known', at), password })
  }
  statements.clear()
  await sleep(1500)
  own = new Set(statements.texts())
})
afterAll(async () => {
  statements.restore()
  hashes.mockRestore()
  await keyhaven.close()
  rmSync(data, { recursive: true })
})

const kinds = ['known', 'unknown'] as const
type Kind = (typeof kinds)[number]

function addressOf(kind: Kind, at: number): string {
  return `${kind}-${at % ACCOUNTS}@example.com`
}

interface Seen {
  /** Status, headers and body, without what is random. */
  readonly answer: string
  readonly hashes: number
  readonly statements: number
  /** Mails that it queued. */
  readonly mails: number
}

let networks = 0

/** Sends a call from a network of its own, and returns all that its caller, or a clock, could see. */
async function see(call: string, body: object, more: Readonly<Record<string, string>> = {}) {
  const [path = '', method = 'POST'] = call.split(' ').toReversed()
  hashes.mockClear()
  statements.clear()
  const response = await keyhaven.handler(
    new Request(keyhaven.issuer + path, {
      method,
      headers: {
        origin: new URL(keyhaven.issuer).origin,
        'content-type': 'application/json',
        ...more,
      },
      body: JSON.stringify(body),
    }),
    { address: `10.3.${networks >> 8}.${networks++ & 255}` },
  )
  const texts = statements.texts().filter((text) => !own.has(text))
  const headers = [...response.headers].filter(([name]) => name !== 'x-request-id')
  const flow = setCookies(response).find(({ name }) => name === 'keyhaven-flow')?.value
  const shown = JSON.stringify([response.status, headers, await response.text()])
  const seen: Seen = {
    answer: flow === undefined ? shown : shown.replace(flow, '…'),
    hashes: hashes.mock.calls.length,
    statements: texts.length,
    mails: texts.filter((text) => /insert into "mails"/.test(text)).length,
  }
  return { seen, flow }
}

/** What a kind of address shows in many tries, interleaved with those of the other kind. */
async function compare(once: (email: string, at: number) => Promise<Seen>): Promise<void> {
  const all = { known: [] as Seen[], unknown: [] as Seen[] }
  for (let at = 0; at < doses.enumerationTries / 2; at++) {
    for (const kind of kinds) all[kind].push(await once(addressOf(kind, at), at))
  }
  // A rare job runs statements now and then: the least of all tries has none of them
  const least = (kind: Kind, of: 'hashes' | 'statements' | 'mails'): number =>
    Math.min(...all[kind].map((one) => one[of]))
  const answers = (kind: Kind): string[] => [...new Set(all[kind].map(({ answer }) => answer))]
  expect(answers('known')).toEqual(answers('unknown'))
  expect(answers('known').length).toBe(1)
  for (const of of ['hashes', 'statements', 'mails'] as const) {
    expect([of, least('known', of)]).toEqual([of, least('unknown', of)])
  }
}

describe('whether an address has an account (H11, H57, R97)', () => {
  it('is not shown by a sign-up: one answer, one hash, one mail', () =>
    compare(async (email) => {
      const { seen } = await see('/accounts', { email, password: 'correct horse too' })
      expect(seen).toMatchObject({ hashes: 1, mails: 1 })
      return seen
    }))

  it('is not shown by a sign-in in the browser that signed up with it', () =>
    compare(async (email) => {
      const { flow } = await see('/accounts', { email, password: 'correct horse too' })
      const body = { login: email, password: 'correct horse too' }
      const { seen } = await see('/sessions', body, { cookie: `keyhaven-flow=${flow}` })
      expect(seen).toMatchObject({ hashes: 2 })
      expect(seen.answer).toContain('email_unverified')
      return seen
    }))

  it('is not shown by a sign-in elsewhere', () =>
    compare(async (email) => {
      const { seen } = await see('/sessions', { login: email, password: 'wrong password' })
      expect(seen).toMatchObject({ hashes: 1 })
      return seen
    }))

  it('is not shown by a request for a reset', () =>
    compare(async (email) => {
      const { seen } = await see('/password-resets', { email })
      expect(seen).toMatchObject({ hashes: 0, mails: 1 })
      return seen
    }))

  it('is not shown by a request to sign in by mail', () =>
    compare(async (email) => {
      const { seen } = await see('/sessions/email', { email })
      expect(seen).toMatchObject({ hashes: 0, mails: 1 })
      return seen
    }))

  it('is not shown by a request to change an address (H14)', async () => {
    await keyhaven.accounts.create({ email: 'changer@example.com', password })
    const { headers, id } = await signIn(keyhaven, 'changer@example.com')
    await compare(async (email) => {
      // An account requests 5 an hour
      await changeIn(database, "delete from rate_limits where key like 'emailChange%'")
      const { seen } = await see(`PUT /accounts/${id}/email`, { email }, headers)
      expect(seen).toMatchObject({ hashes: 0, mails: 1 })
      return seen
    })
  })

  it('is not shown by a request to confirm an address again', () =>
    compare(async (email) => {
      const { seen } = await see('/email-verifications', { email })
      expect(seen).toMatchObject({ hashes: 0, mails: 1 })
      return seen
    }))
})
