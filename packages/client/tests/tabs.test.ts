import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBrowser } from './tabbed-browser.ts'
import type { Browser, Tab } from './tabbed-browser.ts'
import {
  createTestService,
  cut,
  gone,
  guarded,
  held,
  html,
  ME,
  ok,
  otherView,
  refuse,
  view,
} from './test-service.ts'
import type { Answer } from './test-service.ts'

const service = createTestService()
const { answers, calls, count } = service
const MINUTE = 60_000
const RENEW = 'POST /auth/sessions/current/renew'
let browser: Browser

beforeEach(async () => {
  await service.start()
  browser = createBrowser(() => `${service.origin()}/auth`)
})
afterEach(() => service.stop())

/** Tabs that have asked, and a clock that has moved past the time in which an answer stands. */
async function opened(count_: number, options = {}): Promise<Tab[]> {
  const tabs = Array.from({ length: count_ }, () => browser.open(options))
  for (const { auth } of tabs) auth.subscribe(() => {})
  await browser.pass(6000)
  calls.length = 0
  return tabs
}

const statuses = (tabs: readonly Tab[]): string[] => tabs.map(({ auth }) => auth.state.status)
const all = <T>(tabs: readonly Tab[], value: T): T[] => tabs.map(() => value)
const withSession = (session: object): object => ({
  ...view,
  session: { ...view.session, ...session },
})

