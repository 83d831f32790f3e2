import type { SessionView } from '@keyhaven/core/wire'
import { codeIn, isRefused, refusalIn, viewIn } from '../calls/results.ts'
import type { Reply } from '../calls/results.ts'
import type { StreamEvent } from '../runtime.ts'
import type { Effects, Event, Message } from './events.ts'
import type { Draft, Moment } from './draft.ts'
import type { Known, Question } from './known.ts'
import { end, forget, isFinal, isLeft, learnPerson, leave, remember, show } from './person.ts'
import {
  askAt,
  mayBeLost,
  failStream,
  followStream,
  closeStream,
  hurry,
  isJustAsked,
  judgeStream,
  LONGEST_RETRY,
  openStream,
  RETRY,
  unanswered,
  waitAfter,
} from './schedule.ts'
import { loading, offline } from './states.ts'

/** Milliseconds in which the answer to a sign-in that ended the former session is received. */
const SETTLES = 250

/** Milliseconds after which an answer is too old: no call takes so long, so the page was frozen. */
const LATE = 11_000

/** The knowledge of a page before its first event. */
export { nothingKnown } from './known.ts'

/** The page's knowledge after an event, and the effects of the event. A pure function. */
export function transition(
  before: Known,
  event: Event,
  { now, random }: Moment,
): { readonly known: Known; readonly effects: Effects } {
  const draft: Draft = { ...before, now, random, effects: {} }
  handle(draft, event)
  followStream(draft)
  const isKept = event.type === 'away' || mayBeLost(draft, now)
  draft.kept = isKept ? draft.leaving : undefined
  return { known: draft, effects: draft.effects }
}

function handle(draft: Draft, event: Event): void {
  const { effects, now } = draft
  switch (event.type) {
    case 'ask':
      return ask(draft, event.afterRefusal)
    case 'reply':
      remember(draft, event.wishes)
      if (event.to === draft.question) takeReply(draft, event.to, event.reply)
      else if (event.to.method === 'DELETE') {
        // The page's knowledge is newer, but a successful sign-out has removed the cookies, new ones too
        const isDone = event.reply?.status === 204
        if (isDone || refusalIn(event.reply)) draft.question = undefined
        if (isDone && draft.state === loading) end(draft, 'signed_out')
        askAnew(draft)
      } else if (event.to.of) {
        // The answer is ignored, but an end that it reports is final
        const reason = refusalIn(event.reply)
        if (isFinal(reason) && draft.view?.session.id === event.to.of) end(draft, reason ?? '')
        else forget(draft, event.to.of, reason ?? '')
      }
      return
    case 'entered':
      return enter(draft, event.view, event.sentAt)
    case 'over':
      effects.post = { gone: event.session, reason: 'session_ended' }
      return takeMessage(draft, effects.post)
    case 'leave':
      if (draft.leaving === undefined) {
        leave(draft, draft.view?.session.id ?? '')
        if (draft.leaving) effects.post = { leave: draft.leaving }
      }
      return ask(draft)
    case 'message':
      return takeMessage(draft, event.message)
    case 'stream':
      return takeStream(draft, event.event)
    case 'timer':
      return takeTime(draft)
    case 'leads':
      draft.leading = true
      // The former leader may have missed events. The first question of a page, just sent, has them
      if (!isJustAsked(draft) || draft.wantedAt < Infinity) draft.wantedAt = now
      return
    case 'away':
      effects.lead = draft.leading = false
      return
    case 'acted':
      draft.active = true
      return hurry(draft)
    case 'alive':
      return hurry(draft)
    default:
      effects.lead = true
      recall(draft, event.wishes)
      draft.kept ??= event.wishes?.at(-1)
      // Meanwhile another session may have begun than the one to be left
      if (draft.leaving === '' && (event.type === 'restored' || now > draft.askedAt + RETRY))
        stay(draft)
      if (event.type === 'start') return
      hurry(draft)
      draft.wantedAt = Math.min(draft.wantedAt, Math.max(now, draft.askedAt + RETRY))
      if (event.type === 'restored') {
        draft.question = undefined
        if (!draft.state.leaving) show(draft, loading)
        ask(draft)
      }
  }
}

