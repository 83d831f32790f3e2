import { randomBytes } from 'node:crypto'
import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashSync } from '@node-rs/argon2'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doses } from '../../../tests/doses.ts'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { addApp } from '@keyhaven/stage/http/authenticator-app'
import { refuseRows } from '@keyhaven/stage/databases/refuse-rows'
import { codeOf, newPerson, password, person, send, signIn } from '@keyhaven/stage/http/person'
import { until } from '@keyhaven/stage/processes/process'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'

const other = 'another correct horse'
const data = newFolder()
const [first, second] = [newKey(), newKey()]
const lines: string[] = []
const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
let database: string
let service: Service

function newKey(): string {
  return randomBytes(32).toString('base64url')
}

/** A file of peppers, the current one first. */
function peppers(...keys: readonly string[]): string {
  const file = join(data, `peppers-${randomBytes(4).toString('hex')}`)
  writeFileSync(file, `${keys.join('\n')}\n`, { mode: 0o600 })
  return file
}

/** Starts the service anew, with other peppers. */
async function restart(pepperFile?: string): Promise<void> {
  await service?.close()
  service = await serve(data, { ...(pepperFile !== undefined && { pepperFile }), log })
}

async function hashOf(email: string): Promise<string> {
  const [row] = await rowsIn(
    database,
    `select password_hash from accounts where email_key = '${email}'`,
  )
  return String(row?.['password_hash'])
}

/** The id of the pepper of a hash. */
const pepperIn = (hash: string): string | undefined =>
  /^\$pepper\$([\w-]{12})\$argon2id\$/.exec(hash)?.[1]

/** Signs in, and returns the hash that follows `former`. */
async function renewed(email: string, former: string): Promise<string> {
  await signIn(service, email)
  await until('the renewal', async () => (await hashOf(email)) !== former)
  return hashOf(email)
}

/** Gives an account a hash at half of today's cost. */
async function weaken(email: string): Promise<string> {
  const weak = hashSync(password, { memoryCost: 32, timeCost: 1, parallelism: 1 })
  await changeIn(
    database,
    `update accounts set password_hash = '${weak}' where email_key = '${email}'`,
  )
  return weak
}

beforeAll(async () => {
  database = await databaseIn(data)
  await restart()
})
afterAll(async () => {
  await service?.close()
  rmSync(data, { recursive: true })
})

describe('a hash below today’s cost', () => {
  it('is renewed at the next sign-in, and no session ends by it', async () => {
    const owner = await newPerson(service)
    const weak = await weaken(owner.email)
    const strong = await renewed(owner.email, weak)
    expect(strong.split('$')[3]).not.toBe(weak.split('$')[3])
    expect((await owner.ask('GET /user/current')).status).toBe(200)
    const [account] = await rowsIn(
      database,
      `select credential_version from accounts where id = '${owner.id}'`,
    )
    expect(account).toEqual({ credential_version: 1 })
    await signIn(service, owner.email)
    expect(await hashOf(owner.email)).toBe(strong)
    const rows = await rowsIn(
      database,
      `select actor_id from audit where action = 'password.hash_renewed' and account_id = '${owner.id}'`,
    )
    expect(rows).toHaveLength(1)
    // A password that a second factor must follow was right as well
    const app = await addApp(owner, database)
    const again = await weaken(owner.email)
    const browser = person(service)
    const due = await browser.ask('POST /sessions', { login: owner.email, password })
    expect(await codeOf(due)).toBe('401 second_factor_required')
    await until('the renewal', async () => (await hashOf(owner.email)) !== again)
    const totp = await app.next()
    expect((await browser.ask('POST /sessions/second-factor', { totp })).status).toBe(201)
  })

  it('stays after a wrong password, and where it can’t be written; the sign-in succeeds', async () => {
    const owner = await newPerson(service)
    const weak = await weaken(owner.email)
    const wrong = await send(service, 'POST /sessions', {
      body: { login: owner.email, password: other },
    })
    expect(await codeOf(wrong)).toBe('401 invalid_credentials')
    const allow = await refuseRows(database, {
      table: 'audit',
      values: { action: 'password.hash_renewed' },
    })
    await signIn(service, owner.email)
    await until('the log line', () => lines.some((line) => line.includes('could not be renewed')))
    await allow()
    expect(await hashOf(owner.email)).toBe(weak)
    await renewed(owner.email, weak)
  })

  it('never replaces a password that changes meanwhile', async () => {
    for (let round = 0; round < doses.raceRounds; round++) {
      const owner = await newPerson(service)
      const weak = await weaken(owner.email)
      const change = { current: password, password: other }
      const [entered, changed] = await Promise.all([
        send(service, 'POST /sessions', { body: { login: owner.email, password } }),
        owner.ask(`PUT /accounts/${owner.id}/password`, change),
      ])
      expect([201, 401]).toContain(entered.status)
      expect(changed.status).toBe(204)
      await signIn(service, owner.email, { password: other })
      expect(await hashOf(owner.email)).not.toBe(weak)
      const former = await send(service, 'POST /sessions', {
        body: { login: owner.email, password },
      })
      expect(await codeOf(former)).toBe('401 invalid_credentials')
    }
  })

  it('is not computed if it would use up the machine, and no wrong password is claimed', async () => {
    const owner = await newPerson(service)
    const hash = (await hashOf(owner.email)).replace(/m=\d+/, 'm=4000000')
    await changeIn(
      database,
      `update accounts set password_hash = '${hash}' where email_key = '${owner.email}'`,
    )
    const answer = await send(service, 'POST /sessions', { body: { login: owner.email, password } })
    expect(await codeOf(answer)).toBe('500 internal')
  })
})