describe('tabs of one browser', () => {
  it('send one request for all when a renewal is due, and all get the answer (P1, P40)', async () => {
    const tabs = await opened(10)
    await browser.pass(401_000)
    expect(calls.map(({ line }) => line)).toEqual([ME])
    await browser.pass(401_000)
    expect(count(ME)).toBe(2)
    expect(statuses(tabs)).toEqual(all(tabs, 'signed-in'))
  })
  it('call the service once for all refusals of an API, and each repeats once (P5)', async () => {
    const tabs = await opened(10)
    answers.set('GET /auth/api', (request, response) =>
      (count(ME) < 1 ? refuse('token_expired') : ok(200, {}))(request, response),
    )
    const asked = tabs.map(({ auth }) => auth.fetch(`${service.origin()}/auth/api`))
    await browser.pass(3000)
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(all(tabs, 200))
    expect(count(ME)).toBe(1)
    expect(count('GET /auth/api')).toBe(20)
  })
  it('receive a sign-in, a sign-out and a switch of account, and send no request (P14)', async () => {
    answers.set(ME, refuse('not_signed_in'))
    const tabs = await opened(3)
    const [first, second, third] = tabs as [Tab, Tab, Tab]
    const reasons: string[] = []
    third.auth.on('signed-out', ({ reason }) => reasons.push(reason))
    answers.set('POST /auth/sessions', ok(201, view))
    answers.set('DELETE /auth/sessions/current', gone)
    await first.auth.signIn({ login: 'a', password: 'b' })
    await browser.pass(0)
    expect(statuses(tabs)).toEqual(all(tabs, 'signed-in'))
    expect(third.auth.headers()).toEqual({ 'X-XSRF-TOKEN': 'xsrf-1' })

    answers.set('POST /auth/sessions', ok(201, otherView))
    await second.auth.signIn({ login: 'b', password: 'b' })
    await browser.pass(0)
    expect(tabs.map(({ auth }) => auth.state.account?.id)).toEqual(all(tabs, 'acc_2'))
    expect(third.auth.headers()).toEqual({ 'X-XSRF-TOKEN': 'xsrf-2' })

    await second.auth.signOut()
    await browser.pass(0)
    expect(tabs.map(({ auth }) => auth.state)).toEqual(
      all(tabs, expect.objectContaining({ status: 'signed-out', reason: 'signed_out' })),
    )
    expect(reasons).toEqual(['account_switched', 'signed_out'])
    expect(count(ME)).toBe(0)
  })
  it('are all signed out if the service refuses one of them', async () => {
    const tabs = await opened(3)
    const reasons: string[] = []
    for (const { auth } of tabs) auth.on('signed-out', ({ reason }) => reasons.push(reason))
    answers.set(ME, refuse('account_locked'))
    await browser.pass(410_000)
    expect(statuses(tabs)).toEqual(all(tabs, 'signed-out'))
    expect(reasons).toEqual(all(tabs, 'account_locked'))
    expect(count(ME)).toBe(1)
  })
  it('all show a confirmed address, and are all signed out by an erasure', async () => {
    const tabs = await opened(3)
    const account = { ...view.account, email: 'new@example.com' }
    answers.set('POST /auth/email-changes/confirm', guarded(ok(200, {})))
    answers.set(ME, ok(200, { ...view, account }))
    expect(await tabs[1]?.auth.confirmEmailChange({ token: 'one' })).toEqual({ ok: true })
    await browser.pass(0)
    expect(tabs.map(({ auth }) => auth.state.account?.email)).toEqual(all(tabs, account.email))

    const erasesAt = '2026-12-12T00:00:00Z'
    answers.set('DELETE /auth/accounts/acc_1', guarded(ok(202, { erasesAt })))
    const late = held(ok(200, view))
    answers.set(ME, late.answer)
    const question = tabs[0]?.auth.refresh()
    await late.come
    expect(await tabs[2]?.auth.eraseAccount()).toEqual({ ok: true, erasesAt })
    late.release()
    await question
    await browser.pass(0)
    expect(tabs.map(({ auth }) => auth.state)).toEqual(
      all(tabs, expect.objectContaining({ status: 'signed-out', reason: 'session_ended' })),
    )
  })
  it('bring no session back by a late answer (P28)', async () => {
    const [first, second] = (await opened(2)) as [Tab, Tab]
    const late = held(ok(200, view))
    answers.set(ME, late.answer)
    answers.set('DELETE /auth/sessions/current', gone)
    const question = second.auth.refresh()
    await late.come
    await first.auth.signOut()
    late.release()
    await question
    await browser.pass(0)
    expect(statuses([first, second])).toEqual(['signed-out', 'signed-out'])
  })
  it('don’t disturb another tab’s first request by finding no session', async () => {
    const slow = held(ok(200, view))
    answers.set(ME, slow.answer)
    const [first, second] = [browser.open(), browser.open()]
    const known = first.auth.refresh()
    await slow.come
    answers.set(ME, refuse('not_signed_in'))
    await second.auth.refresh()
    expect([first, second].map(({ auth }) => auth.state.status)).toEqual(['loading', 'signed-out'])
    slow.release()
    expect((await known).status).toBe('signed-in')
  })
  it('keep the reason for a session’s end when a later request finds no session', async () => {
    const [tab] = (await opened(1)) as [Tab]
    answers.set('DELETE /auth/sessions/current', gone).set(ME, refuse('not_signed_in'))
    await tab.auth.signOut()
    await tab.auth.refresh()
    expect(tab.auth.state).toMatchObject({ status: 'signed-out', reason: 'signed_out' })
  })
  it('undo no sign-in by a refusal that is older', async () => {
    answers.set(ME, refuse('not_signed_in'))
    const [first, second] = (await opened(2)) as [Tab, Tab]
    const late = held(refuse('session_ended'))
    answers.set(ME, late.answer)
    answers.set('POST /auth/sessions', ok(201, view))
    const question = second.auth.refresh()
    await late.come
    await first.auth.signIn({ login: 'a', password: 'b' })
    await vi.waitFor(() => expect(second.auth.state.status).toBe('signed-in'))
    late.release()
    await question
    await browser.pass(0)
    expect(statuses([first, second])).toEqual(['signed-in', 'signed-in'])
  })
  it('don’t depend on a tab that no longer runs: a frozen tab that holds the lock delays, never blocks', async () => {
    const tabs = await opened(3)
    const [frozen, ...others] = tabs as [Tab, Tab, Tab]
    // It freezes in the middle of a question, with the lock in its hands
    const late = held(cut)
    answers.set(ME, late.answer)
    void frozen.auth.fetch(`${service.origin()}/auth/api`)
    frozen.frozen = true
    answers.set(ME, ok(200, view))
    await browser.pass(401_000)
    expect(statuses(others)).toEqual(['signed-in', 'signed-in'])
    late.release()
  })
  it('each show the right state if every message between them is lost', async () => {
    const tabs = await opened(10)
    browser.loseMessages()
    // A renewal each, and no loop
    await browser.pass(401_000)
    expect(count(ME)).toBeGreaterThanOrEqual(10)
    expect(count(ME)).toBeLessThanOrEqual(20)
    expect(statuses(tabs)).toEqual(all(tabs, 'signed-in'))
    calls.length = 0
    answers.set(ME, cut)
    await browser.pass(401_000)
    // Every ten seconds each, until the service is back
    expect(count(ME)).toBeLessThanOrEqual(10 * 41)
    expect(statuses(tabs)).toEqual(all(tabs, 'signed-in'))
    answers.set('DELETE /auth/sessions/current', gone).set(ME, refuse('session_ended'))
    await tabs[0]?.auth.signOut()
    for (const { tell } of tabs) tell('back')
    await browser.pass(10_000)
    expect(statuses(tabs)).toEqual(all(tabs, 'signed-out'))
    // A sign-in as another person, too, shows in a tab when it is looked at
    answers.set('POST /auth/sessions', ok(201, otherView)).set(ME, ok(200, otherView))
    await tabs[3]?.auth.signIn({ login: 'b', password: 'b' })
    for (const { tell } of tabs) tell('back')
    await browser.pass(10_000)
    expect(tabs.map(({ auth }) => auth.state.account?.id)).toEqual(all(tabs, 'acc_2'))
  })
  it('go on if one was frozen for long: it requests the session when it runs again', async () => {
    const tabs = await opened(3)
    const [frozen, other] = tabs as [Tab, Tab, Tab]
    frozen.tell('away')
    frozen.frozen = true
    await browser.pass(60 * MINUTE)
    expect(other.auth.state.status).toBe('signed-in')
    answers.set('DELETE /auth/sessions/current', gone)
    answers.set(ME, refuse('session_ended'))
    await other.auth.signOut()
    await browser.pass(0)
    expect(frozen.auth.state.status).toBe('signed-in')
    frozen.frozen = false
    frozen.tell('back')
    await browser.pass(0)
    expect(frozen.auth.state.status).toBe('signed-out')
  })
})