/** Shows a person who has just signed in. */
function enter(draft: Draft, view: SessionView, sentAt: number): void {
  // If a newer session is known, this answer is too late
  const isLate = view.session.createdAt < draft.newest
  // A call meanwhile may have removed the new cookies, or was sent without them
  const isBeside = draft.askedAt >= sentAt || draft.answeredAt > sentAt
  const isWanted = draft.wantedAt <= draft.now
  if (!isLate) learnPerson(draft, { view, extended: true, entered: true }, true)
  draft.askedAt = Math.max(draft.askedAt, sentAt)
  if (isLate || isBeside || isWanted || draft.now > sentAt + LATE) {
    // A page that shows nothing waits for its question, to learn at least whether the service answers
    if (draft.state === loading && draft.question) draft.askedAt = -Infinity
    else draft.question = undefined
    wantSoon(draft)
  }
  // It is not known yet whether the browser has stored the cookies
  draft.freshUntil = -Infinity
}

/** Sends a question, unless one is open. */
function ask(draft: Draft, afterRefusal?: boolean): void {
  if (draft.question) return
  if (draft.leaving !== undefined) return signOut(draft)
  const background = !draft.active
  draft.active = false
  call(draft, { method: draft.wantsRenewal ? 'POST' : 'GET', background, afterRefusal })
}

function signOut(draft: Draft): void {
  // The sign-out of a signed-out page does not mean a session that has begun in another tab
  const last = draft.state.status === 'signed-out' && !draft.state.leaving
  call(draft, { method: 'DELETE', background: true, last })
}

function call(draft: Draft, question: Question): void {
  draft.askedAt = draft.now
  draft.question = draft.effects.call = { ...question, of: draft.view?.session.id }
}

/** Applies the reply to the open question. Only the service's own answer changes the state. */
function takeReply(draft: Draft, question: Question, reply: Reply): void {
  const { effects, view: former, leaving } = draft
  const { method, background, last } = question
  const view = viewIn(reply)
  const isDone = method === 'DELETE' && reply?.status === 204
  const reason = isDone ? 'signed_out' : refusalIn(reply)
  draft.question = undefined
  // The content of an old answer may have changed, unless it is an end
  const isOld = draft.now > draft.askedAt + LATE
  if (isOld && method !== 'DELETE' && (view || (reason && !isFinal(reason)))) return askAnew(draft)
  // Another tab was answered meanwhile: a step-up there may have replaced the cookies of this question
  const isBeside = draft.answeredAt > draft.askedAt
  if (isBeside && method !== 'DELETE' && reason === 'token_invalid') return askAnew(draft)
  if (reason) {
    end(draft, reason)
    effects.post = { gone: leaving || former?.session.id, reason: draft.state.reason ?? reason }
  } else if (view && !question.stays && isLeft(draft, view.session.id)) {
    // The session is known now, and its XSRF token
    leave(draft, view.session.id)
    draft.view = view
    call(draft, { method: 'DELETE', background: true, last: true })
  } else if (view) {
    // The answer may not include events since the question was sent
    const wantedAt = draft.wantedAt > draft.askedAt ? draft.wantedAt : Infinity
    if (method === 'POST' && wantedAt === Infinity) draft.wantsRenewal = false
    learnPerson(draft, { ...question, view, extended: !background }, true)
    draft.wantedAt = Math.min(draft.wantedAt, wantedAt)
  } else if (method !== 'GET' && isRefused(reply)) {
    // Either the XSRF token is not known yet, or the service refuses
    const stays = method === 'DELETE' && (last || codeIn(reply) !== 'csrf_failed')
    if (stays) stay(draft)
    draft.wantsRenewal = false
    call(draft, { method: 'GET', background: true, stays })
  } else {
    draft.active ||= !background
    // A sign-out of an unknown session is tried once
    if (draft.leaving === '') draft.leaving = undefined
    if (draft.state.leaving && !draft.leaving) show(draft, offline)
    const { retryAfter = 0 } = reply ?? {}
    const down = waitAfter(draft, retryAfter)
    const firm = retryAfter > 0
    fail(draft, down, firm)
    effects.post = { down, firm }
  }
}

