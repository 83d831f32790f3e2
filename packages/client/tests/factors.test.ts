import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuthState } from '@keyhaven/client'
import { createBrowser } from './tabbed-browser.ts'
import type { Browser, Tab } from './tabbed-browser.ts'
import {
  createTestService,
  gone,
  guarded,
  ME,
  ok,
  otherView,
  refuse,
  refuseWith,
  view,
} from './test-service.ts'
import type { Answer } from './test-service.ts'

const service = createTestService()
const { answers, calls, count } = service
const SECOND = 'POST /auth/sessions/second-factor'
const due = { factors: ['totp', 'recovery_code'], expiresIn: 900 } as const
const codes = ['aaaa-bbbb', 'cccc-dddd']
const setUp = { id: 'fac_1', secret: 'ABC', uri: 'otpauth://totp/a', qr: '<svg/>' }
const entry = { id: 'fac_1', kind: 'totp', name: null, createdAt: '', lastUsedAt: null }
const list = { items: [entry], recoveryCodes: 9, passkeys: { rpId: 'localhost', userId: 'YQ' } }

let browser: Browser

beforeEach(async () => {
  await service.start()
  browser = createBrowser(() => `${service.origin()}/auth`)
})
afterEach(() => service.stop())

interface Page extends Tab {
  readonly gone: string[]
}

async function opened(): Promise<Page> {
  const tab = browser.open()
  const reasons: string[] = []
  tab.auth.subscribe(() => {})
  tab.auth.on('signed-out', ({ reason }) => reasons.push(reason))
  await browser.pass(6000)
  calls.length = 0
  return Object.assign(tab, { gone: reasons })
}

/** A service without a session until it answers this line with one. */
function signedOut(): void {
  answers.set(ME, refuse('not_signed_in'))
}

/** Answers like the service: with a session, which every tab's next question finds. */
function opens(): Answer {
  return (request, response) => {
    answers.set(ME, ok(200, view))
    const answer = ok(201, { ...view, recoveryCodes: codes })
    answer(request, response)
  }
}

const bodies = (line: string): unknown[] =>
  calls.filter((call) => call.line === line).map(({ body }) => JSON.parse(body))
const status = ({ auth }: Tab): AuthState['status'] => auth.state.status

describe('a sign-in that needs a second factor (H3)', () => {
  it('changes nothing in any tab until the factor is right, and then signs all of them in', async () => {
    signedOut()
    const [page, second] = [await opened(), await opened()]
    answers.set('POST /auth/sessions', refuseWith('second_factor_required', { attempt: due }))
    const begun = await page.auth.signIn({ login: 'a@example.com', password: 'right' })
    expect(begun).toMatchObject({
      ok: false,
      error: { code: 'second_factor_required', status: 401, ...due },
    })
    await browser.pass(1000)
    expect([status(page), status(second)]).toEqual(['signed-out', 'signed-out'])

    answers.set(SECOND, refuse('invalid_credentials'))
    const wrong = await page.auth.completeSignIn({ totp: '000 000' })
    expect(wrong).toMatchObject({ ok: false, error: { code: 'invalid_credentials' } })
    answers.set(SECOND, refuse('attempt_over'))
    const over = await page.auth.completeSignIn({ totp: '000 000' })
    expect(over).toMatchObject({ ok: false, error: { code: 'attempt_over' } })
    expect([status(page), page.gone, second.gone]).toEqual(['signed-out', [], []])

    answers.set(SECOND, opens())
    const done = await page.auth.completeSignIn({ recoveryCode: 'aaaa-bbbb' })
    expect(done).toMatchObject({ ok: true, state: { status: 'signed-in' } })
    await browser.pass(1000)
    expect([status(page), status(second)]).toEqual(['signed-in', 'signed-in'])
    expect(bodies(SECOND).at(-1)).toEqual({ recoveryCode: 'aaaa-bbbb' })
  })
  it('leaves the user of the page signed in', async () => {
    const page = await opened()
    answers.set('POST /auth/sessions', refuseWith('second_factor_required', { attempt: due }))
    const begun = await page.auth.signIn({ login: 'b@example.com', password: 'right' })
    expect(begun).toMatchObject({ error: { code: 'second_factor_required' } })
    await browser.pass(1000)
    expect([status(page), page.gone]).toEqual(['signed-in', []])
    answers.set(SECOND, ok(201, otherView))
    answers.set(ME, ok(200, otherView))
    const done = await page.auth.completeSignIn({ totp: '123456' })
    expect(done).toMatchObject({ ok: true, state: { account: { id: 'acc_2' } } })
    await browser.pass(1000)
    expect(page.gone).toEqual(['account_switched'])
  })
  it('may be a sign-up, a confirmed address or a sign-in by mail', async () => {
    signedOut()
    const { auth } = await opened()
    const attempt = { factors: [], enrol: ['totp', 'passkey'], expiresIn: 900 } as const
    const refused = refuseWith('second_factor_required', { attempt })
    for (const path of ['accounts', 'email-verifications/confirm', 'sessions/email/confirm'])
      answers.set(`POST /auth/${path}`, refused)
    const expected = { ok: false, error: { code: 'second_factor_required', ...attempt } }
    expect(await auth.signUp({ email: 'a@example.com', password: 'a' })).toMatchObject(expected)
    expect(await auth.confirmEmail({ token: 't' })).toMatchObject(expected)
    expect(await auth.confirmSignIn({ code: 'c' })).toMatchObject(expected)
    expect(auth.state.status).toBe('signed-out')
  })
})

