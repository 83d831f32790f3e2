import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuthEvents } from '@keyhaven/client'
import { createBrowser } from './tabbed-browser.ts'
import type { Browser, Tab } from './tabbed-browser.ts'
import {
  createTestService,
  cut,
  gone,
  guarded,
  held,
  ME,
  ok,
  refuse,
  view,
} from './test-service.ts'
import type { Answer } from './test-service.ts'

const service = createTestService()
const { answers, calls, count } = service
const STEP_UP = 'POST /auth/sessions/current/step-up'
const ACT = 'DELETE /auth/api'
const MINUTE = 60_000

let browser: Browser
/** The time of the last proof, by the service. */
let proof = 0

const proved = (): object => ({ ...view, session: { ...view.session, authTime: `proof ${proof}` } })
/** An answer that is made when it is sent. */
const now =
  (make: () => Answer): Answer =>
  (request, response) =>
    make()(request, response)

beforeEach(async () => {
  await service.start()
  browser = createBrowser(() => `${service.origin()}/auth`)
  proof = 0
  answers.set(
    ME,
    now(() => ok(200, proved())),
  )
  answers.set(ACT, guarded(now(() => (proof ? gone : refuse('step_up_required')))))
  answers.set('DELETE /auth/sessions/current', gone)
  answers.set(
    STEP_UP,
    guarded((request, response) => {
      const isRight =
        calls.findLast(({ line }) => line === STEP_UP)?.body.includes('right') === true
      if (isRight) proof++
      const answer = isRight ? ok(200, proved()) : refuse('invalid_credentials')
      answer(request, response)
    }),
  )
})
afterEach(() => service.stop())

interface Page extends Tab {
  /** The events that it has received. */
  readonly events: AuthEvents['step-up'][]
}

/** A tab that knows its user, and listens to `step-up` unless it must not. */
async function opened(listens = true): Promise<Page> {
  const tab = browser.open()
  const events: AuthEvents['step-up'][] = []
  tab.auth.subscribe(() => {})
  if (listens) tab.auth.on('step-up', (event) => events.push(event))
  await browser.pass(6000)
  calls.length = 0
  return Object.assign(tab, { events })
}

interface Act {
  readonly answer: Promise<number | string>
  readonly isDone: () => boolean
}

/** A call that needs a fresh proof; its answer is the status, or the name of the error. */
function act({ auth }: Tab, init: RequestInit = {}): Act {
  let isDone = false
  const answer = auth
    .fetch(`${service.origin()}/auth/api`, { method: 'DELETE', ...init })
    .then(
      ({ status }) => status,
      (error: Error) => error.name,
    )
    .finally(() => {
      isDone = true
    })
  return { answer, isDone: () => isDone }
}

const waiting = ({ events }: Page): number | undefined => events.at(-1)?.waiting