/** Notes that the session goes on, while its person is not known yet. */
function stay(draft: Draft): void {
  // The page does not show that person any more, so `signed-out` is not sent if the answer names another
  draft.view = draft.leaving = undefined
  show(draft, loading)
}

/** Applies a message of another tab. It contains that tab's knowledge, and may be late. */
function takeMessage(draft: Draft, message: Message): void {
  const { now, view, leaving } = draft
  if ('view' in message) {
    // The event that the leader wants to check may have happened after the other tab's question
    const wantedAt = draft.leading ? draft.wantedAt : Infinity
    // Of two answers about a session, the one that comes later may be older
    const isSame = view?.session.id === message.view.session.id
    const contradicts = draft.leading && isSame && contentOf(message.view) !== contentOf(view)
    learnPerson(draft, message, false)
    draft.wantedAt = Math.min(draft.wantedAt, wantedAt)
    if (contradicts) wantSoon(draft)
  } else if ('gone' in message) {
    const { gone, reason } = message
    if (gone && gone === (leaving || view?.session.id)) end(draft, reason)
    else {
      if (gone) forget(draft, gone, reason)
      // This tab has missed an event
      if (draft.state.session) draft.wantedAt = now
    }
  } else if ('leave' in message) {
    recall(draft, [message.leave])
    // The tab in which the person signed out calls first
    if (draft.state.leaving) draft.freshUntil = now + RETRY
  } else if (!draft.question) fail(draft, Math.min(message.down, LONGEST_RETRY), message.firm)
}

function contentOf({ account, scope, roles }: SessionView): string {
  return JSON.stringify([account, scope, roles])
}

function fail(draft: Draft, wait: number, firm: boolean): void {
  unanswered(draft, wait, firm)
  if (draft.now >= draft.validUntil) show(draft, offline)
}

/** Applies the sessions that the browser remembers, or another tab reports, as left. */
function recall(draft: Draft, wishes: readonly string[] = []): void {
  const { view, leaving } = draft
  const left = remember(draft, wishes)
  const wish = view ? left.find((id) => id === view.session.id) : left.at(-1)
  if (leaving || wish === undefined) return
  leave(draft, wish)
  draft.freshUntil = draft.wantedAt = draft.now
}

/** Schedules a new question after an ignored answer. A page that knows nothing sends it at once, without a turn. */
function askAnew(draft: Draft): void {
  if (draft.state === loading) ask(draft)
  else wantSoon(draft)
}

/** Schedules a question after simultaneous events, even if the last answer is still valid. */
function wantSoon(draft: Draft): void {
  draft.wantedAt = draft.now + SETTLES
  draft.freshUntil = Math.min(draft.freshUntil, draft.wantedAt)
}

function takeStream(draft: Draft, event: StreamEvent): void {
  const { now } = draft
  if (!draft.stream) return
  if (event === 'open') openStream(draft)
  else if (event === 'changed') {
    draft.wantsRenewal = true
    draft.wantedAt = now
  } else if (event === 'ended') {
    // A new sign-in ends the stream too, and its answer, with new cookies, may be on the way
    closeStream(draft, now + RETRY)
    wantSoon(draft)
  } else failStream(draft)
}

function takeTime(draft: Draft): void {
  const { now, state, effects } = draft
  if (state.session && draft.warned !== state && now >= draft.validUntil - draft.warnBefore) {
    draft.warned = state
    effects.warn = true
  }
  judgeStream(draft)
  effects.recheck = now >= askAt(draft, now)
}