describe('a sign-out that the service does not answer (browser F1, operator 4)', () => {
  const LEAVE = 'DELETE /auth/sessions/current'
  const leaving = expect.objectContaining({ status: 'signed-out', leaving: true })
  const left = expect.objectContaining({
    status: 'signed-out',
    reason: 'signed_out',
    leaving: false,
  })

  it('shows no account in any tab, and is repeated every ten seconds by one of them', async () => {
    const tabs = await opened(3)
    answers.set(LEAVE, cut).set(ME, cut)
    expect((await tabs[0]?.auth.signOut())?.ok).toBe(false)
    await browser.pass(0)
    expect(tabs.map(({ auth }) => auth.state)).toEqual(all(tabs, leaving))
    expect(count(LEAVE)).toBe(1)
    await browser.pass(MINUTE - 1000)
    expect(count(LEAVE)).toBe(6)
    answers.set(LEAVE, guarded(gone))
    await browser.pass(10_000)
    expect(tabs.map(({ auth }) => auth.state)).toEqual(all(tabs, left))
    expect(calls.filter(({ line }) => line !== LEAVE)).toEqual([])
    expect(browser.storage.size).toBe(0)
  })
  it('is repeated by another tab if that one is closed at once', async () => {
    const [first, second] = (await opened(2)) as [Tab, Tab]
    const never = held(gone)
    answers.set(LEAVE, never.answer)
    void first.auth.signOut()
    await never.come
    await new Promise((resolve) => setImmediate(resolve))
    first.tell('away')
    first.close()
    expect(second.auth.state).toEqual(leaving)
    answers.set(LEAVE, guarded(gone))
    never.release()
    await browser.pass(11_000)
    expect(second.auth.state).toEqual(left)
    expect(browser.storage.size).toBe(0)
  })
  it('goes on after a reload, and never shows the person in between', async () => {
    const [tab] = (await opened(1)) as [Tab]
    answers.set(LEAVE, cut)
    await tab.auth.signOut()
    // An id opens nothing: no token, no cookie, no XSRF token
    expect([...browser.storage.values()]).toEqual(['ses_1'])
    tab.close()
    answers.set(LEAVE, guarded(gone))
    const again = browser.open()
    const shown: string[] = []
    again.auth.subscribe(() => shown.push(`${again.auth.state.status} ${again.auth.state.leaving}`))
    await browser.pass(1000)
    expect(shown).toEqual(['signed-out true', 'signed-out false'])
    // The token is not known any more: one refusal, one question, one sign-out
    expect(calls.map(({ line }) => line)).toEqual([LEAVE, LEAVE, ME, LEAVE])
    expect(browser.storage.size).toBe(0)
  })
  it('goes on after a reload also if the application has cleared the storage', async () => {
    const [tab] = (await opened(1)) as [Tab]
    answers.set(LEAVE, cut)
    await tab.auth.signOut()
    browser.storage.clear()
    tab.tell('away')
    tab.close()
    expect([...browser.storage.values()]).toEqual(['ses_1'])
    answers.set(LEAVE, gone)
    const again = browser.open()
    again.auth.subscribe(() => {})
    await browser.pass(1000)
    expect(again.auth.state).toEqual(left)
    expect(browser.storage.size).toBe(0)
  })
  it('ends no other user’s session after a reload', async () => {
    const [tab] = (await opened(1)) as [Tab]
    answers.set(LEAVE, cut)
    await tab.auth.signOut()
    tab.close()
    answers.set(LEAVE, guarded(gone)).set(ME, ok(200, otherView))
    const again = browser.open()
    again.auth.subscribe(() => {})
    await browser.pass(30_000)
    expect(again.auth.state.account?.id).toBe('acc_2')
    expect(browser.storage.size).toBe(0)
  })
  it('is given up if the service refuses for good, also after a reload', async () => {
    const [tab, other] = (await opened(2)) as [Tab, Tab]
    answers.set(LEAVE, cut)
    await tab.auth.signOut()
    tab.close()
    answers.set(LEAVE, refuse('csrf_failed'))
    const again = browser.open()
    again.auth.subscribe(() => {})
    await browser.pass(2 * MINUTE)
    expect(again.auth.state.account?.id).toBe('acc_1')
    expect(other.auth.state.account?.id).toBe('acc_1')
    expect(count(LEAVE)).toBeLessThan(8)
    expect(browser.storage.size).toBe(0)
  })
  it('is done if another user has signed in since, and doesn’t sign them out', async () => {
    const [tab] = (await opened(1)) as [Tab]
    answers.set(LEAVE, refuse('csrf_failed')).set(ME, ok(200, otherView))
    expect(await tab.auth.signOut()).toEqual({ ok: true })
    expect(tab.auth.state.account?.id).toBe('acc_2')
    expect(calls.map(({ line }) => line)).toEqual([LEAVE, ME])
  })
  it('goes on after a browser that crashed before there was an answer', async () => {
    const [tab] = (await opened(1)) as [Tab]
    const late = held(gone)
    answers.set(LEAVE, late.answer)
    void tab.auth.signOut()
    await late.come
    expect(browser.storage.size).toBe(0)
    await browser.tick(1000)
    expect([...browser.storage.values()]).toEqual(['ses_1'])
    tab.close()
    answers.set(LEAVE, guarded(gone))
    const again = browser.open()
    again.auth.subscribe(() => {})
    expect(again.auth.state).toEqual(leaving)
    await vi.waitFor(async () => {
      await browser.tick(10)
      expect(again.auth.state).toEqual(left)
    })
    expect(browser.storage.size).toBe(0)
    late.release()
  })
  it('is tried at once when the person acts or the page is looked at', async () => {
    const [tab] = (await opened(1)) as [Tab]
    for (const event of ['acted', 'back'] as const) {
      answers.set(LEAVE, cut)
      await tab.auth.signOut()
      await browser.pass(30_000)
      answers.set(LEAVE, gone)
      tab.tell(event)
      await browser.pass(100)
      expect(tab.auth.state).toEqual(left)
      answers.set(
        'POST /auth/sessions',
        ok(201, { ...view, session: { ...view.session, id: event } }),
      )
      await tab.auth.signIn({ login: 'a', password: 'b' })
    }
  })
  it.each([
    ['in the same tab', 0],
    ['in another tab', 1],
  ])('does not take the cookies of a sign-in that follows %s', async (_where, at) => {
    const tabs = (await opened(2)) as [Tab, Tab]
    const late = held(gone)
    answers.set(LEAVE, late.answer).set('POST /auth/sessions', ok(201, otherView))
    void tabs[0].auth.signOut()
    await late.come
    await new Promise((resolve) => setTimeout(resolve, 20))
    const entered = tabs[at]?.auth.signIn({ login: 'b', password: 'b' })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(count('POST /auth/sessions')).toBe(0)
    late.release()
    await browser.pass(1000)
    expect((await entered)?.ok).toBe(true)
    expect(tabs.map(({ auth }) => auth.state.account?.id)).toEqual(['acc_2', 'acc_2'])
  })
  it('is over when the service says that the session is', async () => {
    const [tab] = (await opened(1)) as [Tab]
    answers.set(LEAVE, refuse('session_ended'))
    expect(await tab.auth.signOut()).toEqual({ ok: true })
    expect(tab.auth.state).toEqual(left)
  })
})

