import type { ViewMessage } from './events.ts'
import type { Draft } from './draft.ts'
import type { Known } from './known.ts'
import { answered } from './schedule.ts'
import { signedIn, signedOut } from './states.ts'
import type { AuthState } from './states.ts'

/** Most sessions that are remembered as ended, and as left. */
const REMEMBERED = 9

/** Whether a session that is gone for this reason can't come back. */
export function isFinal(reason = ''): boolean {
  return /_(out|ended|locked)$/.test(reason)
}

/** The times of a state that is valid for ever. */
const forEver = { validUntil: Infinity }

/** Replaces the state that the page shows, and its times. Without times the next answer replaces it. */
export function show(
  draft: Draft,
  state: AuthState,
  {
    validUntil = -Infinity,
    renewAt = Infinity,
  }: Partial<Pick<Known, 'validUntil' | 'renewAt'>> = {},
): void {
  draft.state = state
  draft.validUntil = validUntil
  draft.renewAt = renewAt
}

/** Shows the person of a view, unless their session is over or left, or began before another known one. */
export function learnPerson(draft: Draft, news: ViewMessage, mine: boolean): void {
  const { now, view: former, leaving, newest } = draft
  const { view, entered } = news
  const { session, account } = view
  const { id, createdAt, expiresIn, renewIn, idleExpiresIn, absoluteExpiresIn = Infinity } = session
  const isOver = draft.ended.includes(id)
  const { question } = draft
  // A sign-out of an unknown session does not mean one that has just begun
  const isNew = entered && leaving === '' && !draft.left.includes(id)
  // Another tab's sign-out was refused, which says nothing of a sign-out in this tab
  const stays = news.stays && (mine || leaving !== id || draft.left.includes(id))
  const isMeant = isLeft(draft, id) && !stays && !isNew
  const isOlder = createdAt < newest && id !== former?.session.id
  if (!mine && (isOver || isMeant || isOlder)) {
    // Either this view is late, or the page's knowledge is wrong
    if (!isMeant) draft.wantedAt = Math.min(draft.wantedAt, now)
    return
  }
  answered(draft)
  if (isOver) {
    // The service contradicts itself, or a sign-in is answered late: an ended session stays ended
    const hasEntered = entered && leaving === undefined
    if (!hasEntered && !/loading|offline/.test(draft.state.status)) return
    if (former) draft.effects.goneBecause = 'session_ended'
    // The sign-in has also ended the session before it
    if (former && hasEntered) forget(draft, former.session.id, 'session_ended')
    draft.view = undefined
    return show(draft, signedOut('session_ended'), forEver)
  }
  if (id !== former?.session.id) {
    // Its stream does not wait because the former session's stream broke
    draft.streamAt = -Infinity
    draft.streamTries = 0
  }
  if (question && former) {
    // This view may be old. An open question about the same session goes on. One about another session is
    // sent again, because its answer may be even older
    if (!mine && id === former.session.id) draft.question = question
    else draft.wantedAt = draft.freshUntil
  }
  if (former && former.account.id !== account.id && leaving === undefined)
    draft.effects.goneBecause = 'account_switched'
  // An answer with an older session does not make later messages of those between them true
  if (createdAt > newest) draft.newest = createdAt
  const endsIn = Math.min(idleExpiresIn, absoluteExpiresIn)
  // Spans count from the receipt of the answer, so a wrong clock does no harm
  const endsAt = now + endsIn * 1000
  draft.view = view
  // Another session began before the service answered: the one that was left stays left
  draft.leaving = undefined
  if (leaving) remember(draft, [leaving])
  draft.left = draft.left.filter((one) => one !== id)
  draft.because = endsIn < idleExpiresIn ? 'absolute' : 'idle'
  // A token that is valid until its session's end needs no renewal, unless the person acts
  const state = view === former && draft.state.session ? draft.state : signedIn(view)
  const renewAt = expiresIn + 1 < endsIn ? now + renewIn * 1000 : endsAt
  show(draft, state, { validUntil: endsAt, renewAt })
  if (news.extended) draft.active = false
  if (news.afterRefusal) draft.refusedAt = now
  // This answer does not delay a renewal that is due soon
  if (draft.renewAt > now) draft.freshUntil = Math.min(draft.freshUntil, draft.renewAt)
  if (mine) draft.effects.post = news
}

/** Whether the person has left this session. */
export function isLeft({ leaving, left }: Draft, id: string): boolean {
  return leaving === '' || id === leaving || left.includes(id)
}

/**
 * Remembers sessions as left elsewhere, and returns them, apart from those that have ended, and the
 * one that is being left here.
 */
export function remember(draft: Draft, sessions: readonly string[] = []): readonly string[] {
  const left = sessions.filter((id) => id !== draft.leaving && !draft.ended.includes(id))
  const former = draft.left.filter((id) => !left.includes(id))
  draft.left = [...former, ...left].slice(-REMEMBERED)
  return left
}

/**
 * Hides a person who signs out, before the service has confirmed it. With `''` as the id, the page does not know the
 * session yet.
 */
export function leave(draft: Draft, id: string): void {
  const { state, view, leaving } = draft
  if (leaving === undefined && view) draft.effects.goneBecause = 'signed_out'
  draft.leaving = leaving || id
  draft.question = undefined
  // A page that is signed out already hides nothing
  if (!state.leaving && (id || state.status !== 'signed-out'))
    show(draft, signedOut(state.reason ?? 'signed_out', true), forEver)
}

/** Shows that no person is signed in. */
export function end(draft: Draft, reason: string): void {
  const { state, view, leaving } = draft
  const gone = leaving || view?.session.id
  answered(draft)
  if (gone) forget(draft, gone, leaving === undefined ? reason : 'signed_out')
  if (view && leaving === undefined) draft.effects.goneBecause = reason
  draft.view = draft.leaving = undefined
  // Keeps a reason that is known already: a later answer without a session has none of its own
  const isKnown = state.status === 'signed-out' && !state.leaving
  show(draft, isKnown ? state : signedOut(state.reason ?? reason), forEver)
}

/** Remembers a session as ended, if the reason is final. */
export function forget(draft: Draft, id: string, reason: string): void {
  if (isFinal(reason)) draft.ended = [...draft.ended.slice(1 - REMEMBERED), id]
}
