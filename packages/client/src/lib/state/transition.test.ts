import { problemOf } from '@keyhaven/core/errors'
import { describe, expect, it } from 'vitest'
import type { SessionView } from '@keyhaven/core/wire'
import type { Reply } from '../calls/results.ts'
import type { Event, Message } from './events.ts'
import type { Known } from './known.ts'
import { nothingKnown, transition } from './transition.ts'

const view: SessionView = {
  account: {
    href: '/accounts/acc_1',
    id: 'acc_1',
    email: 'a@example.com',
    emailVerified: true,
    status: 'active',
  },
  claims: { iss: '', sub: '', aud: [], exp: 0, iat: 0, client_id: 'web' },
  scope: [],
  roles: [],
  xsrfToken: 'xsrf-1',
  session: {
    id: 'ses_1',
    createdAt: '',
    authTime: '',
    amr: ['pwd'],
    expiresIn: 600,
    renewIn: 400,
    idleExpiresIn: 28_800,
  },
}

/** A page on which events happen, a second apart. */
function page() {
  let known: Known = nothingKnown(120_000)
  let now = 1000
  let rechecks = false
  const gone: string[] = []
  const happen = (event: Event, after = 1000): void => {
    now += after
    const { known: next, effects } = transition(known, event, { now, random: 0 })
    known = next
    rechecks = effects.recheck === true
    if (effects.goneBecause) gone.push(effects.goneBecause)
  }
  const reply = (answer: Reply, wishes: readonly string[] = [], after?: number): void => {
    if (!known.question) throw new Error('nothing is asked')
    happen({ type: 'reply', to: known.question, reply: answer, wishes }, after)
  }
  return {
    happen,
    reply,
    question: () => known.question,
    rechecks: () => rechecks,
    asks: () => known.question !== undefined,
    receive: (message: Message): void => happen({ type: 'message', message }),
    answer: (answer: Reply, after?: number): void => reply(answer, [], after),
    state: () => known.state,
    /** The reasons of `signed-out`. */
    gone: () => gone,
  }
}

const ok = { status: 200, body: view }
/** The XSRF token is another session's. */
const foreign = { status: 403, body: problemOf('csrf_failed') }
const noPerson = { status: 401, body: problemOf('not_signed_in') }

describe('a page that came back and waits for its answer', () => {
  const lates: [string, Message][] = [
    ['shows a session that has ended', { view, extended: false }],
    ['reports that another session is over', { gone: 'ses_0', reason: 'session_ended' }],
    ['finds no person', { gone: undefined, reason: 'not_signed_in' }],
    ['finds no answer', { down: 10_000, firm: false }],
  ]
  it.each(lates)(
    'applies it, although a late message of another tab %s (source 24)',
    (_what, late) => {
      const { happen, receive, answer, state } = page()
      happen({ type: 'ask' })
      answer(ok)
      receive({ gone: view.session.id, reason: 'session_ended' })
      happen({ type: 'restored' })
      expect(state().status).toBe('loading')
      receive(late)
      answer(noPerson)
      expect(state().status).toBe('signed-out')
    },
  )
})

describe('a page that was frozen before its first answer', () => {
  it('requests the session again at once, without waiting for another tab, when it runs again', () => {
    const { happen, answer, asks, state } = page()
    happen({ type: 'ask' })
    happen({ type: 'back' }, 20_000)
    // Twenty seconds old: who is signed in may have changed
    answer(ok)
    expect(state().status).toBe('loading')
    expect(asks()).toBe(true)
    answer(ok)
    expect(state().status).toBe('signed-in')
    expect(asks()).toBe(false)
  })
})

describe('a sign-out of a page without an answer', () => {
  it('reports no person as gone when the service refuses it and shows another person', () => {
    const { happen, answer, gone, state } = page()
    happen({ type: 'leave' })
    answer(foreign)
    // The session is known now, and is left: another tab has signed in another person meanwhile
    answer(ok)
    answer(foreign)
    const other = { ...view, account: { ...view.account, id: 'acc_2' } }
    answer({ status: 200, body: { ...other, session: { ...view.session, id: 'ses_2' } } })
    expect(state().account?.id).toBe('acc_2')
    expect(gone()).toEqual([])
  })
})

describe('a session that the person has left', () => {
  it('stays left though another began before the service answered, and that one is gone too', () => {
    const { happen, answer, receive, state } = page()
    const session = (id: string, createdAt: string) => ({
      ...view,
      session: { ...view.session, id, createdAt },
    })
    const left = session('ses_3', '2026-03-01T00:00:03Z')
    happen({ type: 'ask' })
    answer({ status: 200, body: left })
    happen({ type: 'leave' })
    happen({ type: 'entered', view: session('ses_4', '2026-03-01T00:00:04Z'), sentAt: 3500 })
    // A sign-in that was sent before them is answered last: its cookies have replaced theirs
    happen({ type: 'ask' }, 20_000)
    answer({ status: 200, body: session('ses_2', '2026-03-01T00:00:02Z') })
    expect(state().session?.id).toBe('ses_2')
    receive({ view: left, extended: false, entered: true })
    expect(state().session?.id).toBe('ses_2')
  })
})

describe('an answer that shows a session which the browser remembers as left', () => {
  it('leads to its sign-out, though the tab that left it was opened and closed meanwhile', () => {
    const { happen, reply, question, state } = page()
    happen({ type: 'ask' })
    reply(ok, [view.session.id])
    expect(question()?.method).toBe('DELETE')
    expect(state()).toMatchObject({ status: 'signed-out', leaving: true })
  })
})