describe('activity', () => {
  it('decides whether a renewal extends the session (R81)', async () => {
    const [tab] = (await opened(1)) as [Tab]
    await browser.pass(401_000)
    expect(calls.map(({ background }) => background)).toEqual([true])
    tab.tell('acted')
    await browser.pass(401_000)
    expect(calls.map(({ background }) => background)).toEqual([true, false])
    await browser.pass(401_000)
    expect(calls.map(({ background }) => background)).toEqual([true, false, true])
  })
  it('counts as opening the page does, in whichever tab it is', async () => {
    const quiet = browser.open()
    quiet.auth.subscribe(() => {})
    await browser.pass(6000)
    expect(calls.map(({ background }) => background)).toEqual([false])
    const [busy] = (await opened(1)) as [Tab]
    busy.tell('acted')
    await browser.pass(410_000)
    expect(calls.map(({ background }) => background)).toEqual([false])
  })
  it('is not lost by a renewal that found no answer', async () => {
    const [tab] = (await opened(1)) as [Tab]
    tab.tell('acted')
    answers.set(ME, cut)
    await browser.pass(400_000)
    answers.set(ME, ok(200, view))
    expect(calls.length).toBeGreaterThan(0)
    await browser.pass(20_000)
    expect(calls.every(({ background }) => !background)).toBe(true)
    calls.length = 0
    await browser.pass(401_000)
    expect(calls.map(({ background }) => background)).toEqual([true])
  })
  it('keeps a session that nears its end, and nothing else does', async () => {
    answers.set(ME, ok(200, withSession({ expiresIn: 100, renewIn: 60, idleExpiresIn: 100 })))
    const [tab] = (await opened(1)) as [Tab]
    await browser.pass(60_000)
    expect(count(ME)).toBe(0)
    tab.tell('acted')
    await browser.pass(0)
    expect(calls.map(({ line, background }) => [line, background])).toEqual([[ME, false]])
  })
})