describe('a call that needs a step-up (SES-6)', () => {
  it('waits for it, and is repeated once with the user’s proof', async () => {
    const page = await opened()
    const one = act(page, { body: '{"a":1}' })
    await browser.pass(1000)
    expect(one.isDone()).toBe(false)
    expect(waiting(page)).toBe(1)
    expect(await page.auth.stepUp({ password: 'right' })).toEqual({ ok: true })
    expect(await one.answer).toBe(204)
    expect(calls.filter(({ line }) => line === ACT).map(({ body }) => body)).toEqual([
      '{"a":1}',
      '{"a":1}',
    ])
    expect(waiting(page)).toBe(0)
    expect(page.auth.state.session?.authTime).toBe('proof 1')
  })
  it('goes on waiting while the user types a wrong password, three times', async () => {
    const page = await opened()
    const one = act(page)
    await browser.pass(1000)
    for (let tries = 0; tries < 3; tries++) {
      const stepping = page.auth.stepUp({ password: 'wrong' })
      // Its answer reaches the other tabs before the next turn
      await browser.pass(200)
      const result = await stepping
      expect(result).toMatchObject({ ok: false, error: { code: 'invalid_credentials' } })
    }
    expect(page.auth.state.status).toBe('signed-in')
    expect(one.isDone()).toBe(false)
    await page.auth.stepUp({ password: 'right' })
    expect(await one.answer).toBe(204)
  })
  it('gets its 401 if the user cancels, and its body is readable', async () => {
    const page = await opened()
    const asked = page.auth.fetch(`${service.origin()}/auth/api`, { method: 'DELETE' })
    const other = act(page)
    await browser.pass(1000)
    expect(waiting(page)).toBe(2)
    page.events.at(-1)?.cancel()
    const answer = await asked
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ code: 'step_up_required' })
    expect(await other.answer).toBe(401)
    expect(count(ACT)).toBe(2)
    expect(waiting(page)).toBe(0)
    // A refusal for want of a proof says nothing about the session
    expect(count(ME)).toBe(0)
    expect(page.auth.state.status).toBe('signed-in')
  })
  it('gets its 401 at once on a page that does not listen', async () => {
    const page = await opened(false)
    expect(await act(page).answer).toBe(401)
    expect(count(ACT)).toBe(1)
  })
  it('ends with its own signal, and others go on', async () => {
    const page = await opened()
    const stop = new AbortController()
    const one = act(page, { signal: stop.signal })
    const other = act(page)
    await browser.pass(1000)
    stop.abort()
    expect(await one.answer).toBe('AbortError')
    await browser.pass(10)
    expect(waiting(page)).toBe(1)
    await page.auth.stepUp({ password: 'right' })
    expect(await other.answer).toBe(204)
  })
  it('waits five minutes at most', async () => {
    const page = await opened()
    const one = act(page)
    await browser.pass(5 * MINUTE - 1000)
    expect(one.isDone()).toBe(false)
    await browser.pass(2000)
    expect(await one.answer).toBe(401)
  })
  it('is one of fifty at most that wait', async () => {
    const page = await opened()
    const all = Array.from({ length: 52 }, () => act(page))
    await browser.pass(1000)
    expect(all.filter(({ isDone }) => isDone())).toHaveLength(2)
    expect(waiting(page)).toBe(50)
    await page.auth.stepUp({ password: 'right' })
    const statuses = await Promise.all(all.map(({ answer }) => answer))
    expect(statuses.filter((status) => status === 204)).toHaveLength(50)
  })
  it('is not repeated with a body that can be read only once', async () => {
    const page = await opened()
    const body = new Blob(['once']).stream()
    expect(await act(page, { body, duplex: 'half' } as RequestInit).answer).toBe(401)
    expect(waiting(page)).toBeUndefined()
  })
  it('is repeated only once, if the service is not content with the proof', async () => {
    const page = await opened()
    answers.set(ACT, refuse('step_up_required'))
    const one = act(page)
    await browser.pass(1000)
    await page.auth.stepUp({ password: 'right' })
    expect(await one.answer).toBe(401)
    expect(count(ACT)).toBe(2)
  })
  it('may first have had an expired token, which is another refusal', async () => {
    const page = await opened()
    answers.set(ACT, (request, response) => {
      const answer = count(ACT) < 2 ? refuse('token_expired') : refuse('step_up_required')
      const last = proof ? gone : answer
      last(request, response)
    })
    const one = act(page)
    await browser.pass(1000)
    expect(waiting(page)).toBe(1)
    await page.auth.stepUp({ password: 'right' })
    expect(await one.answer).toBe(204)
    expect(count(ACT)).toBe(3)
  })
  it('ends when the user signs out, in this tab or in another', async () => {
    for (const elsewhere of [false, true]) {
      const [page, second] = [await opened(), await opened()]
      const one = act(page)
      await browser.pass(1000)
      const leaver = elsewhere ? second : page
      await leaver.auth.signOut()
      await browser.pass(1000)
      expect(await one.answer).toBe(401)
      expect(page.auth.state.status).toBe('signed-out')
      expect(waiting(page)).toBe(0)
      for (const tab of [page, second]) tab.close()
    }
  })
  it('ends when the session is over, and is never repeated for another user', async () => {
    const page = await opened()
    const one = act(page)
    await browser.pass(1000)
    answers.set(ME, refuse('session_ended'))
    await page.auth.refresh()
    expect(await one.answer).toBe(401)
    expect(count(ACT)).toBe(1)
  })
  it('is reported to a listener that is added later', async () => {
    const page = await opened()
    const one = act(page)
    await browser.pass(1000)
    const late: number[] = []
    page.auth.on('step-up', ({ waiting: number }) => late.push(number))
    expect(late).toEqual([1])
    page.events.at(-1)?.cancel()
    await one.answer
  })
})

