import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changeIn, databaseIn, rowsIn } from '@keyhaven/stage/databases/databases'
import { mailQueue, unreachable } from '@keyhaven/stage/databases/queued-mails'
import type { MailQueue } from '@keyhaven/stage/databases/queued-mails'
import { bearer, codeOf, newPerson, password, person, send } from '@keyhaven/stage/http/person'
import type { Person } from '@keyhaven/stage/http/person'
import { addApp } from '@keyhaven/stage/http/authenticator-app'
import type { AuthenticatorApp } from '@keyhaven/stage/http/authenticator-app'
import { metricsIn } from '@keyhaven/stage/http/metrics'
import { addPasskey, authenticatorAt } from '@keyhaven/stage/webauthn/passkeys'
import { newFolder, serve } from '@keyhaven/stage/processes/served'
import type { Service } from '@keyhaven/stage/processes/served'
import { doses } from '../../../tests/doses.ts'

const data = newFolder()
let service: Service
let database: string
let mails: MailQueue

beforeAll(async () => {
  database = await databaseIn(data)
  mails = mailQueue(data, database)
  service = await serve(data, { environment: { NODE_ENV: 'test', ...unreachable } })
})
afterAll(async () => {
  await service?.close()
  rmSync(data, { recursive: true })
})

const COMPLETE = 'POST /sessions/second-factor'
const wrong = { totp: 'wrong' }

interface Owner {
  readonly owner: Person
  readonly app: AuthenticatorApp
}

/** A person with an authenticator app. */
async function member(): Promise<Owner> {
  const owner = await newPerson(service)
  return { owner, app: await addApp(owner, database) }
}

/** A browser in which the password of an account was right. */
async function begun({ email }: Pick<Person, 'email'>, by = person(service)): Promise<Person> {
  const due = await by.ask('POST /sessions', { login: email, password })
  expect(await codeOf(due)).toBe('401 second_factor_required')
  return by
}

/** Resets the password by mail, in a new browser. */
async function reset({ email }: Person): Promise<Person> {
  const by = person(service)
  await by.ask('POST /password-resets', { email })
  const { token } = await mails.link(email)
  const done = await by.ask('POST /password-resets/confirm', { token, password })
  expect(done.status).toBe(204)
  return by
}

const complete = async (by: Person, proof: object): Promise<string> => {
  const answer = await by.ask(COMPLETE, proof)
  return answer.status === 201 ? '201' : codeOf(answer)
}