describe('ending-soon and signed-out', () => {
  it('warn once for each answer, in every tab, and say what would help', async () => {
    answers.set(ME, ok(200, withSession({ idleExpiresIn: 300, expiresIn: 300, renewIn: 200 })))
    const tabs = await opened(2)
    const told: unknown[] = []
    for (const { auth } of tabs) auth.on('ending-soon', (event) => told.push(event))
    await browser.pass(173_000)
    expect(told).toEqual([])
    await browser.pass(1000)
    expect(told).toEqual(all(tabs, { endsIn: 120, because: 'idle' }))
    await browser.pass(100_000)
    expect(told).toHaveLength(2)
    answers.set(ME, refuse('session_ended'))
    await browser.pass(30_000)
    expect(statuses(tabs)).toEqual(['signed-out', 'signed-out'])
    expect(count(ME)).toBe(1)
  })
  it('warn at the absolute end too, which activity does not move', async () => {
    answers.set(ME, ok(200, withSession({ expiresIn: 50, renewIn: 30, absoluteExpiresIn: 50 })))
    const tab = browser.open({ warnBefore: 20 })
    const told: unknown[] = []
    tab.auth.on('ending-soon', (event) => told.push(event))
    await tab.auth.refresh()
    calls.length = 0
    await browser.pass(30_000)
    expect(told).toEqual([{ endsIn: 20, because: 'absolute' }])
    tab.tell('acted')
    await browser.pass(10_000)
    expect(count(ME)).toBe(0)
  })
  it('a listener that throws doesn’t keep events from the others', async () => {
    const faults: unknown[] = []
    const note = (fault: unknown): void => void faults.push(fault)
    process.on('unhandledRejection', note)
    const { auth } = browser.open()
    const fault = new Error('a fault of the app')
    auth.subscribe(() => {
      throw fault
    })
    let told = 0
    auth.subscribe(() => told++)
    await auth.refresh()
    await browser.pass(0)
    process.off('unhandledRejection', note)
    expect(told).toBe(1)
    expect(faults).toContain(fault)
    expect(auth.state.status).toBe('signed-in')
  })
  it('a page that opens signed out emits no `signed-out`', async () => {
    answers.set(ME, refuse('not_signed_in'))
    const tab = browser.open()
    let told = 0
    tab.auth.on('signed-out', () => told++)
    await tab.auth.refresh()
    expect(tab.auth.state).toMatchObject({ status: 'signed-out', reason: 'not_signed_in' })
    expect(told).toBe(0)
  })
})