describe('a factor that is set up in a sign-in', () => {
  it('may need a mailed code, and its confirmation signs in with recovery codes', async () => {
    signedOut()
    const page = await opened()
    const [begin, confirm] = [`${SECOND}/enrol/totp`, `${SECOND}/enrol/totp/fac_1/confirm`]
    answers.set(begin, refuse('mail_code_required'))
    expect(await page.auth.enrolTotp()).toMatchObject({ error: { code: 'mail_code_required' } })
    answers.set(begin, ok(201, setUp))
    expect(await page.auth.enrolTotp({ mailCode: 'ABCD-EFGH' })).toEqual({ ok: true, ...setUp })
    expect(bodies(begin)).toEqual([{}, { mailCode: 'ABCD-EFGH' }])
    answers.set(confirm, refuse('invalid_credentials'))
    const wrong = await page.auth.confirmEnrolledTotp({ id: 'fac_1', code: '1' })
    expect(wrong).toMatchObject({ ok: false, error: { code: 'invalid_credentials' } })
    answers.set(confirm, opens())
    const done = await page.auth.confirmEnrolledTotp({ id: 'fac_1', code: '123456' })
    expect(done).toEqual({ ok: true, state: page.auth.state, recoveryCodes: codes })
    expect(status(page)).toBe('signed-in')
  })
})

describe('a sign-in by mail', () => {
  it('signs in by the link or by the code, and says nothing of the account', async () => {
    signedOut()
    const page = await opened()
    answers.set('POST /auth/sessions/email', ok(202, {}))
    expect(await page.auth.signInByMail({ email: 'a@example.com' })).toEqual({ ok: true })
    const confirm = 'POST /auth/sessions/email/confirm'
    answers.set(confirm, refuse('link_elsewhere'))
    const elsewhere = await page.auth.confirmSignIn({ token: 't' })
    expect(elsewhere).toMatchObject({ ok: false, error: { code: 'link_elsewhere' } })
    answers.set(confirm, opens())
    expect(await page.auth.confirmSignIn({ code: 'ABCD-EFGH', remember: true })).toMatchObject({
      ok: true,
    })
    expect(status(page)).toBe('signed-in')
    expect(bodies(confirm)).toEqual([{ token: 't' }, { code: 'ABCD-EFGH', remember: true }])
  })
})

