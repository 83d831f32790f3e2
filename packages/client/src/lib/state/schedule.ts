import type { Draft, Moment } from './draft.ts'
import type { Known } from './known.ts'

/** Milliseconds for which an answer is valid, and after which another refusal by an API makes it invalid. */
export const FRESH = 5000
/** Milliseconds between calls of a service that does not answer: six a minute. */
export const RETRY = 10_000
/** Most milliseconds of a `Retry-After`, and between two attempts to open the stream. */
export const LONGEST_RETRY = 60_000
/** Milliseconds that an event stream has to open. */
const OPENS = 5000
/** Milliseconds after which an open stream is stable: if it breaks later, that counts as the first failure. */
const PROVES = 60_000
/** Milliseconds in which the service usually answers. After that the browser must remember a sign-out. */
const USUAL = 1000
/** Least milliseconds that a tab waits for the tab in which the person acts; up to four times as many by chance. */
const BEHIND = 500

/** When the page's timer is due: for a request, a warning, or the stream. `asks`: a request is being prepared. */
export function scheduledAt(known: Known, { now, random }: Moment, asks: boolean): number {
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

/** When a request is due. A renewal is due `behind` milliseconds later than in the active tab. */
export function askAt(known: Known, now: number, behind = 0): number {
  const { state, active, because, renewAt, validUntil, freshUntil, wantedAt } = known
  if (known.failing || state.leaving) return freshUntil
  // An act of the person extends a session that is near its idle limit
  const moves = state.session && active && because === 'idle' && renewAt === validUntil
  return Math.max(Math.min(wantedAt, (moves ? now : renewAt) + behind), freshUntil)
}

/** Whether a question is under way that was sent within the usual time. */
export function isJustAsked({ question, askedAt, now }: Draft): boolean {
  return !!question && now < askedAt + USUAL
}

/** Whether the page may close before its sign-out is answered, because the answer is late or failed. */
export function mayBeLost(
  { leaving, failing, kept, question, askedAt }: Known,
  now: number,
): boolean {
  return !!leaving && (failing || !!kept || (!!question && now >= askedAt + USUAL))
}

/** Whether the last answer is not valid any more, or an API has refused a request that was sent after it. */
export function mayAsk(known: Known, now: number, sentAt: number): boolean {
  return now >= known.freshUntil || isRefused(known, now, sentAt)
}

/** Whether the refusal of a request that was sent at `sentAt` makes the last answer invalid: once in 5 s. */
export function isRefused(known: Known, now: number, sentAt: number): boolean {
  return !known.failing && known.answeredAt < sentAt && known.refusedAt + FRESH < now
}

/** Notes an answer to this tab or another. */
export function answered(draft: Draft): void {
  const { now } = draft
  draft.question = undefined
  draft.failing = draft.hurried = false
  draft.answeredAt = now
  draft.freshUntil = now + FRESH
  if (draft.wantedAt <= now) draft.wantedAt = Infinity
}

/**
 * Milliseconds until the service is called again after a question without an answer: until ten seconds after the
 * question, or as long as `Retry-After` requires. A time of less than ten seconds counts as a hurried attempt.
 */
export function waitAfter(draft: Draft, retryAfter: number): number {
  const { now, hurriedAt, askedAt } = draft
  const usual = Math.max(0, askedAt + RETRY - now)
  if (!(retryAfter > 0)) return usual
  const hurry = draft.hurried ? RETRY : hurriedAt + RETRY - now
  return Math.max(Math.min(retryAfter * 1000, LONGEST_RETRY), Math.min(usual, hurry))
}

/** Notes that the service does not answer and is not called for `wait` milliseconds; `firm`: by `Retry-After`. */
export function unanswered(draft: Draft, wait: number, firm: boolean): void {
  const { now } = draft
  if (draft.hurried) draft.hurriedAt = now
  draft.failing = true
  draft.hurried = firm
  draft.freshUntil = now + wait
  draft.notBefore = firm ? draft.freshUntil : -Infinity
}

/** Moves the next attempt to now, once in ten seconds, because an event shows that the service may answer again. */
export function hurry(draft: Draft): void {
  if (!(draft.failing || draft.state.leaving) || draft.question) return
  const at = Math.max(draft.now, draft.hurriedAt + RETRY, draft.notBefore)
  draft.freshUntil = Math.min(draft.freshUntil, at)
  draft.hurried = true
}

/** Opens or closes the stream: the leader has one, for the signed-in person. */
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

/** Notes that the stream is open. A request is due if events may have been missed before that. */
export function openStream(draft: Draft): void {
  draft.streamOpen = true
  draft.streamAt = draft.now + PROVES
  const isSlow = draft.answeredAt > draft.askedAt + USUAL
  if (draft.streamTries || isSlow) draft.wantedAt = draft.now
}

/** Decides at the end of the stream's time: it is stable, or did not open. */
export function judgeStream(draft: Draft): void {
  if (!draft.stream || draft.now < draft.streamAt) return
  if (!draft.streamOpen) return failStream(draft)
  draft.streamTries = 0
  draft.streamAt = Infinity
}

/** Closes the stream. It may be opened again at `streamAt`. */
export function closeStream(draft: Draft, streamAt: number): void {
  draft.stream = undefined
  draft.streamAt = streamAt
}

/**
 * Closes a stream that broke or did not open in time, and schedules a request and another attempt. For a stream that
 * was open the first attempt comes before the request: it may only have to move to another process.
 */
export function failStream(draft: Draft): void {
  if (draft.streamTries || !draft.streamOpen) draft.wantedAt = draft.now
  const wait =
    Math.min(2 * RETRY * 2 ** draft.streamTries++, LONGEST_RETRY) * (1 - draft.random / 2)
  closeStream(draft, draft.now + wait)
}