describe('a sign-in that is answered after its session has ended in another tab', () => {
  it('ends the session before it, which the page still shows', () => {
    const { happen, answer, receive, gone, state } = page()
    happen({ type: 'ask' })
    answer(ok)
    const next = { ...view, session: { ...view.session, id: 'ses_2', createdAt: '2099-01-01' } }
    receive({ gone: next.session.id, reason: 'signed_out' })
    happen({ type: 'entered', view: next, sentAt: 3500 })
    expect(state().status).toBe('signed-out')
    expect(gone()).toEqual(['session_ended'])
    receive({ view, extended: false })
    expect(state().status).toBe('signed-out')
  })
})

describe('a page that is restored while a sign-in is under way', () => {
  const older = { ...view, session: { ...view.session, id: 'ses_0', createdAt: '2026-01-01' } }
  const newer = { ...view, session: { ...view.session, createdAt: '2026-01-02' } }
  const restored = () => {
    const found = page()
    found.happen({ type: 'entered', view: newer, sentAt: 1500 })
    found.happen({ type: 'restored' })
    found.happen({ type: 'entered', view: older, sentAt: 1000 })
    expect(found.state().status).toBe('loading')
    return found
  }
  it('is offline when its question gets no answer, though the sign-in was answered late', () => {
    const { answer, state } = restored()
    answer(undefined)
    expect(state().status).toBe('offline')
  })
  it('shows no earlier account after the late answer replaced the cookies, and requests the session again', () => {
    const { answer, state } = restored()
    answer({ status: 200, body: newer })
    expect(state().status).toBe('loading')
    answer({ status: 200, body: older })
    expect(state().session?.id).toBe('ses_0')
  })
})

describe('a late sign-in whose cookies replaced those of newer sessions', () => {
  it('is shown, and no late message shows one of the others again', () => {
    const { happen, answer, receive, state } = page()
    const session = (at: number) => ({
      ...view,
      session: { ...view.session, id: `ses_${at}`, createdAt: `2026-03-01T00:00:0${at}Z` },
    })
    happen({ type: 'entered', view: session(4), sentAt: 1500 })
    happen({ type: 'entered', view: session(5), sentAt: 2500 })
    happen({ type: 'ask' }, 20_000)
    answer({ status: 200, body: session(3) })
    expect(state().session?.id).toBe('ses_3')
    receive({ view: session(4), extended: false, entered: true })
    expect(state().session?.id).toBe('ses_3')
    // What other tabs learn of the session that is shown counts
    receive({ view: { ...session(3), scope: ['notes:write'] }, extended: false })
    expect(state().scope).toEqual(['notes:write'])
  })
})

describe('a sign-out under way', () => {
  it('goes on when that of another tab, which knew no session, was refused', () => {
    const { happen, answer, receive, state } = page()
    happen({ type: 'ask' })
    answer(ok)
    happen({ type: 'leave' })
    receive({ view, extended: false, stays: true })
    expect(state()).toMatchObject({ status: 'signed-out', leaving: true })
    answer({ status: 204, body: undefined })
    expect(state()).toMatchObject({ status: 'signed-out', leaving: false })
  })
  it('ends if another tab started it and the service has refused it', () => {
    const { happen, answer, receive, state } = page()
    happen({ type: 'ask' })
    answer(ok)
    receive({ leave: view.session.id })
    expect(state().leaving).toBe(true)
    receive({ view, extended: false, stays: true })
    expect(state().status).toBe('signed-in')
  })
})

describe('a tab that leads', () => {
  const reasons: [string, Event][] = [
    ['the tab that led before is gone', { type: 'leads' }],
    ['the stream reports a change', { type: 'stream', event: 'changed' }],
  ]
  it.each(reasons)('rechecks because %s, though another tab’s older answer follows', (_, event) => {
    const { happen, receive, answer, rechecks } = page()
    happen({ type: 'leads' })
    happen({ type: 'ask' })
    answer(ok)
    happen({ type: 'stream', event: 'open' })
    happen({ type: 'timer' }, 10_000)
    expect(rechecks()).toBe(false)
    happen(event)
    receive({ view, extended: false })
    happen({ type: 'timer' }, 6000)
    expect(rechecks()).toBe(true)
  })

  it.each(reasons)(
    'rechecks because %s, though its own older request is answered then',
    (_, event) => {
      const { happen, answer, rechecks } = page()
      happen({ type: 'leads' })
      happen({ type: 'ask' })
      answer(ok)
      happen({ type: 'stream', event: 'open' })
      happen({ type: 'ask' }, 10_000)
      happen(event, 2000)
      answer(ok)
      happen({ type: 'timer' }, 6000)
      expect(rechecks()).toBe(true)
    },
  )

  it('rechecks because another tab’s answer contradicts its own, which may be newer', () => {
    const { happen, receive, answer, rechecks, state } = page()
    happen({ type: 'leads' })
    happen({ type: 'ask' })
    const newer = { ...view, scope: ['notes:write'] }
    answer({ status: 200, body: newer })
    happen({ type: 'stream', event: 'open' })
    receive({ view: newer, extended: false })
    happen({ type: 'timer' }, 6000)
    expect(rechecks()).toBe(false)
    receive({ view, extended: false })
    happen({ type: 'timer' })
    expect(rechecks()).toBe(true)
    happen({ type: 'ask' })
    answer({ status: 200, body: newer })
    expect(state().scope).toEqual(['notes:write'])
  })

  it('does not recheck if it leads from the start', () => {
    const { happen, answer, rechecks } = page()
    happen({ type: 'ask' })
    happen({ type: 'leads' }, 10)
    answer(ok, 10)
    happen({ type: 'stream', event: 'open' }, 10)
    happen({ type: 'timer' }, 6000)
    expect(rechecks()).toBe(false)
  })
})