describe('a service that does not answer', () => {
  it.each([
    ['cuts', cut],
    ['fails', ok(500, {})],
    ['is behind a captive portal', html],
  ])(
    '%s: at most 6 calls a minute, in ten tabs too, and it heals by itself (P17)',
    async (_, answer) => {
      const tabs = await opened(10)
      answers.set(ME, answer)
      const times: number[] = []
      for (let second = 0; second < 600; second++) {
        const before = calls.length
        await browser.pass(1000)
        for (let n = before; n < calls.length; n++) times.push(second)
      }
      expect(times.length).toBeGreaterThan(3)
      const most = Math.max(
        ...times.map((t) => times.filter((one) => one >= t && one < t + 60).length),
      )
      expect(most).toBeLessThanOrEqual(6)
      expect(statuses(tabs)).toEqual(all(tabs, 'signed-in'))
      answers.set(ME, ok(200, view))
      calls.length = 0
      await browser.pass(MINUTE)
      expect(count(ME)).toBe(1)
      expect(statuses(tabs)).toEqual(all(tabs, 'signed-in'))
    },
  )
  it('leads to offline at boot, and heals by itself', async () => {
    answers.set(ME, cut)
    const tabs = await opened(2)
    expect(statuses(tabs)).toEqual(['offline', 'offline'])
    answers.set(ME, ok(200, view))
    await browser.pass(30_000)
    expect(statuses(tabs)).toEqual(['signed-in', 'signed-in'])
  })
  it('leads to offline if the session’s own end passes meanwhile, not to a guess', async () => {
    answers.set(ME, ok(200, withSession({ expiresIn: 60, renewIn: 40, idleExpiresIn: 60 })))
    const [tab] = (await opened(1)) as [Tab]
    answers.set(ME, cut)
    await browser.pass(50_000)
    expect(tab.auth.state.status).toBe('signed-in')
    await browser.pass(10_000)
    expect(tab.auth.state).toMatchObject({ status: 'offline', account: undefined })
    answers.set(ME, refuse('session_ended'))
    await browser.pass(60_000)
    expect(tab.auth.state).toMatchObject({ status: 'signed-out', reason: 'session_ended' })
  })
  it('leaves a page that is signed out as it is', async () => {
    answers.set(ME, refuse('not_signed_in'))
    const [tab] = (await opened(1)) as [Tab]
    answers.set(ME, cut)
    await tab.auth.refresh()
    expect(tab.auth.state.status).toBe('signed-out')
  })
  it('is tried when the network comes back, but not at every flicker of it', async () => {
    answers.set(ME, cut)
    const [tab] = (await opened(1)) as [Tab]
    await browser.pass(120_000)
    calls.length = 0
    for (let n = 0; n < 60; n++) {
      tab.tell('back')
      await browser.pass(1000)
    }
    expect(count(ME)).toBeGreaterThan(0)
    // One at each end of the minute
    expect(count(ME)).toBeLessThanOrEqual(7)
  })
})