describe('auth.stepUp by other proofs', () => {
  const STEP_UP = 'POST /auth/sessions/current/step-up'
  it.each([{ totp: '123456' }, { recoveryCode: 'aaaa-bbbb' }])(
    'repeats the calls that wait in every tab: %s',
    async (proof) => {
      let proofs = 0
      const now = (): object => ({
        ...view,
        session: { ...view.session, authTime: `proof ${proofs}` },
      })
      answers.set(ME, (request, response) => ok(200, now())(request, response))
      answers.set(STEP_UP, (request, response) => {
        proofs++
        ok(200, now())(request, response)
      })
      const line = 'POST /auth/factors/recovery-codes'
      answers.set(line, (request, response) => {
        const answer = proofs ? ok(201, { recoveryCodes: codes }) : refuse('step_up_required')
        answer(request, response)
      })
      const [page, second] = [await opened(), await opened()]
      for (const { auth } of [page, second]) auth.on('step-up', () => {})
      const waiting = [page, second].map(({ auth }) => auth.factors.renewRecoveryCodes())
      await browser.pass(1000)
      expect(count(line)).toBe(2)
      expect(await page.auth.stepUp(proof)).toEqual({ ok: true })
      await browser.pass(1000)
      const done = { ok: true, recoveryCodes: codes }
      expect(await Promise.all(waiting)).toEqual([done, done])
      expect([count(line), bodies(STEP_UP)]).toEqual([4, [proof]])
    },
  )
  it('names the factors of an account whose password is not enough', async () => {
    const page = await opened()
    const attempt = { factors: ['passkey', 'recovery_code'] } as const
    answers.set(STEP_UP, refuseWith('second_factor_required', { attempt }))
    const result = await page.auth.stepUp({ password: 'right' })
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'second_factor_required', ...attempt },
    })
    expect([status(page), page.gone]).toEqual(['signed-in', []])
  })
})

describe('auth.factors', () => {
  it.each<[string, (auth: Tab['auth']) => Promise<unknown>, string, Answer, object]>([
    ['list', ({ factors }) => factors.list(), 'GET /auth/factors', ok(200, list), list],
    [
      'addTotp',
      ({ factors }) => factors.addTotp(),
      'POST /auth/factors/totp',
      ok(201, setUp),
      setUp,
    ],
    [
      'confirmTotp',
      ({ factors }) => factors.confirmTotp({ id: 'fac/1', code: '123456' }),
      'POST /auth/factors/totp/fac%2F1/confirm',
      ok(200, { recoveryCodes: codes }),
      { recoveryCodes: codes },
    ],
    [
      'rename',
      ({ factors }) => factors.rename({ id: 'fac_2', name: 'Key' }),
      'PATCH /auth/passkeys/fac_2',
      ok(200, { ...entry, name: 'Key' }),
      {},
    ],
    [
      'remove',
      ({ factors }) => factors.remove({ id: 'fac_2' }),
      'DELETE /auth/factors/fac_2',
      gone,
      {},
    ],
    [
      'renewRecoveryCodes',
      ({ factors }) => factors.renewRecoveryCodes(),
      'POST /auth/factors/recovery-codes',
      ok(201, { recoveryCodes: codes }),
      { recoveryCodes: codes },
    ],
  ])(
    'sends the call and returns its answer or refusal: %s',
    async (_name, run, line, answer, result) => {
      const page = await opened()
      answers.set(line, refuse('conflict'))
      expect(await run(page.auth)).toMatchObject({ ok: false, error: { code: 'conflict' } })
      answers.set(line, guarded(answer))
      expect(await run(page.auth)).toEqual({ ok: true, ...result })
      // The methods of a snapshot are the same
      expect(await run(page.auth.at(page.auth.state))).toEqual({ ok: true, ...result })
      expect(count(line)).toBe(3)
    },
  )
})