describe('a sign-in with a second factor (V6, H3)', () => {
  it('opens no session by the password alone, and is completed by a code of the app, once', async () => {
    const { owner, app } = await member()
    expect(app.recoveryCodes).toHaveLength(10)
    const browser = person(service)
    const due = await browser.ask('POST /sessions', { login: owner.email, password })
    expect(due.status).toBe(401)
    expect(await due.json()).toMatchObject({
      code: 'second_factor_required',
      factors: ['totp', 'recovery_code'],
      expiresIn: 900,
    })
    expect([...browser.cookies.keys()]).toEqual(['keyhaven-flow'])
    const totp = await app.next()
    const done = await browser.ask(COMPLETE, { totp: `${totp.slice(0, 3)} ${totp.slice(3)}` })
    expect(done.status).toBe(201)
    expect(await done.json()).toMatchObject({ session: { amr: ['pwd', 'otp', 'mfa'] } })
    expect(await complete(browser, { totp: app.code(1) })).toBe('401 attempt_over')
    const again = await begun(owner)
    expect(await complete(again, { totp })).toBe('401 invalid_credentials')
    const [recoveryCode] = app.recoveryCodes
    expect(await complete(again, { recoveryCode })).toBe('201')
    expect(await (await owner.ask('GET /factors')).json()).toMatchObject({ recoveryCodes: 9 })
    const used = (await mails.to(owner.email)).filter(
      ({ template }) => template === 'recovery-code-used',
    )
    expect(used).toMatchObject([{ values: { left: '9' } }])
  })

  it('has five tries, each recorded; the first wrong one behind the right password is mailed (H15)', async () => {
    const { owner, app } = await member()
    const { owner: other, app: foreign } = await member()
    const by = await begun(owner)
    // Of another account, and of the step before the last
    for (const totp of [await foreign.next(), app.code(-2), '000', 'wrong', `${app.code()}0`]) {
      expect(await complete(by, { totp })).toBe('401 invalid_credentials')
    }
    expect(await complete(by, { totp: await app.next() })).toBe('401 attempt_over')
    const rows = await rowsIn(
      database,
      `select details from audit where action = 'second_factor.failed' and account_id = '${owner.id}'`,
    )
    expect(rows.map(({ details }) => details)).toEqual(
      Array.from({ length: 5 }, () => '{"factor":"totp"}'),
    )
    const reported = async (): Promise<number> =>
      (await mails.to(owner.email)).filter(({ template }) => template === 'second-factor-failed')
        .length
    expect(await reported()).toBe(1)
    expect(await complete(await begun(owner), wrong)).toBe('401 invalid_credentials')
    expect(await reported()).toBe(1)
    expect(await complete(await begun(other), { totp: await foreign.next() })).toBe('201')
  })

  it('is completed by a passkey of the account, for this sign-in only (WA-1, H37)', async () => {
    const owner = await newPerson(service)
    const device = authenticatorAt(service)
    const { passkeyId } = await addPasskey(owner, device)
    const by = await begun(owner)
    const options = await (await by.ask(`${COMPLETE}/options`)).json()
    expect(options).toMatchObject({ allowCredentials: [{ id: passkeyId }] })
    const passkey = device.get(options)
    const other = await begun(owner)
    await other.ask(`${COMPLETE}/options`)
    expect(await complete(other, { passkey })).toBe('401 invalid_credentials')
    expect(await complete(by, { passkey })).toBe('201')
    expect(await complete(by, { passkey })).toBe('401 attempt_over')
    const stranger = await person(service).ask(`${COMPLETE}/options`)
    expect(await codeOf(stranger)).toBe('401 attempt_over')
    // A step-up has a challenge of its own
    const stepUp = 'POST /sessions/current/step-up'
    const fresh = device.get(await (await owner.ask(`${stepUp}/options`)).json())
    expect(await codeOf(await owner.ask(stepUp, { passkey }))).toBe('401 invalid_credentials')
    expect((await owner.ask(stepUp, { passkey: fresh })).status).toBe(200)
  })

  it('gives none of several tries at once for free', async () => {
    const { owner } = await member()
    const by = await begun(owner)
    const answers = await Promise.all(Array.from({ length: 8 }, () => complete(by, wrong)))
    expect(answers.filter((one) => one === '401 invalid_credentials').length).toBeLessThanOrEqual(5)
  })

  it('belongs to its browser, and is over after a lock, another password and 15 minutes', async () => {
    const { owner, app } = await member()
    const by = await begun(owner)
    expect(await complete(person(service), { totp: await app.next() })).toBe('401 attempt_over')
    // A sibling host plants the cookie of a browser of its own before the password is entered
    const planted = await begun((await member()).owner)
    const cookie = planted.cookies.get('keyhaven-flow') ?? ''
    const victim = person(service)
    victim.cookies.set('keyhaven-flow', cookie)
    await begun(owner, victim)
    expect(await complete(planted, { totp: await app.next() })).toBe('401 attempt_over')
    // And beside the one that the browser has got
    const both = `keyhaven-flow=${cookie}; ${victim.cookie}`
    const done = await send(service, COMPLETE, {
      body: { totp: await app.next() },
      headers: { cookie: both, origin: new URL(service.issuer).origin },
    })
    expect(done.status).toBe(201)
    await service.keyhaven.accounts.lock(owner.id, 'a test')
    expect(await complete(by, { totp: await app.next() })).toBe('401 attempt_over')
    await service.keyhaven.accounts.unlock(owner.id)
    expect(await complete(by, { totp: await app.next() })).toBe('401 attempt_over')
    const changed = await begun(owner)
    await changeIn(
      database,
      `update accounts set credential_version = credential_version + 1 where id = '${owner.id}'`,
    )
    expect(await complete(changed, { totp: await app.next() })).toBe('401 attempt_over')
    const late = await begun(owner)
    await changeIn(
      database,
      `update attempts set expires_at = expires_at - 900000 where account_id = '${owner.id}'`,
    )
    expect(await complete(late, { totp: await app.next() })).toBe('401 attempt_over')
    expect(await complete(await begun(owner), { totp: await app.next() })).toBe('201')
  })

  it('is completed once by the same proof sent twice at once', async () => {
    for (let round = 0; round < doses.raceRounds; round++) {
      const { owner, app } = await member()
      const [first, second] = [await begun(owner), await begun(owner)]
      const [recoveryCode] = app.recoveryCodes
      const answers = await Promise.all([
        complete(first, { recoveryCode }),
        complete(first, { recoveryCode }),
        complete(second, { recoveryCode }),
      ])
      expect(answers.filter((one) => one === '201')).toHaveLength(1)
      // While it is completed, the same browser begins another: neither waits for the other for ever
      const third = await begun(owner)
      const headers = { cookie: third.cookie, origin: new URL(service.issuer).origin }
      const both = [
        [COMPLETE, { recoveryCode: app.recoveryCodes[1] }],
        ['POST /sessions', { login: owner.email, password }],
        [COMPLETE, { recoveryCode: app.recoveryCodes[2] }],
        ['POST /sessions', { login: owner.email, password }],
      ] as const
      const raced = await Promise.all(
        both.map(([call, body]) => send(service, call, { body, headers })),
      )
      expect(raced.filter(({ status }) => status >= 500)).toEqual([])
    }
  })

  it('counts wrong factors over all attempts, and known devices by themselves (H15)', async () => {
    const { owner, app } = await member()
    for (let attempt = 0; attempt < 2; attempt++) {
      const by = await begun(owner)
      for (let tries = 0; tries < 5; tries++) await complete(by, wrong)
    }
    const stranger = await begun(owner)
    const limited = await stranger.ask(COMPLETE, { totp: await app.next() })
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(800)
    expect(await codeOf(limited)).toBe('429 rate_limited')
    // The sign-up's own browser is known, and the refused try has cost the other one nothing
    const device = owner.cookies.get('keyhaven-device') ?? ''
    const known = person(service)
    known.cookies.set('keyhaven-device', device)
    await begun(owner, known)
    expect(await complete(known, { totp: await app.next() })).toBe('201')
  })

  it('pauses a factor on unknown browsers after 50 in a row, until a mail is confirmed (H15)', async () => {
    const { owner, app } = await member()
    const by = await begun(owner)
    expect(await complete(by, wrong)).toBe('401 invalid_credentials')
    await changeIn(database, "update rate_limits set points = 49 where key like 'factorRow:%'")
    expect(await complete(by, wrong)).toBe('401 invalid_credentials')
    const paused = await by.ask(COMPLETE, { totp: await app.next() })
    expect(paused.status).toBe(429)
    expect(await paused.json()).toMatchObject({ detail: expect.stringContaining('by mail') })
    const [recoveryCode] = app.recoveryCodes
    expect(await complete(await begun(owner), { recoveryCode })).toBe('201')
    await reset(owner)
    expect(await complete(await begun(owner), { totp: await app.next() })).toBe('201')
  })

  it('gives a thief of the mailbox no more guesses by a reset than without (H15, H3)', async () => {
    const { owner, app } = await member()
    for (let attempt = 0; attempt < 2; attempt++) {
      const by = await begun(owner)
      for (let tries = 0; tries < 5; tries++) await complete(by, wrong)
    }
    const thief = await reset(owner)
    for (const by of [thief, person(service)]) {
      await begun(owner, by)
      expect(await complete(by, { totp: await app.next() })).toBe('429 rate_limited')
    }
    // The browser that reset the password counts as one that the account knows once a factor was right
    await changeIn(database, "delete from rate_limits where key like 'factor:%'")
    expect(await complete(await begun(owner, thief), { totp: await app.next() })).toBe('201')
    for (let attempt = 0; attempt < 2; attempt++) {
      const by = await begun(owner)
      for (let tries = 0; tries < 5; tries++) await complete(by, wrong)
    }
    expect(await complete(await begun(owner, thief), { totp: await app.next() })).toBe('201')
  })

  it('can be begun a number of times in one sign-in', async () => {
    const owner = await newPerson(service)
    await addPasskey(owner, authenticatorAt(service))
    const by = await begun(owner)
    for (let times = 0; times < 20; times++) {
      expect((await by.ask(`${COMPLETE}/options`)).status).toBe(200)
    }
    expect(await codeOf(await by.ask(`${COMPLETE}/options`))).toBe('401 attempt_over')
    const again = await begun(owner)
    expect((await again.ask(`${COMPLETE}/options`)).status).toBe(200)
  })

  it('is counted by factor and outcome, for operators', async () => {
    const key = await service.keyhaven.guards.add('second-factor-metrics')
    const count = async (outcome: string): Promise<number> => {
      const answer = await send(service, 'GET /metrics', { headers: bearer(key) })
      const { samples } = metricsIn(await answer.text()).get('keyhaven_second_factors_total') ?? {}
      const labels = `factor="totp",outcome="${outcome}"`
      return samples?.get(`keyhaven_second_factors_total{${labels}}`) ?? 0
    }
    const { owner, app } = await member()
    const before = [await count('wrong'), await count('accepted')]
    const by = await begun(owner)
    await complete(by, wrong)
    await complete(by, { totp: await app.next() })
    expect([await count('wrong'), await count('accepted')]).toEqual(before.map((one) => one + 1))
  })
})