describe('the time until a service is tried again (browser F6)', () => {
  const busy =
    (seconds: string): Answer =>
    (request, response) => {
      response.setHeader('retry-after', seconds)
      refuse('overloaded')(request, response)
    }
  /** Seconds between the calls of a page whose renewal is due, over two minutes. */
  async function gaps(tab: Tab): Promise<number[]> {
    const times: number[] = []
    for (let tenth = 0; tenth < 1200; tenth++) {
      const before = calls.length
      await browser.pass(100)
      if (calls.length > before) times.push(browser.now() / 1000)
    }
    expect(tab.auth.state.status).toBe('signed-in')
    return times.slice(1).map((time, at) => Math.round(time - (times[at] ?? 0)))
  }
  it('is ten seconds, never more', async () => {
    const [tab] = (await opened(1)) as [Tab]
    answers.set(ME, ok(500, {}))
    await browser.pass(394_000)
    expect(new Set(await gaps(tab))).toEqual(new Set([10]))
  })
  it.each([
    ['a time longer than ten seconds', '30', new Set([30])],
    ['a shorter one, the first time', '3', new Set([3, 10])],
    ['a very long one, up to a minute', '7200', new Set([60])],
    [
      'a date, which needs a clock that is right, not',
      'Wed, 21 Oct 2026 07:28:00 GMT',
      new Set([10]),
    ],
    ['a negative one not', '-5', new Set([10])],
  ])('is what Retry-After says: %s', async (_what, seconds, expected) => {
    const [tab] = (await opened(1)) as [Tab]
    answers.set(ME, busy(seconds))
    await browser.pass(394_000)
    expect(new Set(await gaps(tab))).toEqual(expected)
  })
  it('is what a proxy’s page says, too', async () => {
    const [tab] = (await opened(1)) as [Tab]
    answers.set(ME, (_request, response) => {
      response.writeHead(503, { 'content-type': 'text/html', 'retry-after': '20' }).end('<h1>')
    })
    await browser.pass(394_000)
    expect(new Set(await gaps(tab))).toEqual(new Set([20]))
  })
  it.each(['acted', 'back'] as const)('ends at once when the page is %s', async (event) => {
    const [tab] = (await opened(1)) as [Tab]
    answers.set(ME, cut)
    await browser.pass(500_000)
    answers.set(ME, ok(200, view))
    calls.length = 0
    tab.tell(event)
    await browser.pass(10)
    expect(count(ME)).toBe(1)
  })
  it('ends at once when an API answers, and the request is repeated', async () => {
    const [tab] = (await opened(1)) as [Tab]
    answers.set(ME, cut)
    await browser.pass(500_000)
    answers.set('GET /auth/api', (request, response) =>
      (count(ME) < 1 ? refuse('token_expired') : ok(200, {}))(request, response),
    )
    answers.set(ME, ok(200, view))
    calls.length = 0
    const asked = tab.auth.fetch(`${service.origin()}/auth/api`)
    await browser.pass(200)
    expect((await asked).status).toBe(200)
    expect(calls.map(({ line }) => line)).toEqual(['GET /auth/api', ME, 'GET /auth/api'])
  })
})

