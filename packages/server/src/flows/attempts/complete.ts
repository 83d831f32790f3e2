import type { Moment } from '../../database/database.ts'
import { sha256 } from '../../secrets/hashes/hash.ts'
import { newSecret } from '../../secrets/random.ts'
import { deleteAttempts, lockAttempt, renewBrowser } from '../../stores/attempts.ts'
import type { FlowBrowser } from './browser.ts'
import type { FlowCookie } from '../../model/sign-in/flow-cookie.ts'

/** A completed attempt: the cookie of what its browser has left; without any, it is cleared. */
export interface CompletedAttempt {
  readonly cookie: FlowCookie | undefined
}

/**
 * Ends an attempt that its browser has completed. What is left of the browser gets another cookie,
 * so that a copy of the former one is worth nothing (H37).
 * @returns `undefined` if the attempt is none of this browser.
 */
export async function completeAttempt(
  { db, now }: Moment,
  browser: FlowBrowser,
  id: string | null,
): Promise<CompletedAttempt | undefined> {
  const mine = browser.attempts.find((one) => one.id === id)
  const attempt =
    mine && (await lockAttempt(db, { browser: browser.sha256, purpose: mine.purpose }))
  if (attempt === undefined || attempt.id !== id) return undefined
  await deleteAttempts(db, [attempt])
  const left = browser.attempts.filter((one) => one.id !== id)
  if (left.length === 0) return { cookie: undefined }
  const value = newSecret()
  await renewBrowser(db, attempt, sha256(value))
  const last = Math.max(...left.map(({ expires_at }) => expires_at))
  return { cookie: { value, maxAge: Math.ceil((last - now) / 1000) } }
}
