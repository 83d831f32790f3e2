import type { ViewMessage } from './events.ts'
import type { Draft } from './draft.ts'
import { answered } from './schedule.ts'
import { signedIn, signedOut } from './states.ts'
import type { AuthState } from './states.ts'

/** Sessions that are remembered as ended, or as left. */
const REMEMBERED = 9

/** Whether a session can't come back for this reason. */
export function isFinal(reason = ''): boolean {
  return /_(out|ended|locked)$/.test(reason)
}

/** Replaces what the page shows, and until when without a new answer: by default until anything is known. */
export function show(
  draft: Draft,
  state: AuthState,
  validUntil: number = -Infinity,
  renewAt: number = Infinity,
): void {
  draft.state = state
  draft.validUntil = validUntil
  draft.renewAt = renewAt
}

/** Takes a person in, unless that session is over, is being left, or began before another that is known. */
export function learn(draft: Draft, news: ViewMessage, mine: boolean): void {
  const { now, view: former, leaving, newest } = draft
  const { view, stays, entered } = news
  const { session, account } = view
  const { id, createdAt, expiresIn, renewIn, idleExpiresIn, absoluteExpiresIn = Infinity } = session
  const isOver = draft.ended.includes(id)
  const { question } = draft
  // A sign-out that did not know its session does not mean one that begins now
  const isNew = entered && leaving === '' && !draft.left.includes(id)
  const isMeant = isLeft(draft, id) && !stays && !isNew
  if (!mine && (isOver || isMeant || createdAt < newest)) {
    // It is late, or what is known is wrong
    if (!isMeant) draft.wantedAt = Math.min(draft.wantedAt, now)
    return
  }
  answered(draft)
  if (isOver) {
    // The service contradicts itself, or a sign-in is answered late: what has ended stays so
    const hasEntered = entered && leaving === undefined
    if (!hasEntered && !/loading|offline/.test(draft.state.status)) return
    if (former) draft.effects.goneBecause = 'session_ended'
    // The sign-in has ended the session before it, too
    if (former && hasEntered) forget(draft, former.session.id, 'session_ended')
    draft.view = undefined
    return show(draft, signedOut('session_ended'), Infinity)
  }
  if (id !== former?.session.id) {
    // Its stream does not wait for what became of the former one's
    draft.streamAt = -Infinity
    draft.streamTries = 0
  }
  if (question && former) {
    // These news may be old. A question about this session goes on; one about another is asked again,
    // because its answer may be older still
    if (!mine && id === former.session.id) draft.question = question
    else draft.wantedAt = draft.freshUntil
  }
  if (former && former.account.id !== account.id && leaving === undefined)
    draft.effects.goneBecause = 'account_switched'
  if (mine || createdAt > newest) draft.newest = createdAt
  const endsIn = Math.min(idleExpiresIn, absoluteExpiresIn)
  // Spans count from when the answer came: a clock that is hours off does no harm
  const endsAt = now + endsIn * 1000
  draft.view = view
  // Another session has begun before the service has answered: the one that was left stays so
  if (leaving) remember(draft, [leaving])
  draft.leaving = undefined
  draft.left = draft.left.filter((one) => one !== id)
  draft.because = endsIn < idleExpiresIn ? 'absolute' : 'idle'
  // A token that lives as long as its session needs no renewal, unless the person acts
  const state = view === former && draft.state.session ? draft.state : signedIn(view)
  show(draft, state, endsAt, expiresIn + 1 < endsIn ? now + renewIn * 1000 : endsAt)
  if (news.extended) draft.active = false
  if (news.afterRefusal) draft.refusedAt = now
  // A renewal that is due soon is not put off by an answer that came before
  if (draft.renewAt > now) draft.freshUntil = Math.min(draft.freshUntil, draft.renewAt)
  if (mine) draft.effects.post = news
}

/** Whether that session is the one which the person has left. */
export function isLeft({ leaving, left }: Draft, id: string): boolean {
  return leaving === '' || id === leaving || left.includes(id)
}

/** Remembers sessions as left, but those that have ended; the answer are the others. */
export function remember(draft: Draft, sessions: readonly string[] = []): readonly string[] {
  const left = sessions.filter((id) => !draft.ended.includes(id))
  const former = draft.left.filter((id) => !left.includes(id))
  draft.left = [...former, ...left].slice(-REMEMBERED)
  return left
}

/**
 * The person has left: the page hides them from now on, though the service has not confirmed it.
 * Without an id it is whichever session there is.
 */
export function leave(draft: Draft, id: string): void {
  const { state, view, leaving } = draft
  if (leaving === undefined && view) draft.effects.goneBecause = 'signed_out'
  draft.leaving = leaving || id
  draft.question = undefined
  // A page that is signed out already has nothing to hide
  if (!state.leaving && (id || state.status !== 'signed-out'))
    show(draft, signedOut(state.reason ?? 'signed_out', true), Infinity)
}

/** No person is signed in. */
export function end(draft: Draft, reason: string): void {
  const { state, view, leaving } = draft
  const gone = leaving || view?.session.id
  answered(draft)
  if (gone) forget(draft, gone, leaving === undefined ? reason : 'signed_out')
  if (view && leaving === undefined) draft.effects.goneBecause = reason
  draft.view = draft.leaving = undefined
  // If it is known why the session ended, a later question that finds no session says less
  const isKnown = state.status === 'signed-out' && !state.leaving
  show(draft, isKnown ? state : signedOut(state.reason ?? reason), Infinity)
}

/** Remembers that a session has ended, if that was said for good. */
export function forget(draft: Draft, id: string, reason: string): void {
  if (isFinal(reason)) draft.ended = [...draft.ended.slice(1 - REMEMBERED), id]
}
