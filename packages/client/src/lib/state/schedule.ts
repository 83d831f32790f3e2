import type { Draft } from './draft.ts'
import type { Known } from './known.ts'

/** Milliseconds for which an answer of the service stands, and after which an API may doubt it again. */
export const FRESH = 5000
/** Milliseconds between attempts at a service that does not answer: six calls a minute. */
export const RETRY = 10_000
/** Milliseconds that are waited at most: for a `Retry-After`, and between attempts at the stream. */
export const LONGEST_RETRY = 60_000
/** Milliseconds that an event stream has to open. */
const OPENS = 5000
/** Milliseconds after which an open stream has proved itself: if it breaks then, that is a first time. */
const PROVES = 60_000
/** Milliseconds in which the service usually answers: from then on the browser has to remember a sign-out. */
const USUAL = 1000
/** Milliseconds that a tab waits, and three times as much by chance, for one in which the person acts. */
const BEHIND = 500

/** When the next event is due: a question, a warning, or something about the stream. `asks`: one is being prepared. */
export function nextAt(known: Known, now: number, random: number, asks: boolean): number {
  const { state, question, validUntil, warned, warnBefore, leading, streamAt } = known
  const { session } = state
  const slowAt = known.askedAt + USUAL
  return Math.min(
    asks || question ? Infinity : askAt(known, now, known.active ? 0 : BEHIND * (1 + 3 * random)),
    question && known.leaving && slowAt > now ? slowAt : Infinity,
    session && warned !== state ? validUntil - warnBefore : Infinity,
    leading && session && streamAt > now ? streamAt : Infinity,
  )
}

/** When the service should be asked; a renewal `behind` other tabs. */
export function askAt(known: Known, now: number, behind = 0): number {
  const { state, active, because, renewAt, validUntil, freshUntil, wantedAt } = known
  if (known.failing || state.leaving) return freshUntil
  // A session that nears its end goes on because the person acts
  const moves = state.session && active && because === 'idle' && renewAt === validUntil
  return Math.max(Math.min(wantedAt, (moves ? now : renewAt) + behind), freshUntil)
}

/** Whether the page may be gone before its sign-out is answered: it was not at once, or there is none. */
export function mayBeLost(
  { leaving, failing, kept, question, askedAt }: Known,
  now: number,
): boolean {
  return !!leaving && (failing || !!kept || (!!question && now >= askedAt + USUAL))
}

/** Whether the last answer does not stand, or an API has refused a request that was sent after it. */
export function mayAsk(known: Known, now: number, sentAt: number): boolean {
  return now >= known.freshUntil || isRefused(known, now, sentAt)
}

/** Against a refusal by an API the last answer does not stand, but once in 5 s. */
export function isRefused(known: Known, now: number, sentAt: number): boolean {
  return !known.failing && known.answeredAt < sentAt && known.refusedAt + FRESH < now
}

/** An answer has come, to this tab or to another. */
export function answered(draft: Draft): void {
  const { now } = draft
  draft.question = undefined
  draft.failing = draft.hurried = false
  draft.answeredAt = now
  draft.freshUntil = now + FRESH
  if (draft.wantedAt <= now) draft.wantedAt = Infinity
}

/**
 * How long the service is not called after a question without an answer: until ten seconds after the
 * question began, or as long as `Retry-After` says. A shorter time than ten seconds counts as hurry.
 */
export function waitAfter(draft: Draft, retryAfter: number): number {
  const { now, hurriedAt, askedAt } = draft
  const usual = Math.max(0, askedAt + RETRY - now)
  if (!(retryAfter > 0)) return usual
  const hurry = draft.hurried ? RETRY : hurriedAt + RETRY - now
  return Math.max(Math.min(retryAfter * 1000, LONGEST_RETRY), Math.min(usual, hurry))
}

/** The service does not answer, and is not called for a while; `firm`: for the time that it named. */
export function unanswered(draft: Draft, wait: number, firm: boolean): void {
  const { now } = draft
  if (draft.hurried) draft.hurriedAt = now
  draft.failing = true
  draft.hurried = firm
  draft.freshUntil = now + wait
  draft.notBefore = firm ? draft.freshUntil : -Infinity
}

/** Something says that the service may answer again: it is tried at once, but so only every ten seconds. */
export function hurry(draft: Draft): void {
  if (!(draft.failing || draft.state.leaving) || draft.question) return
  const at = Math.max(draft.now, draft.hurriedAt + RETRY, draft.notBefore)
  draft.freshUntil = Math.min(draft.freshUntil, at)
  draft.hurried = true
}

/** Opens and closes the stream as it is wanted: one for the person, in the tab that leads. */
export function followStream(draft: Draft): void {
  const { now, stream } = draft
  const wanted = draft.leading ? draft.state.session?.id : undefined
  if (wanted === stream) return
  if (stream) closeStream(draft, now)
  if (!wanted || draft.failing || now < draft.streamAt) return
  draft.stream = wanted
  draft.streamOpen = false
  draft.streamAt = now + OPENS
}

/** The stream is open. What happened since the service was asked was not received, if that is long ago. */
export function openStream(draft: Draft): void {
  draft.streamOpen = true
  draft.streamAt = draft.now + PROVES
  const isSlow = draft.answeredAt > draft.askedAt + USUAL
  if (draft.streamTries || isSlow) draft.wantedAt = draft.now
}

/** The time that a stream was given is over: it has proved itself, or did not open. */
export function judgeStream(draft: Draft): void {
  if (!draft.stream || draft.now < draft.streamAt) return
  if (!draft.streamOpen) return failStream(draft)
  draft.streamTries = 0
  draft.streamAt = Infinity
}

/** Closes the stream; it may be opened again from then on. */
export function closeStream(draft: Draft, streamAt: number): void {
  draft.stream = undefined
  draft.streamAt = streamAt
}

/**
 * A stream that broke, or did not open in time, is none: the service is asked, and the stream tried again later.
 * One that was open may only have been moved to another process: it is tried once before the service is asked.
 */
export function failStream(draft: Draft): void {
  if (draft.streamTries || !draft.streamOpen) draft.wantedAt = draft.now
  const wait =
    Math.min(2 * RETRY * 2 ** draft.streamTries++, LONGEST_RETRY) * (1 - draft.random / 2)
  closeStream(draft, draft.now + wait)
}