describe('auth.stepUp in several tabs', () => {
  it('repeats the calls that wait in all of them', async () => {
    const pages = [await opened(), await opened(), await opened()]
    const all = pages.map((page) => act(page))
    await browser.pass(1000)
    expect(pages.map(waiting)).toEqual([1, 1, 1])
    await pages[1]?.auth.stepUp({ password: 'right' })
    await browser.pass(1000)
    expect(await Promise.all(all.map(({ answer }) => answer))).toEqual([204, 204, 204])
    expect(pages.map(waiting)).toEqual([0, 0, 0])
    expect(count(STEP_UP)).toBe(1)
  })
  it('runs after other tabs’ questions, whose cookies it replaces, and they after it', async () => {
    const [page, second] = [await opened(), await opened()]
    const { answer, come, release } = held(now(() => ok(200, proved())))
    answers.set(ME, answer)
    answers.set('GET /auth/api', refuse('token_expired'))
    const asked = second.auth.fetch(`${service.origin()}/auth/api`)
    await browser.tick(1000)
    await come
    const stepping = page.auth.stepUp({ password: 'right' })
    await browser.tick(1000)
    expect(count(STEP_UP)).toBe(0)
    release()
    answers.set(
      ME,
      now(() => ok(200, proved())),
    )
    await browser.pass(1000)
    expect(await stepping).toEqual({ ok: true })
    expect((await asked).status).toBe(401)
  })
  it('signs no tab out whose question was sent with the former cookies', async () => {
    const [page, second] = [await opened(), await opened()]
    const { answer, come, release } = held(refuse('token_invalid'))
    answers.set(ME, answer)
    // A question that waits for no turn
    const asking = second.auth.refresh()
    await come
    answers.set(
      ME,
      now(() => ok(200, proved())),
    )
    const stepping = page.auth.stepUp({ password: 'right' })
    await browser.tick(1000)
    expect(await stepping).toEqual({ ok: true })
    release()
    await browser.pass(1000)
    await asking
    for (const tab of [page, second]) {
      expect(tab.auth.state).toMatchObject({
        status: 'signed-in',
        session: { authTime: 'proof 1' },
      })
    }
  })
  it('shows the user again if such a question is answered first', async () => {
    const [page, second] = [await opened(), await opened()]
    const { answer, come, release } = held(ok(200, { ...proved() }))
    answers.set(STEP_UP, answer)
    const stepping = page.auth.stepUp({ password: 'right' })
    await come
    answers.set(ME, refuse('token_invalid'))
    await second.auth.refresh()
    await browser.tick(100)
    proof++
    answers.set(
      ME,
      now(() => ok(200, proved())),
    )
    release()
    await browser.pass(1000)
    expect(await stepping).toEqual({ ok: true })
    for (const tab of [page, second]) {
      expect(tab.auth.state).toMatchObject({ status: 'signed-in' })
    }
  })
  it('repeats the step-up once if another one has replaced the cookies meanwhile', async () => {
    const page = await opened()
    const last = answers.get(STEP_UP) ?? cut
    answers.set(STEP_UP, (request, response) => {
      const answer = count(STEP_UP) < 2 ? refuse('token_invalid') : last
      answer(request, response)
    })
    expect(await page.auth.stepUp({ password: 'right' })).toEqual({ ok: true })
    expect(count(STEP_UP)).toBe(2)
  })
})

describe('an act that needs a step-up (SES-6)', () => {
  it.each<[string, (auth: Tab['auth']) => Promise<unknown>, string, Answer]>([
    [
      'changeEmail',
      ({ changeEmail }) => changeEmail({ email: 'b@example.com' }),
      'PUT /auth/accounts/acc_1/email',
      ok(202, {}),
    ],
    [
      'exportAccount',
      ({ exportAccount }) => exportAccount(),
      'GET /auth/accounts/acc_1/export',
      ok(200, {}),
    ],
    [
      'eraseAccount',
      ({ eraseAccount }) => eraseAccount(),
      'DELETE /auth/accounts/acc_1',
      ok(202, { erasesAt: '' }),
    ],
    [
      'forgetDevice',
      ({ forgetDevice }) => forgetDevice('dev_1'),
      'DELETE /auth/devices/dev_1',
      gone,
    ],
  ])('waits for it, and is repeated once: %s', async (_name, run, line, answer) => {
    const page = await opened()
    answers.set(line, guarded(now(() => (proof ? answer : refuse('step_up_required')))))
    const result = run(page.auth)
    await browser.pass(1000)
    expect(waiting(page)).toBe(1)
    await page.auth.stepUp({ password: 'right' })
    expect(await result).toMatchObject({ ok: true })
    expect([count(line), waiting(page)]).toEqual([2, 0])
  })
})

describe('auth.stepUp', () => {
  it.each([
    ['the service can’t be reached', cut, 'unavailable'],
    ['too many passwords were wrong', refuse('rate_limited'), 'rate_limited'],
    ['the session is over', refuse('session_ended'), 'session_ended'],
  ])('returns the reason and throws nothing if %s', async (_what, answer, code) => {
    const page = await opened()
    answers.set(STEP_UP, answer)
    const result = await page.auth.stepUp({ password: 'right' })
    expect(result).toMatchObject({ ok: false, error: { code } })
  })
  it('shows that no user is signed in any more, if it was refused because the session has ended', async () => {
    const page = await opened()
    for (const line of [STEP_UP, ME]) answers.set(line, refuse('session_ended'))
    const result = await page.auth.stepUp({ password: 'right' })
    expect(result).toMatchObject({ ok: false, error: { code: 'session_ended' } })
    expect(page.auth.state).toMatchObject({ status: 'signed-out', reason: 'session_ended' })
    expect(count(STEP_UP)).toBe(1)
  })
  it('has succeeded even if the next answer is lost: the calls that wait are repeated', async () => {
    const page = await opened()
    const one = act(page)
    await browser.pass(1000)
    answers.set(ME, cut)
    expect(await page.auth.stepUp({ password: 'right' })).toEqual({ ok: true })
    expect(await one.answer).toBe(204)
  })
  it('does not show a user again who has signed out meanwhile', async () => {
    const page = await opened()
    const { answer, come, release } = held(ok(200, { ...proved() }))
    answers.set(STEP_UP, answer)
    const stepping = page.auth.stepUp({ password: 'right' })
    await come
    const leaving = page.auth.signOut()
    release()
    await browser.pass(1000)
    await Promise.all([stepping, leaving])
    expect(page.auth.state.status).toBe('signed-out')
  })
})