describe('KEYHAVEN_PEPPER_FILE', () => {
  it('peppers new hashes and renews former ones; a rotation verifies both; the last sign-in frees a pepper', async () => {
    const [before, rotated] = [await newPerson(service), await newPerson(service)]
    const plain = await hashOf(before.email)
    expect(plain).toMatch(/^\$argon2id\$/)
    await restart(peppers(first))
    const peppered = await renewed(before.email, plain)
    const id = pepperIn(peppered)
    expect(id).toBeDefined()
    const newcomer = await newPerson(service)
    expect(pepperIn(await hashOf(newcomer.email))).toBe(id)
    // Unknown and known logins fail alike
    for (const login of [newcomer.email, 'nobody@example.com']) {
      const wrong = await send(service, 'POST /sessions', { body: { login, password: other } })
      expect(await codeOf(wrong)).toBe('401 invalid_credentials')
    }
    await restart(peppers(second, first))
    const next = pepperIn(await renewed(rotated.email, await hashOf(rotated.email)))
    expect(next).not.toBe(id)
    for (const { email } of [before, newcomer]) {
      expect(pepperIn(await renewed(email, await hashOf(email)))).toBe(next)
    }
    // No hash needs it any more
    await restart(peppers(second))
    await signIn(service, newcomer.email)
  })

  it('is missed at the start, with exit 78, as long as a hash needs it', async () => {
    await restart(peppers(second))
    await newPerson(service)
    for (const pepperFile of [undefined, peppers(newKey())]) {
      const started = serve(data, { ...(pepperFile !== undefined && { pepperFile }), log })
      await expect(started).rejects.toMatchObject({
        name: 'ConfigurationError',
        message: expect.stringMatching(
          /^\d+ passwords? w\w+ hashed with the pepper [\w-]{12}, which is not in KEYHAVEN_PEPPER_FILE: set it to the file with this pepper, or restore the file from your backup\.$/,
        ),
      })
    }
  })

  it('answers 503, and no wrong password, where a process lacks the pepper of a hash', async () => {
    const { email } = await newPerson(service)
    const unknown = (await hashOf(email)).replace(/^\$pepper\$[\w-]+/, '$pepper$AAAAAAAAAAAA')
    await changeIn(
      database,
      `update accounts set password_hash = '${unknown}' where email_key = '${email}'`,
    )
    const by = person(service, { email })
    const answer = await by.ask('POST /sessions', { login: email, password })
    expect(await codeOf(answer)).toBe('503 unavailable')
    expect(lines.join('\n')).toContain('needs the pepper AAAAAAAAAAAA')
  })

  it.each([
    ['does not exist', () => join(data, 'nowhere')],
    ['is a folder', () => data],
    ['is empty', () => peppers('')],
    ['line 2, must hold 32 random bytes', () => peppers(first, 'secret')],
    ['is not random, so it can be guessed', () => peppers(Buffer.alloc(32).toString('base64url'))],
    [
      'is open to every user of this machine (mode 0644)',
      () => {
        const file = peppers(first)
        chmodSync(file, 0o644)
        return file
      },
    ],
  ])('that %s is refused before anything starts (H55)', async (words, file) => {
    await expect(serve(data, { pepperFile: file(), log })).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringMatching(/^The pepper file /),
    })
    await expect(serve(data, { pepperFile: file(), log })).rejects.toThrow(words)
  })
})