describe('the stream of the session’s events', () => {
  it('counts as none if it does not open: the page polls at its intervals (reports F5)', async () => {
    browser.holdStreams()
    const [tab] = (await opened(1)) as [Tab]
    answers.set(ME, ok(200, { ...view, scope: ['notes:admin'] }))
    await browser.pass(MINUTE)
    expect(tab.auth.state.scope).toEqual(['notes:admin'])
    calls.length = 0
    await browser.pass(10 * MINUTE)
    expect(calls.length).toBeGreaterThan(5)
    expect(calls.length).toBeLessThanOrEqual(20)
  })
  it('is held by one tab, and by another when that one goes (P40)', async () => {
    const tabs = await opened(4)
    expect([...browser.streams].map(({ tab }) => tab)).toEqual([tabs[0]])
    tabs[0]?.close()
    await browser.pass(0)
    expect([...browser.streams].map(({ tab }) => tab)).toEqual([tabs[1]])
    // What the former leader may have missed is asked for
    expect(count(ME)).toBe(1)
    tabs[1]?.tell('away')
    await browser.pass(0)
    expect([...browser.streams].map(({ tab }) => tab)).toEqual([tabs[2]])
    tabs[1]?.tell('back')
    tabs[2]?.close()
    tabs[3]?.close()
    await browser.pass(0)
    expect([...browser.streams].map(({ tab }) => tab)).toEqual([tabs[1]])
  })
  it('is held for a person alone, and anew for another session', async () => {
    answers.set(ME, refuse('not_signed_in'))
    const [tab] = (await opened(1)) as [Tab]
    expect(browser.streams.size).toBe(0)
    answers.set('POST /auth/sessions', ok(201, view))
    await tab.auth.signIn({ login: 'a', password: 'b' })
    const [first] = browser.streams
    expect(browser.streams.size).toBe(1)
    answers.set('POST /auth/sessions', ok(201, otherView))
    await tab.auth.signIn({ login: 'b', password: 'b' })
    expect(browser.streams.size).toBe(1)
    expect([...browser.streams][0]).not.toBe(first)
    answers.set('DELETE /auth/sessions/current', gone)
    await tab.auth.signOut()
    expect(browser.streams.size).toBe(0)
    expect(count(ME)).toBe(0)
  })
  it('reports new rights: the page renews at once, and every tab shows them (R31)', async () => {
    const tabs = await opened(3)
    answers.set(RENEW, guarded(ok(200, { ...view, scope: ['notes:admin'] })))
    ;[...browser.streams][0]?.tell('changed')
    await browser.pass(0)
    expect(calls).toMatchObject([{ line: RENEW, background: true }])
    expect(tabs.map(({ auth }) => auth.state.scope)).toEqual(all(tabs, ['notes:admin']))
  })
  it('reports the end: the page requests the session, and every tab is signed out', async () => {
    const tabs = await opened(3)
    answers.set(ME, refuse('session_ended'))
    ;[...browser.streams][0]?.tell('ended')
    await browser.pass(1000)
    expect(statuses(tabs)).toEqual(all(tabs, 'signed-out'))
    expect(count(ME)).toBe(1)
  })
  it('is opened again by a request, later and later, if it breaks', async () => {
    await opened(2)
    const opens: number[] = []
    let known: unknown
    for (let second = 0; second < 300; second++) {
      const [stream] = browser.streams
      if (stream && stream !== known) opens.push(second)
      known = stream
      stream?.tell('error')
      await browser.pass(1000)
    }
    expect(opens.length).toBeGreaterThan(3)
    expect(opens.length).toBeLessThan(8)
    expect(calls.length).toBeLessThan(12)
  })
})

describe('endSession', () => {
  it('ends one, the others, or this one as a sign-out', async () => {
    const [tab, other] = (await opened(2)) as [Tab, Tab]
    for (const path of ['/ses_2', '', '/current']) {
      answers.set(`DELETE /auth/sessions${path}`, guarded(gone))
    }
    expect(await tab.auth.endSession('ses_2')).toEqual({ ok: true })
    expect(await tab.auth.endSession('others')).toEqual({ ok: true })
    expect(tab.auth.state.status).toBe('signed-in')
    expect(await tab.auth.endSession('ses_1')).toEqual({ ok: true })
    await browser.pass(0)
    expect(statuses([tab, other])).toEqual(['signed-out', 'signed-out'])
    expect(calls.map(({ line }) => line)).toEqual([
      'DELETE /auth/sessions/ses_2',
      'DELETE /auth/sessions',
      'DELETE /auth/sessions/current',
    ])
  })
  it('ends no session of a user who has signed in since', async () => {
    const [tab] = (await opened(1)) as [Tab]
    answers.set(ME, ok(200, otherView))
    answers.set('DELETE /auth/sessions', refuse('csrf_failed'))
    expect(await tab.auth.endSession('others')).toMatchObject({ ok: false })
    expect(count('DELETE /auth/sessions')).toBe(1)
  })
  it('hands on a refusal', async () => {
    const [tab] = (await opened(1)) as [Tab]
    answers.set('DELETE /auth/sessions/nobody', refuse('not_found'))
    expect(await tab.auth.endSession('nobody')).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    })
  })
})
